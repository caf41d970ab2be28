"""statsmodels and scipy on the intervals that gates judge by."""

import numpy
from scipy import stats
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.weightstats import DescrStatsW

import real_data
from judge_metrics import asked


def intervals(evidence):
    return {each["figures"]["metric"]: each["figures"]["interval"] for each in evidence}


def of_shares(book, program):
    truth, scores, _ = real_data.two_classes()
    predicted = (scores[0] >= 0.5).astype(int)
    ours = intervals(program.gate(asked(["accuracy", "recall", "specificity", "precision"]), {"truth": truth}, [{"prediction": predicted}]))
    hits, yes, said = predicted == truth, truth == 1, predicted == 1
    for name, among in (("accuracy", yes | True), ("recall", yes), ("specificity", ~yes), ("precision", said)):
        book.note("Wilson's interval of a share", "statsmodels", "gates", "breast cancer", ours[name],
                  proportion_confint(int(hits[among].sum()), int(among.sum()), method="wilson"))


def of_means(book, program):
    truth, (held, own) = real_data.numbers()
    names = ["mae", "mse"]
    losses = {"mae": lambda predicted: numpy.abs(truth - predicted), "mse": lambda predicted: (truth - predicted) ** 2}
    alone = intervals(program.gate(asked(names), {"truth": truth}, [{"prediction": own}]))
    conditions = [f"{name} <= staging + 1e9" for name in names]
    compared = intervals(program.gate(conditions, {"truth": truth}, [{"prediction": held}, {"prediction": own}]))
    for name, loss in losses.items():
        book.note("Student's interval of a mean", "statsmodels", "gates", "diabetes", alone[name], DescrStatsW(loss(own)).tconfint_mean())
        differences = loss(own) - loss(held)
        book.note("Student's interval of paired differences", "scipy", "gates", "diabetes", compared[name],
                  stats.t.interval(0.95, len(truth) - 1, differences.mean(), stats.sem(differences)))


def judge(book, program, _):
    of_shares(book, program)
    of_means(book, program)
