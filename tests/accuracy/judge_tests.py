"""scipy and statsmodels on the tests of the library, which a program that links it can call."""

import numpy
from scipy import stats
from sklearn import metrics
from statsmodels.stats import multitest, proportion, weightstats
from statsmodels.stats.contingency_tables import mcnemar

import real_data

SHOWN = "library"


def of_predictions(book, library):
    truth, scores, _ = real_data.two_classes()
    right = [((score >= 0.5).astype(int) == truth) for score in scores]
    only = [int((right[0] & ~right[1]).sum()), int((right[1] & ~right[0]).sum())]
    table = [[int((right[0] & right[1]).sum()), only[0]], [only[1], int((~right[0] & ~right[1]).sum())]]
    ours = library.ask("mcnemar", only_first=only[0], only_second=only[1])
    corrected = mcnemar(table, exact=False, correction=True)
    book.note("McNemar's test", "statsmodels", SHOWN, "breast cancer", [ours["exact_p"], ours["statistic"], ours["corrected_p"]],
              [mcnemar(table, exact=True).pvalue, corrected.statistic, corrected.pvalue])
    book.note("area under the ROC curve", "scikit-learn", SHOWN, "breast cancer",
              [library.ask("delong", first=scores[0], second=scores[1], labels=truth)[key] for key in ("first", "second")],
              [metrics.roc_auc_score(truth, score) for score in scores])
    ours = library.ask("fisher", table=table[0] + table[1])
    book.note("Fisher's exact test", "scipy", SHOWN, "breast cancer", [ours["p"], ours["p_less"], ours["p_greater"]],
              [stats.fisher_exact(table, side)[1] for side in ("two-sided", "less", "greater")])


def of_losses(book, library):
    truth, versions = real_data.numbers()
    losses = [numpy.abs(truth - predicted) for predicted in versions]
    for differences in (losses[1] - losses[0], (losses[1] - losses[0])[:40], numpy.round(losses[1] - losses[0])):
        sides = [stats.wilcoxon(differences, alternative=side) for side in ("two-sided", "greater", "less")]
        ours = library.ask("wilcoxon", differences=differences)
        book.note("Wilcoxon's signed-rank test", "scipy", SHOWN, "diabetes", [ours[key] for key in ("statistic", "p", "p_greater", "p_less")],
                  [sides[0].statistic, *(side.pvalue for side in sides)])
    ours, theirs = library.ask("paired", differences=losses[1] - losses[0]), stats.ttest_rel(losses[1], losses[0])
    book.note("Student's paired test", "scipy", SHOWN, "diabetes", [ours["t"], ours["p"]], [theirs.statistic, theirs.pvalue])
    means = weightstats.CompareMeans.from_data(losses[1], losses[0])
    ours = library.ask("welch", first=losses[0], second=losses[1])
    book.note("Welch's test and interval", "statsmodels", SHOWN, "diabetes", [ours[key] for key in ("t", "p", "degrees", "low", "high")],
              [*means.ttest_ind(usevar="unequal"), *means.tconfint_diff(usevar="unequal")])


def of_groups(book, library):
    truth, predicted, sexes = real_data.by_sex()
    one = numpy.array(sexes) == "one"
    counts = [int(predicted[~one].sum()), int((~one).sum()), int(predicted[one].sum()), int(one.sum())]
    ours = library.ask("proportions", counts=counts)
    shares = (numpy.array([counts[2], counts[0]]), numpy.array([counts[3], counts[1]]))
    book.note("pooled z test of two shares", "statsmodels", SHOWN, "diabetes", [ours["z"], ours["p"]], proportion.proportions_ztest(*shares))
    book.note("Newcombe's interval of two shares", "statsmodels", SHOWN, "diabetes", [ours["low"], ours["high"]],
              proportion.confint_proportions_2indep(counts[2], counts[3], counts[0], counts[1], method="newcomb"))
    book.note("Clopper and Pearson's interval", "statsmodels", SHOWN, "diabetes", [ours["exact_low"], ours["exact_high"]],
              proportion.proportion_confint(counts[0], counts[1], method="beta"))
    data = real_data.loaded("breast cancer")
    p = [stats.ttest_ind(column[data.target == 0], column[data.target == 1]).pvalue for column in data.data.T]
    ours = library.ask("adjusted", p=p)
    for name, method in (("Bonferroni", "bonferroni"), ("Holm", "holm"), ("Benjamini and Hochberg", "fdr_bh")):
        book.note(f"p-values adjusted by {name}", "statsmodels", SHOWN, "breast cancer",
                  ours["benjamini_hochberg" if method == "fdr_bh" else method], multitest.multipletests(p, method=method)[1])


def of_rankings(book, library):
    truth, versions = real_data.numbers()
    groups = numpy.arange(len(truth)) % 7
    for predicted in versions:
        ours = library.ask("ranking", relevance=truth, scores=predicted, groups=groups)
        for key, k in (("ndcg", None), ("ndcg_10", 10)):
            theirs = numpy.mean([metrics.ndcg_score([truth[groups == group]], [predicted[groups == group]], k=k) for group in range(7)])
            book.note("NDCG, and of the first ten", "scikit-learn", SHOWN, "diabetes", ours[key], theirs)


def judge(book, _, library):
    of_predictions(book, library)
    of_losses(book, library)
    of_groups(book, library)
    of_rankings(book, library)
