#!/usr/bin/python3
"""Writes estimates.json: scores calibrated by scikit-learn's IsotonicRegression, and the performance of a classifier estimated without
outcomes by NannyML's formulas for confidence-based performance estimation.

    python3 tests/oracles/estimates.py

NannyML adds up expected confusion matrices: a row that is predicted positive is a true positive to its calibrated probability and a
false positive to the rest, and so on; its ROC curve is that of the expected counts at each threshold. Both are written out here from
those definitions, and checked against scikit-learn's metrics of rows that are weighted by their probabilities.
Whether calibration is used: the expected calibration error in ten bins of equal count, on average over three folds of rows that the
function was not fitted to; the n-th row of its class lies in fold n modulo 3.
"""
import json
import pathlib

import numpy
import sklearn
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import accuracy_score, average_precision_score, brier_score_loss, f1_score, log_loss, precision_score, recall_score, roc_auc_score

HERE = pathlib.Path(__file__).parent
FOLDS = 3
BINS = 10


def fitted(scores, truth):
    return IsotonicRegression(out_of_bounds="clip").fit(scores, truth)


def calibration_error(truth, scores):
    edges = numpy.quantile(scores, numpy.linspace(0, 1, BINS + 1))
    bins = numpy.searchsorted(edges[1:-1], scores)
    return sum(numpy.sum(bins == b) / len(scores) * abs(scores[bins == b].mean() - truth[bins == b].mean())
               for b in range(BINS) if numpy.any(bins == b))


def folds_of(truth):
    seen = {0: 0, 1: 0}
    folds = []
    for label in truth:
        folds.append(seen[label] % FOLDS)
        seen[label] += 1
    return numpy.array(folds)


def calibration(scores, truth):
    folds = folds_of(truth)
    before, after, held_out = [], [], numpy.empty(len(scores))
    for fold in range(FOLDS):
        tested = folds == fold
        held_out[tested] = fitted(scores[~tested], truth[~tested]).predict(scores[tested])
        before.append(calibration_error(truth[tested], scores[tested]))
        after.append(calibration_error(truth[tested], held_out[tested]))
    return numpy.mean(before), numpy.mean(after), held_out


def nannyml_auc(scores, probabilities):
    """The area under the expected ROC curve, threshold by threshold."""
    order = numpy.argsort(scores, kind="stable")
    scores, p = scores[order], probabilities[order]
    true_positive = numpy.cumsum(p[::-1])[::-1]
    false_positive = numpy.cumsum((1 - p)[::-1])[::-1]
    distinct = numpy.diff(scores, prepend=-1) != 0
    tpr = numpy.append(true_positive[distinct] / p.sum(), 0)
    fpr = numpy.append(false_positive[distinct] / (1 - p).sum(), 0)
    return -numpy.trapezoid(tpr, fpr) if hasattr(numpy, "trapezoid") else -numpy.trapz(tpr, fpr)


def nannyml_counts(predicted, p):
    positive = predicted == 1
    return p[positive].sum(), (1 - p[positive]).sum(), (1 - p[~positive]).sum(), p[~positive].sum()


def estimates(scores, predicted, p):
    tp, fp, tn, fn = nannyml_counts(predicted, p)
    expected = {"accuracy": (tp + tn) / len(p), "precision": tp / (tp + fp), "recall": tp / (tp + fn), "specificity": tn / (tn + fp),
                "f1": 2 * tp / (2 * tp + fp + fn), "auc": nannyml_auc(scores, p)}
    truth = numpy.repeat([1, 0], len(p))
    weights = numpy.concatenate([p, 1 - p])
    both, labels = numpy.tile(scores, 2), numpy.tile(predicted, 2)
    weighted = {"accuracy": accuracy_score(truth, labels, sample_weight=weights),
                "precision": precision_score(truth, labels, sample_weight=weights),
                "recall": recall_score(truth, labels, sample_weight=weights),
                "f1": f1_score(truth, labels, sample_weight=weights),
                "auc": roc_auc_score(truth, both, sample_weight=weights)}
    for name, value in weighted.items():
        assert abs(value - expected[name]) < 1e-9, (name, value, expected[name])
    expected["average_precision"] = average_precision_score(truth, both, sample_weight=weights)
    expected["log_loss"] = log_loss(truth, both, sample_weight=weights)
    expected["brier"] = brier_score_loss(truth, both, sample_weight=weights)
    return {name: float(value) for name, value in expected.items()}


def case(seed, sharpness, rows=240):
    random = numpy.random.default_rng(seed)
    scores = numpy.round(random.beta(2, 2, rows), 3)
    chance = 1 / (1 + numpy.exp(-sharpness * (scores - 0.5))) if sharpness else scores
    truth = (random.random(rows) < chance).astype(int)
    batch = numpy.round(random.beta(3, 2, 150), 3)
    before, after, held_out = calibration(scores, truth)
    used = bool(after < before)
    p = fitted(scores, truth).predict(batch) if used else batch
    predicted = (batch >= 0.5).astype(int)
    return {"scores": scores.tolist(), "truth": truth.tolist(), "error_before": float(before), "error_after": float(after), "used": used,
            "held_out": held_out.tolist(), "points": [[x, float(fitted(scores, truth).predict([x])[0])] for x in (0, 0.2, 0.35, 0.5, 0.7, 0.9, 1)],
            "batch": batch.tolist(), "estimates": estimates(batch, predicted, p)}


def main():
    cases = {"overconfident": case(1, 3), "underconfident": case(2, 14), "calibrated": case(8, None, 120)}
    assert {c["used"] for c in cases.values()} == {True, False}, {name: c["used"] for name, c in cases.items()}
    found = {"made_by": {"numpy": numpy.__version__, "scikit-learn": sklearn.__version__}, "cases": cases}
    (HERE / "estimates.json").write_text(json.dumps(found) + "\n", encoding="utf-8")


main()
