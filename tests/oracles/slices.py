#!/usr/bin/python3
"""Writes slices.json: which of several slices statsmodels finds worse than asked, alone or against another model, corrected for their
number.

Debian's python3-statsmodels. Run it again after adding a case:

    /usr/bin/python3 tests/oracles/slices.py
"""
import json
import pathlib

import numpy as np
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import binom_test, proportion_confint
from statsmodels.stats.weightstats import DescrStatsW

LEVEL = 0.025


def corrected(p_values):
    rejected, adjusted, _, _ = multipletests(p_values, alpha=LEVEL, method="holm")
    return {"p": [float(p) for p in p_values], "adjusted": [float(p) for p in adjusted],
            "rejected": [bool(r) for r in rejected]}


def shares(name, bound, slices):
    """Is the share below the bound? The exact binomial test, beside Wilson's interval."""
    p_values = [binom_test(right, rows, prop=bound, alternative="smaller") for right, rows in slices]
    intervals = [[float(end) for end in proportion_confint(right, rows, alpha=2 * LEVEL, method="wilson")]
                 for right, rows in slices]
    return {"name": name, "bound": bound, "slices": slices, "intervals": intervals, **corrected(p_values)}


def means(name, bound, slices):
    """Is the mean above the bound? Student's t."""
    found = [DescrStatsW(values) for values in slices]
    p_values = [one.ttest_mean(bound, alternative="larger")[1] for one in found]
    intervals = [[float(end) for end in one.tconfint_mean(alpha=2 * LEVEL)] for one in found]
    return {"name": name, "bound": bound, "slices": slices, "intervals": intervals, **corrected(p_values)}


def differences(name, margin, slices):
    """Two models' errors of the same rows: is the mean of own - held above the margin? Student's t of the pairs."""
    found = [DescrStatsW(np.subtract(own, held)) for own, held in slices]
    p_values = [one.ttest_mean(margin, alternative="larger")[1] for one in found]
    fails = [one.tconfint_mean(alpha=2 * LEVEL)[0] > margin for one in found]
    return {"name": name, "margin": margin, "slices": slices, "fails_alone": [bool(f) for f in fails], **corrected(p_values)}


def errors(rng, mean, count):
    return [round(float(value), 3) for value in rng.gamma(4, mean / 4, count)]


def main():
    rng = np.random.default_rng(20261126)
    good = [[int(rng.binomial(rows, 0.8)), rows] for rows in (40, 60, 80, 100, 120, 150, 200, 240, 300, 400)]
    result = {
        "shares": [
            shares("one of twelve is below by chance", 0.8, [*good, [56, 80], [90, 110]]),
            shares("one is far below", 0.8, [*good, [44, 80], [90, 110]]),
            shares("the second stands because the first does", 0.8, [[40, 80], [56, 83], [84, 100], [70, 80], [90, 110], [64, 80]]),
            shares("two slices", 0.5, [[18, 50], [30, 60]]),
            shares("none and all", 0.9, [[0, 40], [40, 40], [36, 40]]),
        ],
        "means": [means("errors of numbers", 1.0, [errors(rng, mean, 35) for mean in (0.8, 1.0, 1.2, 1.25, 1.5)])],
        "differences": [
            differences("one of eight is worse by its own interval only", 0.0,
                        [[errors(rng, mean, 40), errors(rng, 1.0, 40)] for mean in (1.0, 1.0, 1.0, 1.0, 1.7, 1.0, 1.0, 1.0)]),
            differences("two are worse by more than the margin", 0.1,
                        [[errors(rng, mean, 40), errors(rng, 1.0, 40)] for mean in (1.1, 2.0, 1.0, 1.8, 1.1)]),
        ],
    }
    path = pathlib.Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(result, separators=(",", ":")) + "\n")


main()
