#!/usr/bin/python3
"""Writes compare.json: pairs of prediction files and logs of A/B tests, and what scipy, statsmodels and scikit-learn say.

What these don't have is computed here from its definition: the always-valid interval of Johari and others (2022), the
betting test of Waudby-Smith and Ramdas (2024) with the stakes that docs/compare.md describes, and CUPED of Deng and
others (2013) from numpy's covariances. Needs the Debian packages python3-scipy, python3-statsmodels and
python3-sklearn. Run it again after adding a case:

    /usr/bin/python3 tests/oracles/compare.py
"""
import json
import math
import pathlib

import numpy as np
from scipy import stats
from sklearn import metrics
from statsmodels.stats import contingency_tables, multitest

RANDOM = np.random.RandomState(7)


def table(header, rows):
    return header + "\n" + "".join(",".join(str(cell) for cell in row) + "\n" for row in rows)


def classification():
    """Two classifiers of the same rows; the second file has them in another order."""
    rows = 200
    truth = RANDOM.randint(0, 2, rows)
    scores = [np.clip(0.5 + (truth - 0.5) * pull + RANDOM.normal(0, 0.25, rows), 0.001, 0.999).round(4)
              for pull in (0.55, 0.35)]
    labels = [(score >= 0.5).astype(int) for score in scores]
    right = [label == truth for label in labels]
    only_new, only_old = int(np.sum(right[0] & ~right[1])), int(np.sum(~right[0] & right[1]))
    exact = only_new + only_old <= 25
    p_accuracy = contingency_tables.mcnemar([[0, only_new], [only_old, 0]], exact=exact, correction=True).pvalue
    losses = [np.array([metrics.log_loss([t], [s], labels=[0, 1]) for t, s in zip(truth, score)]) for score in scores]
    order = RANDOM.permutation(rows)
    return {"challenger": table("id,truth,prediction,score", zip(range(rows), truth, labels[0], scores[0])),
            "champion": table("id,truth,prediction,score",
                              zip(order, truth[order], labels[1][order], scores[1][order])),
            "figures": [
                {"metric": "accuracy", "challenger": right[0].mean(), "champion": right[1].mean(), "p": p_accuracy},
                {"metric": "auc", "challenger": metrics.roc_auc_score(truth, scores[0]),
                 "champion": metrics.roc_auc_score(truth, scores[1])},
                {"metric": "log_loss", "challenger": losses[0].mean(), "champion": losses[1].mean(),
                 "p": stats.ttest_rel(losses[0], losses[1]).pvalue,
                 "wilcoxon_p": stats.wilcoxon(losses[0], losses[1], mode="approx").pvalue}]}


def regression():
    rows = 60
    truth = RANDOM.normal(10, 3, rows).round(3)
    guesses = [(truth + RANDOM.normal(0, spread, rows)).round(3) for spread in (1, 1.3)]
    errors = [np.abs(truth - guess) for guess in guesses]
    reach = stats.t.ppf(0.975, rows - 1) * stats.sem(errors[0] - errors[1])
    middle = np.mean(errors[0] - errors[1])
    return {"challenger": table("truth,prediction", zip(truth, guesses[0])),
            "champion": table("truth,prediction", zip(truth, guesses[1])),
            "figures": [{"metric": "mae", "challenger": errors[0].mean(), "champion": errors[1].mean(),
                         "p": stats.ttest_rel(errors[0], errors[1]).pvalue,
                         "wilcoxon_p": stats.wilcoxon(errors[0], errors[1], mode="approx").pvalue,
                         "low": middle - reach, "high": middle + reach}]}


def ranking():
    queries, items = 15, 6
    relevance = RANDOM.randint(0, 4, (queries, items))
    relevance[:, 0] = 3
    scores = [(relevance + RANDOM.normal(0, spread, (queries, items))).round(4) for spread in (1, 2.5)]
    gains = [np.array([metrics.ndcg_score([r], [s]) for r, s in zip(relevance, score)]) for score in scores]
    first = [np.array([metrics.ndcg_score([r], [s], k=3) for r, s in zip(relevance, score)]) for score in scores]
    precisions = [np.array([metrics.average_precision_score(r > 0, s) for r, s in zip(relevance, score)])
                  for score in scores]

    def rows(score):
        return ((f"q{q}", relevance[q, i], score[q, i]) for q in range(queries) for i in range(items))

    def figure(name, values):
        return {"metric": name, "challenger": values[0].mean(), "champion": values[1].mean(),
                "p": stats.ttest_rel(values[0], values[1]).pvalue}

    return {"challenger": table("query,truth,score", rows(scores[0])),
            "champion": table("query,truth,score", rows(scores[1])),
            "figures": [figure("ndcg", gains), figure("ndcg@3", first), figure("map", precisions)]}


