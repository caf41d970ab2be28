"""scikit-learn on the metrics of predictions, and NumPy on latencies."""

import numpy
from sklearn import metrics

import real_data

SHOWN = "gates"


def specificity(truth, predicted, **weighted):
    return metrics.recall_score(truth, predicted, pos_label=0, **weighted)


def positive_rate(_, predicted, sample_weight=None):
    return numpy.average(predicted, weights=sample_weight)


def rmse(truth, predicted, **weighted):
    return numpy.sqrt(metrics.mean_squared_error(truth, predicted, **weighted))


LABELS = {"accuracy": metrics.accuracy_score, "balanced_accuracy": metrics.balanced_accuracy_score, "precision": metrics.precision_score,
          "recall": metrics.recall_score, "f1": metrics.f1_score, "specificity": specificity, "mcc": metrics.matthews_corrcoef,
          "kappa": metrics.cohen_kappa_score, "positive_rate": positive_rate}
SCORES = {"auc": metrics.roc_auc_score, "average_precision": metrics.average_precision_score, "log_loss": metrics.log_loss,
          "brier": metrics.brier_score_loss}
NUMBERS = {"mae": metrics.mean_absolute_error, "mse": metrics.mean_squared_error, "rmse": rmse,
           "mape": metrics.mean_absolute_percentage_error, "r2": metrics.r2_score}
AVERAGED = {"precision": metrics.precision_score, "recall": metrics.recall_score, "f1": metrics.f1_score}
LATENCIES = {"latency_mean": numpy.mean, "latency_p50": lambda values: numpy.percentile(values, 50),
             "latency_p95": lambda values: numpy.percentile(values, 95), "latency_p99": lambda values: numpy.percentile(values, 99)}


def asked(names):
    """As a gate asks for them; what it wants doesn't matter, its figures do."""
    better_low = ("log_loss", "brier", "mae", "mse", "rmse", "mape", "latency")
    return [f"{name} <= 1e9" if name.startswith(better_low) else f"{name} >= -1e9" for name in names]


def found(evidence):
    return {each["figures"]["metric"]: each["figures"]["found"] for each in evidence}


def of_two_classes(book, program):
    truth, scores, _ = real_data.two_classes()
    weights = numpy.arange(len(truth)) % 3 + 0.5
    for column, weighted in (({}, {}), ({"weight": weights}, {"sample_weight": weights})):
        for score in scores:
            predicted = (score >= 0.5).astype(int)
            predictions = {"prediction": predicted, "score": score, **column}
            ours = found(program.gate(asked([*LABELS, *SCORES]), {"truth": truth}, [predictions]))
            for name, theirs in LABELS.items():
                book.note(f"`{name}`", "scikit-learn", SHOWN, "breast cancer", ours[name], theirs(truth, predicted, **weighted))
            for name, theirs in SCORES.items():
                book.note(f"`{name}`", "scikit-learn", SHOWN, "breast cancer", ours[name], theirs(truth, score, **weighted))


def of_many_classes(book, program):
    truth, versions = real_data.many_classes()
    for predicted in versions:
        predictions = {"prediction": predicted}
        names = ["accuracy", "balanced_accuracy", "precision", "recall", "f1", "mcc", "kappa"]
        ours = found(program.gate(asked(names), {"truth": truth}, [predictions]))
        for name in names:
            theirs = AVERAGED[name](truth, predicted, average="macro") if name in AVERAGED else LABELS[name](truth, predicted)
            book.note(f"`{name}`", "scikit-learn", SHOWN, "digits", ours[name], theirs)
        evidence = program.gate([f"recall of {digit} >= 0" for digit in range(10)], {"truth": truth}, [predictions])
        book.note("`recall of CLASS`", "scikit-learn", SHOWN, "digits", [each["figures"]["found"] for each in evidence],
                  metrics.recall_score(truth, predicted, average=None))


def of_numbers(book, program):
    truth, versions = real_data.numbers()
    for predicted in versions:
        ours = found(program.gate(asked(NUMBERS), {"truth": truth}, [{"prediction": predicted}]))
        for name, theirs in NUMBERS.items():
            book.note(f"`{name}`", "scikit-learn", SHOWN, "diabetes", ours[name], theirs(truth, predicted))
    ours = found(program.gate(asked(LATENCIES), {"truth": truth}, [{"prediction": truth, "latency": truth / 8}]))
    for name, theirs in LATENCIES.items():
        book.note(f"`{name}`", "NumPy", SHOWN, "diabetes", ours[name], theirs(truth / 8))


def of_slices(book, program):
    truth, scores, quarters = real_data.two_classes()
    predicted = (scores[1] >= 0.5).astype(int)
    evidence = program.gate(["accuracy by quarter >= 0"], {"truth": truth, "quarter": quarters}, [{"prediction": predicted}])
    slices = {each["name"]: each["value"] for each in evidence[0]["figures"]["groups"]}
    for name in sorted(set(quarters)):
        rows = numpy.array(quarters) == name
        book.note("`accuracy by COLUMN`", "scikit-learn", SHOWN, "breast cancer", slices[f"quarter={name}"],
                  metrics.accuracy_score(truth[rows], predicted[rows]))


def judge(book, program, _):
    of_two_classes(book, program)
    of_many_classes(book, program)
    of_numbers(book, program)
    of_slices(book, program)
