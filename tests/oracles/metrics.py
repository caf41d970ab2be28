#!/usr/bin/python3
"""Writes metrics.json: predictions of quickly trained models on real data, and what scikit-learn says of them.

What scikit-learn does not have is computed here from its definition: specificity from its multilabel_confusion_matrix,
the Brier score of several classes, calibration errors over the bins of its calibration_curve, and rankings with ties as
the mean over all orders of the tied items. Needs the Debian package python3-sklearn (1.2.1). Run it again after adding
a case:

    /usr/bin/python3 tests/oracles/metrics.py
"""
import itertools
import json
import math
import pathlib
import warnings

import numpy as np
from sklearn import datasets, metrics
from sklearn.calibration import calibration_curve
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler, label_binarize

warnings.filterwarnings("ignore")
RANDOM = np.random.RandomState(20)
AVERAGES = ("macro", "micro", "weighted")


def some_weights(rows):
    """Some of them 0."""
    weights = RANDOM.uniform(0, 3, rows).round(2)
    weights[RANDOM.choice(rows, rows // 10, replace=False)] = 0
    return weights


def plain(value):
    """For JSON, which has no NaN."""
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(inner) for inner in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value


# Labels


def specificity(truth, predicted, weights):
    """By class, and averaged over those that occur."""
    with_weight = np.ones(len(truth), bool) if weights is None else weights > 0
    labels = np.union1d(truth[with_weight], predicted[with_weight])
    matrices = metrics.multilabel_confusion_matrix(truth, predicted, sample_weight=weights, labels=labels)
    negative, wrong = matrices[:, 0, 0], matrices[:, 0, 1]
    support = matrices[:, 1, :].sum(axis=1)
    total = negative + wrong
    each = np.divide(negative, total, out=np.zeros_like(total, dtype=float), where=total > 0)
    found = {f"specificity/{label}": value for label, value in zip(labels, each)}
    found["specificity/macro"] = each.mean()
    found["specificity/micro"] = negative.sum() / total.sum() if total.sum() else 0.0
    found["specificity/weighted"] = np.average(each, weights=support)
    return found


def of_labels(name, truth, predicted, classes, weights=None):
    truth, predicted = np.asarray(truth), np.asarray(predicted)
    weighted = {"sample_weight": weights}
    expected = {
        "accuracy": metrics.accuracy_score(truth, predicted, **weighted),
        "balanced_accuracy": metrics.balanced_accuracy_score(truth, predicted, **weighted),
        "mcc": metrics.matthews_corrcoef(truth, predicted, **weighted),
        "kappa": metrics.cohen_kappa_score(truth, predicted, **weighted),
        "positive_rate": np.average(predicted == 1, weights=weights),
        **specificity(truth, predicted, weights),
    }
    scores = {
        "precision": metrics.precision_score,
        "recall": metrics.recall_score,
        "f1": metrics.f1_score,
        "f2": lambda *columns, **options: metrics.fbeta_score(*columns, beta=2, **options),
        "f0.5": lambda *columns, **options: metrics.fbeta_score(*columns, beta=0.5, **options),
    }
    for score_name, score in scores.items():
        for average in AVERAGES:
            expected[f"{score_name}/{average}"] = score(truth, predicted, average=average, zero_division=0, **weighted)
        each = score(truth, predicted, average=None, labels=range(classes), zero_division=0, **weighted)
        expected.update({f"{score_name}/{label}": value for label, value in enumerate(each)})
    return {"name": name, "classes": classes, "truth": truth, "predicted": predicted,
            "weights": [] if weights is None else weights, "expected": expected}


# Scores


def bins_of(truth, scores, strategy, weights, bins=10):
    """The bins of calibration_curve, of the rows with weight, and with the weights it does not know."""
    weights = np.ones(len(truth)) if weights is None else weights
    truth, scores, weights = truth[weights > 0], scores[weights > 0], weights[weights > 0]
    edges = np.linspace(0, 1, bins + 1)
    if strategy == "quantile":
        edges = np.percentile(scores, edges * 100)
    numbers = np.searchsorted(edges[1:-1], scores)
    rates, means = calibration_curve(truth, scores, n_bins=bins, strategy=strategy)
    rows = []
    for at, number in enumerate(np.unique(numbers)):
        mine = numbers == number
        assert np.isclose(scores[mine].mean(), means[at]) and np.isclose(truth[mine].mean(), rates[at])
        rows.append({"low": edges[number], "high": edges[number + 1], "count": int(mine.sum()),
                     "weight": weights[mine].sum(), "mean_score": np.average(scores[mine], weights=weights[mine]),
                     "positive_rate": np.average(truth[mine], weights=weights[mine])})
    return rows


def calibration_error(bins):
    return np.average([abs(bin["mean_score"] - bin["positive_rate"]) for bin in bins],
                      weights=[bin["weight"] for bin in bins])


def of_scores(name, truth, scores, weights=None):
    weighted = {"sample_weight": weights}
    false_rates, true_rates, _ = metrics.roc_curve(truth, scores, drop_intermediate=False, **weighted)
    precisions, recalls, thresholds = metrics.precision_recall_curve(truth, scores, **weighted)
    bins = {strategy: bins_of(truth, scores, strategy, weights) for strategy in ("quantile", "uniform")}
    return {
        "name": name, "truth": truth, "scores": scores, "weights": [] if weights is None else weights,
        "expected": {
            "log_loss": metrics.log_loss(truth, scores, labels=[0, 1], **weighted),
            "brier": metrics.brier_score_loss(truth, scores, pos_label=1, **weighted),
            "roc_auc": metrics.roc_auc_score(truth, scores, **weighted),
            "average_precision": metrics.average_precision_score(truth, scores, **weighted),
            "ece/equal_count": calibration_error(bins["quantile"]),
            "ece/equal_width": calibration_error(bins["uniform"]),
        },
        "bins": bins,
        "roc": list(zip(false_rates, true_rates)),
        "precision_recall": list(zip(thresholds, recalls, precisions)),
    }


def of_class_scores(name, truth, scores, repeats=None):
    """Weights are whole numbers, so that what takes none can be asked with rows repeated."""
    classes = scores.shape[1]
    all_truth = truth if repeats is None else np.repeat(truth, repeats)
    all_scores = scores if repeats is None else np.repeat(scores, repeats, axis=0)
    indicator = label_binarize(all_truth, classes=range(classes))
    expected = {
        "log_loss": metrics.log_loss(truth, scores, labels=range(classes), sample_weight=repeats),
        "brier": ((all_scores - indicator) ** 2).sum(axis=1).mean(),
        "top_1_accuracy": metrics.top_k_accuracy_score(truth, scores, k=1, sample_weight=repeats),
        "top_3_accuracy": metrics.top_k_accuracy_score(truth, scores, k=3, sample_weight=repeats),
    }
    for average in ("macro", "weighted"):
        expected[f"roc_auc/ovr/{average}"] = metrics.roc_auc_score(truth, scores, multi_class="ovr", average=average,
                                                                   sample_weight=repeats)
        expected[f"roc_auc/ovo/{average}"] = metrics.roc_auc_score(all_truth, all_scores, multi_class="ovo",
                                                                   average=average)
        expected[f"average_precision/{average}"] = metrics.average_precision_score(indicator, all_scores,
                                                                                   average=average)
    top = scores.argmax(axis=1)
    for strategy, binning in (("quantile", "equal_count"), ("uniform", "equal_width")):
        bins = bins_of((top == truth).astype(int), scores.max(axis=1), strategy, repeats)
        expected[f"ece/{binning}"] = calibration_error(bins)
    return {"name": name, "classes": classes, "truth": truth, "scores": scores.ravel(),
            "weights": [] if repeats is None else repeats, "expected": expected}


# Numbers


def of_numbers(name, truth, predicted, weights=None):
    weighted = {"sample_weight": weights}
    present = slice(None) if weights is None else weights > 0
    return {
        "name": name, "truth": truth, "predicted": predicted, "weights": [] if weights is None else weights,
        "expected": {
            "mae": metrics.mean_absolute_error(truth, predicted, **weighted),
            "mse": metrics.mean_squared_error(truth, predicted, **weighted),
            "rmse": metrics.mean_squared_error(truth, predicted, squared=False, **weighted),
            "mape": metrics.mean_absolute_percentage_error(truth, predicted, **weighted),
            "r2": metrics.r2_score(truth, predicted, **weighted),
            "explained_variance": metrics.explained_variance_score(truth, predicted, **weighted),
            "median_absolute_error": metrics.median_absolute_error(truth, predicted, **weighted),
            "max_error": metrics.max_error(truth[present], predicted[present]),
            "pinball/0.5": metrics.mean_pinball_loss(truth, predicted, alpha=0.5, **weighted),
            "pinball/0.9": metrics.mean_pinball_loss(truth, predicted, alpha=0.9, **weighted),
        },
    }


# Rankings


def orders(items):
    """All orders of (score, relevance) that the scores allow."""
    ties = [list(tie) for _, tie in itertools.groupby(sorted(items, key=lambda item: -item[0]), key=lambda item: item[0])]
    for parts in itertools.product(*(itertools.permutations(tie) for tie in ties)):
        yield [relevance > 0 for part in parts for _, relevance in part]


def average_precision(order, k):
    hits = [sum(order[:rank]) / rank for rank, relevant in enumerate(order[:k], 1) if relevant]
    return sum(hits) / min(sum(order), k) if any(order) else 0


def reciprocal_rank(order, k):
    return next((1 / rank for rank, relevant in enumerate(order[:k], 1) if relevant), 0)


def of_ranking(name, groups, scores, relevance):
    lists = [(scores[groups == group], relevance[groups == group]) for group in np.unique(groups)]
    expected = {}
    for k in (1, 3, 5, 100):
        for gain, gains in (("linear", lambda values: values), ("exponential", lambda values: 2.0**values - 1)):
            expected[f"ndcg/{gain}/{k}"] = np.mean([metrics.ndcg_score([gains(b)], [a], k=k) for a, b in lists])
        for measure, of_order in (("map", average_precision), ("mrr", reciprocal_rank)):
            expected[f"{measure}/{k}"] = np.mean(
                [np.mean([of_order(order, k) for order in orders(list(zip(a, b)))]) for a, b in lists])
    return {"name": name, "groups": groups, "scores": scores, "relevance": relevance, "expected": expected}


def label_cases():
    data, target = datasets.load_breast_cancer(return_X_y=True)
    model = GaussianNB().fit(data[::2, :4], target[::2])
    truth, predicted = target[1::2][:80], model.predict(data[1::2, :4])[:80]
    digits, digit = datasets.load_digits(return_X_y=True)
    model = GaussianNB().fit(digits[::3, 20:40], digit[::3])
    digit_truth, digit_predicted = digit[1::3][:150], model.predict(digits[1::3, 20:40])[:150]
    zeros, ones = np.zeros(12, int), np.ones(12, int)
    mixed = np.array([0, 1, 2] * 4)
    return [
        of_labels("breast cancer", truth, predicted, 2),
        of_labels("breast cancer, weighted", truth, predicted, 2, some_weights(80)),
        of_labels("digits", digit_truth, digit_predicted, 10),
        of_labels("digits, weighted", digit_truth, digit_predicted, 10, some_weights(150)),
        of_labels("perfect", mixed, mixed, 3),
        of_labels("constant prediction", mixed, zeros, 3),
        of_labels("constant prediction, weighted", mixed, zeros, 3, some_weights(12)),
        of_labels("all wrong", zeros, ones, 2),
        of_labels("one class only", ones, ones, 2),
        of_labels("one true class", ones, mixed, 3, some_weights(12)),
        of_labels("a class never predicted", mixed, np.array([0, 1, 1] * 4), 3),
        of_labels("a class that does not occur", mixed, mixed[::-1], 4),
    ]


def score_cases():
    # 61 rows: some edges of tenths fall on a score, or a rounding error beside it.
    data, target = datasets.load_breast_cancer(return_X_y=True)
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(data[::2, :6], target[::2])
    truth, scores = target[1::2][:61], model.predict_proba(data[1::2, :6])[:61, 1]
    forest = RandomForestClassifier(10, max_depth=3, random_state=0).fit(data[::2, :4], target[::2])
    votes = forest.predict_proba(data[1::2, :4])[:61, 1].round(1)
    certain = np.where(truth == 1, 1.0, 0.0)
    return [
        of_scores("breast cancer", truth, scores),
        of_scores("breast cancer, weighted", truth, scores, some_weights(61)),
        of_scores("ties", truth, votes),
        of_scores("ties, weighted", truth, votes, some_weights(61)),
        of_scores("perfect", truth, certain),
        of_scores("always wrong", truth, 1 - certain),
        of_scores("constant", truth, np.full(61, 0.6)),
    ]


def class_score_cases():
    digits, digit = datasets.load_digits(return_X_y=True)
    truth = digit[1::3][:80]
    sure = GaussianNB().fit(digits[::3, 20:30], digit[::3]).predict_proba(digits[1::3, 20:30])[:80]
    forest = RandomForestClassifier(4, max_depth=4, random_state=0).fit(digits[::3], digit[::3])
    votes = forest.predict_proba(digits[1::3])[:80]
    coarse = label_binarize(votes.argmax(axis=1), classes=range(10)) * 0.5 + 0.05
    repeats = RANDOM.randint(0, 4, 80)
    return [
        of_class_scores("digits", truth, sure),
        of_class_scores("digits, weighted", truth, sure, repeats),
        of_class_scores("ties", truth, coarse),
        of_class_scores("ties, weighted", truth, coarse, repeats),
    ]


def number_cases():
    data, target = datasets.load_diabetes(return_X_y=True)
    model = Ridge(0.1).fit(data[::2], target[::2])
    truth, predicted = target[1::2][:60], model.predict(data[1::2])[:60]
    around_zero = np.where(np.arange(60) % 7 == 0, 0, truth - 150)
    return [
        of_numbers("diabetes", truth, predicted),
        of_numbers("diabetes, odd", truth[1:], predicted[1:]),
        of_numbers("diabetes, weighted", truth, predicted, some_weights(60)),
        of_numbers("around zero", around_zero, predicted - 150),
        of_numbers("perfect", truth, truth),
        of_numbers("constant prediction", truth, np.full(60, 150.0)),
        # Of 0.1, scikit-learn's mean is off by a bit, and R² therefore -1e37.
        of_numbers("constant truth", np.full(60, 0.5), predicted),
        of_numbers("constant truth, perfect", np.full(60, 0.5), np.full(60, 0.5)),
    ]


def ranking_cases():
    data, target = datasets.load_diabetes(return_X_y=True)
    predicted = Ridge(0.1).fit(data[::2], target[::2]).predict(data[1::2])[:90]
    relevance = np.clip(target[1::2][:90] // 60 - 1, 0, 4)
    groups = (np.arange(90) * 7) % 15
    few = groups < 6
    return [
        of_ranking("diabetes", groups, predicted, relevance),
        of_ranking("ties", groups[few], (predicted[few] // 40) * 40, relevance[few]),
        of_ranking("constant", groups[few], np.zeros(few.sum()), relevance[few]),
        of_ranking("a group without relevant items", np.array([7, 7, 7, 3, 3]), np.array([1.0, 3, 2, 2, 1]),
                   np.array([0.0, 0, 2, 0, 0])),
    ]


def quantile_cases():
    latencies = RANDOM.gamma(2, 5, 101).round(3)
    cases = {"odd": latencies, "even": latencies[:100], "one": latencies[:1], "two": latencies[:2],
             "equal": np.full(7, 0.1)}
    found = []
    for name, values in cases.items():
        percentiles = dict(zip(("p50", "p90", "p95", "p99"), np.percentile(values, (50, 90, 95, 99))))
        found.append({"name": name, "values": values, "expected": {"mean": values.mean(), **percentiles}})
    return found


def main():
    document = {"labels": label_cases(), "scores": score_cases(), "class_scores": class_score_cases(),
                "numbers": number_cases(), "rankings": ranking_cases(), "quantiles": quantile_cases()}
    target = pathlib.Path(__file__).with_suffix(".json")
    lines = (f' "{name}": [\n' + ",\n".join("  " + json.dumps(plain(case)) for case in cases) + "\n ]"
             for name, cases in document.items())
    target.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


main()
