#!/usr/bin/python3
"""Writes importance.json: what scikit-learn's permutation_importance says of a small model, on the shuffles that mlops makes.

    python3 tests/oracles/importance.py

The shuffles are made anew here, by the authors' definitions: xoshiro256** and SplitMix64 (random_numbers.py), Lemire's bounded
numbers, Fisher and Yates. They take the place of scikit-learn's own in it; all else is scikit-learn's. The holdout and the model that
the command test uses are written beside that test.
"""
import hashlib
import json
import pathlib

import numpy
import scipy
import sklearn
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import load_breast_cancer
from sklearn.inspection import _permutation_importance, permutation_importance
from sklearn.linear_model import LogisticRegression

from random_numbers import MASK, xoshiro

HERE = pathlib.Path(__file__).parent
FIXTURE = HERE.parent / "commands" / "fixtures" / "importance"
COLUMNS = ["radius", "texture", "smoothness"]
REPEATS = 5
SEED = 7


def below(numbers, bound):
    product = next(numbers) * bound
    if product & MASK < bound:
        threshold = (1 << 64) % bound
        while product & MASK < threshold:
            product = next(numbers) * bound
    return product >> 64


def shuffle_seed(seed, repeat, column):
    return int.from_bytes(hashlib.sha256(f"{seed} {repeat} {column}".encode()).digest()[:8], "big")


def shuffled_order(rows, seed):
    numbers = xoshiro(seed)
    order = list(range(rows))
    for i in range(rows, 1, -1):
        j = below(numbers, i)
        order[i - 1], order[j] = order[j], order[i - 1]
    return order


class OurShuffles:
    """In the place of scikit-learn's random state: asked once for a seed, and then once for each column."""

    def __init__(self):
        self.asked = -1
        self.repeat = 0
        self.before = None

    def __call__(self, _):
        self.asked += 1
        self.repeat = 0
        self.before = None
        return self

    def randint(self, *_args, **_named):
        return 0

    # scikit-learn shuffles what it has shuffled before: what leads from there to our order is handed to it.
    def shuffle(self, order):
        column = COLUMNS[self.asked - 1]
        wanted = numpy.array(shuffled_order(len(order), shuffle_seed(SEED, self.repeat, column)))
        before = numpy.arange(len(order)) if self.before is None else self.before
        order[:] = numpy.argsort(before)[wanted]
        self.before = wanted
        self.repeat += 1


class Linear(ClassifierMixin, BaseEstimator):
    """What predict.py does with model.json."""

    def __init__(self, weights, intercept):
        self.weights, self.intercept = weights, intercept
        self.classes_ = numpy.array([0, 1])

    def fit(self, *_):
        return self

    def predict_proba(self, rows):
        score = 1 / (1 + numpy.exp(-(self.intercept + numpy.asarray(rows) @ numpy.array(self.weights))))
        return numpy.column_stack([1 - score, score])

    def predict(self, rows):
        return (self.predict_proba(rows)[:, 1] >= 0.5).astype(int)


def trained(rows, truth):
    model = LogisticRegression(max_iter=10000).fit(rows, truth)
    return [round(float(w), 3) for w in model.coef_[0]], round(float(model.intercept_[0]), 3)


def importances(model, rows, truth):
    found = {}
    for name, scoring in {"accuracy": "accuracy", "auc": "roc_auc", "log_loss": "neg_log_loss"}.items():
        _permutation_importance.check_random_state = OurShuffles()
        result = permutation_importance(model, rows, truth, scoring=scoring, n_repeats=REPEATS)
        found[name] = {column: {"repeats": result.importances[i].tolist(), "mean": result.importances_mean[i],
                                "sd": result.importances_std[i]} for i, column in enumerate(COLUMNS)}
    return found


def interval(figures):
    if numpy.ptp(figures) == 0:
        return [figures[0], figures[0]]
    found = scipy.stats.t.interval(0.95, len(figures) - 1, loc=numpy.mean(figures), scale=scipy.stats.sem(figures))
    return [float(end) for end in found]


def correlations():
    pairs = [([1, 2, 3, 4], [2, 1, 4, 3]), ([0.1, 0.1, 0.3, -0.2, 0.5], [1, 2, 2, 0, 9]), ([3, 2, 1], [1, 2, 3])]
    return [{"a": a, "b": b, "rho": float(scipy.stats.spearmanr(a, b)[0])} for a, b in pairs]


def main():
    data = load_breast_cancer()
    rows = numpy.round(data.data[:, [0, 1, 4]] * [1, 1, 100], 3)
    weights, intercept = trained(rows[100:], data.target[100:])
    other_weights, other_intercept = trained(rows[100:] * [1, 1, 0], data.target[100:])
    holdout, truth = rows[:90], data.target[:90]
    FIXTURE.mkdir(exist_ok=True)
    names = ["malign", "benign"]
    lines = [",".join(["id", *COLUMNS, "truth"])]
    lines += [",".join([f"p{i}", *map(str, map(float, row)), names[label]]) for i, (row, label) in enumerate(zip(holdout, truth))]
    (FIXTURE / "holdout.csv").write_text("\n".join(lines) + "\n")
    (FIXTURE / "model.json").write_text(json.dumps({"weights": weights, "intercept": intercept}) + "\n")
    (FIXTURE / "other.json").write_text(json.dumps({"weights": [0.3 * w for w in other_weights], "intercept": other_intercept * 0.3}) + "\n")
    # "malign" is the later class: its score is what the metrics are about.
    model = Linear([-w for w in weights], -intercept)
    found = importances(model, holdout, 1 - truth)
    for columns in found.values():
        for column in columns.values():
            column["interval"] = interval(column["repeats"])
    orders = [{"seed": seed, "repeat": repeat, "column": column, "shuffle_seed": str(shuffle_seed(seed, repeat, column)),
               "order": shuffled_order(rows, shuffle_seed(seed, repeat, column))}
              for seed, repeat, column, rows in [(0, 0, "age", 7), (7, 4, "größe", 12), (7, 0, "radius", 1), (1, 2, "a b", 33)]]
    written = {"scikit-learn": sklearn.__version__, "scipy": scipy.__version__, "seed": SEED, "repeats": REPEATS, "orders": orders,
               "importances": found, "correlations": correlations()}
    (HERE / "importance.json").write_text(json.dumps(written, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