def with_holm(case):
    p = [figure["p"] for figure in case["figures"] if "p" in figure]
    if len(p) == len(case["figures"]) > 1:
        for figure, adjusted in zip(case["figures"], multitest.multipletests(p, method="holm")[1]):
            figure["adjusted_p"] = adjusted
    return case


def always_valid(difference, variance, mixing, alpha=0.05):
    half = math.sqrt(variance * (variance + mixing) / mixing
                     * (-2 * math.log(alpha) - math.log(variance / (variance + mixing))))
    ratio = math.sqrt(variance / (variance + mixing)) * math.exp(
        mixing * difference**2 / (2 * variance * (variance + mixing)))
    return {"low": difference - half, "high": difference + half, "ratio": ratio, "p": min(1, 1 / ratio)}


def bets(differences, width, at_most):
    """What a stake of 1 grows to; the stake is mean / (variance + mean²) of the gains before, at most half of all."""
    gains, wealth = [], 1.0
    for difference in differences:
        count = len(gains) + 1
        mean = sum(gains) / count
        centre = np.mean(gains) if gains else 0
        variance = (width**2 + sum((gain - centre)**2 for gain in gains)) / count
        stake = min(max(mean / (variance + mean**2), 0), 0.5 / (at_most + width))
        wealth *= 1 + stake * (difference - at_most)
        gains.append(difference - at_most)
    return wealth


def logs():
    """One of rates, without anything else; one of means, with a covariate that some rows lack."""
    arms = RANDOM.permutation(["treatment"] * 310 + ["control"] * 290)
    clicks = (RANDOM.uniform(size=600) < np.where(arms == "treatment", 0.4, 0.25)).astype(int)
    new, old = clicks[arms == "treatment"], clicks[arms == "control"]
    variance = new.var(ddof=1) / len(new) + old.var(ddof=1) / len(old)
    difference = new.mean() - old.mean()
    mixing = 0.01 * variance / (1 / len(new) + 1 / len(old))
    pairs = [int(a) - int(b) for a, b in zip(new, old)]
    rates = {"log": table("arm,outcome", zip(arms, clicks)), "difference": difference,
             "split_p": stats.chisquare([len(new), len(old)]).pvalue,
             "e_for": bets(pairs, 1, 0), "e_against": bets([-pair for pair in pairs], 1, 0),
             **always_valid(difference, variance, mixing)}

    arms = RANDOM.permutation(["b"] * 200 + ["a"] * 210)
    before = RANDOM.normal(50, 10, 410).round(3)
    spent = (before * 0.8 + RANDOM.normal(0, 5, 410) + np.where(arms == "b", 1.5, 0)).round(3)
    is_known = np.arange(410) % 10 != 0
    inner = [(arms == arm) & is_known for arm in ("a", "b")]
    covariance = sum((len(before[i]) - 1) * np.cov(before[i], spent[i])[0, 1] for i in inner)
    theta = covariance / sum((len(before[i]) - 1) * before[i].var(ddof=1) for i in inner)
    adjusted = np.where(is_known, spent - theta * (before - before[is_known].mean()), spent)
    new, old = adjusted[arms == "b"], adjusted[arms == "a"]
    variance = new.var(ddof=1) / len(new) + old.var(ddof=1) / len(old)
    difference = new.mean() - old.mean()
    plain = [spent[arms == arm] for arm in ("a", "b")]
    left = sum((len(x) - 1) * x.var(ddof=1) for x in (old, new)) / sum((len(x) - 1) * x.var(ddof=1) for x in plain)
    effect = 1.0
    means = {"log": table("arm,outcome,covariate",
                          ((arm, y, x if known else "") for arm, y, x, known in zip(arms, spent, before, is_known))),
             "effect": effect, "difference": difference, "theta": theta, "variance_ratio": left,
             "split_p": stats.chisquare([len(new), len(old)]).pvalue,
             "log_ratio": (stats.norm.logpdf(difference, effect, math.sqrt(variance))
                           - stats.norm.logpdf(difference, 0, math.sqrt(variance))),
             **always_valid(difference, variance, effect**2)}
    return [rates, means]


def plain(value):
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(item) for item in value]
    return value.item() if isinstance(value, np.generic) else value


def main():
    document = {"predictions": [with_holm(case) for case in (classification(), regression(), ranking())],
                "logs": logs()}
    path = pathlib.Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(plain(document), indent=1, allow_nan=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
