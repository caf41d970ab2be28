#!/usr/bin/python3
"""Writes fairness.json: rates and differences of groups, by the formulas of Fairlearn's documentation in numpy.

Where Fairlearn can be imported (`pip install fairlearn`), it must agree to 1e-12 or nothing is written; 0.15.0 did. Intervals
of rates of 0 and 1 are statsmodels'.

    python3 tests/oracles/fairness.py
"""
import json
import pathlib

import numpy
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep

try:
    from fairlearn import metrics as fairlearn
except ImportError:
    fairlearn = None

# The 18 rows of Fairlearn's user guide ("Common fairness metrics"), by group: tp, fp, tn, fn.
GUIDE = {"a": [1, 2, 0, 1], "b": [3, 0, 1, 2], "c": [2, 2, 1, 3]}


def rows_of(groups):
    truth, predicted, group = [], [], []
    for name, cells in groups.items():
        for (y, p), count in zip(((1, 1), (0, 1), (0, 0), (1, 0)), cells):
            truth += [y] * count
            predicted += [p] * count
            group += [name] * count
    return numpy.array(truth), numpy.array(predicted), numpy.array(group)


def figures(groups):
    truth, predicted, group = rows_of(groups)
    rates = {
        name: {
            "selection_rate": float(predicted[group == name].mean()),
            "true_positive_rate": float(predicted[(group == name) & (truth == 1)].mean()),
            "false_positive_rate": float(predicted[(group == name) & (truth == 0)].mean()),
            "accuracy": float((predicted == truth)[group == name].mean()),
        }
        for name in groups
    }

    def spread(key):
        values = [rate[key] for rate in rates.values()]
        return max(values) - min(values), min(values) / max(values) if max(values) > 0 else 1.0

    selection, tpr, fpr = spread("selection_rate"), spread("true_positive_rate"), spread("false_positive_rate")
    privileged = max(rates, key=lambda name: rates[name]["selection_rate"])
    odds = [
        0.5 * (rates[name]["false_positive_rate"] - rates[privileged]["false_positive_rate"]
               + rates[name]["true_positive_rate"] - rates[privileged]["true_positive_rate"])
        for name in groups if name != privileged
    ]
    found = {
        "demographic_parity_difference": selection[0],
        "demographic_parity_ratio": selection[1],
        "equalized_odds_difference": max(tpr[0], fpr[0]),
        "equalized_odds_ratio": min(tpr[1], fpr[1]),
        "equal_opportunity_difference": tpr[0],
        "equal_opportunity_ratio": tpr[1],
    }
    if fairlearn is not None:
        for name, value in found.items():
            theirs = getattr(fairlearn, name)(truth, predicted, sensitive_features=group)
            assert abs(theirs - value) < 1e-12, (name, theirs, value)
    found["average_odds_difference"] = max(odds, key=abs)
    return {"groups": groups, "rates": rates, "reference": privileged, "figures": found}


def four_fifths(a, b):
    """Both p-values of two groups, each selected and not."""
    table = numpy.array([a, b])
    share = table[:, 0].sum() / table.sum()
    error = numpy.sqrt(share * (1 - share) * (1 / sum(a) + 1 / sum(b)))
    z = (a[0] / sum(a) - b[0] / sum(b)) / error
    return {
        "a": a, "b": b, "exact": bool(stats.contingency.expected_freq(table).min() < 5),
        "fisher": float(stats.fisher_exact(table)[1]), "z": float(2 * stats.norm.sf(abs(z))),
    }


def unseen(a, b):
    """Of two groups, each selected and not, of which one is selected never or always: intervals of two other kinds."""
    (low, low_rows), (high, high_rows) = sorted([(a[0], sum(a)), (b[0], sum(b))], key=lambda group: group[0] / group[1])
    ratio = confint_proportions_2indep(low, low_rows, high, high_rows, compare="ratio", method="score")
    return {
        "a": a, "b": b,
        "newcombe_difference": list(confint_proportions_2indep(high, high_rows, low, low_rows, method="newcomb")),
        # Of a rate of 1 it has no width in statsmodels 0.15.0.
        "score_ratio": [0.0, ratio[1]] if low == 0 else None,
    }


def equal_count_error(scores, labels, bins):
    """For scores without ties whose number is a multiple of the bins."""
    order = numpy.argsort(scores)
    s, y = numpy.array(scores)[order].reshape(bins, -1), numpy.array(labels)[order].reshape(bins, -1)
    return float(numpy.abs(s.mean(axis=1) - y.mean(axis=1)).mean())


def main():
    random = numpy.random.default_rng(8)
    cases = [figures(GUIDE)]
    for count in (2, 3, 5, 8):
        cases.append(figures({f"g{i}": [int(x) for x in random.integers(5, 400, 4)] for i in range(count)}))
    scores = [round(float(x), 6) for x in random.uniform(size=200)]
    labels = [int(x) for x in random.uniform(size=200) < numpy.array(scores) ** 1.5]
    content = {
        "cases": cases,
        "tables": [four_fifths(a, b) for a, b in
                   (([60, 30], [45, 45]), ([3, 3], [6, 0]), ([6, 0], [0, 6]), ([60, 90], [90, 60]), ([50, 50], [65, 35]),
                    ([2, 60], [9, 50]), ([400, 600], [300, 700]))],
        "unseen": [unseen(a, b) for a, b in (([0, 50], [30, 30]), ([0, 400], [200, 300]), ([60, 0], [40, 10]), ([300, 0], [200, 100]))],
        "calibration": {
            "scores": scores, "labels": labels, "error": equal_count_error(scores, labels, 10),
            "bias": float(numpy.mean(scores) - numpy.mean(labels)),
        },
    }
    parts = []
    for key, value in content.items():
        text = json.dumps(value)
        if isinstance(value, list):
            text = "[\n" + ",\n".join(json.dumps(item) for item in value) + "\n]"
        parts.append(f'"{key}": {text}')
    pathlib.Path(__file__).with_suffix(".json").write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
