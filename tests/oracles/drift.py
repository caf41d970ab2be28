#!/usr/bin/python3
"""Writes drift.json: what scipy says of pairs of samples and of counts, and the published values of other tools.

    python3 tests/oracles/drift.py
"""
import json
import math
import pathlib

import numpy
import scipy
from scipy import stats
from scipy.spatial.distance import jensenshannon


def samples():
    """Pairs of samples, all of them made of a few whole numbers, so that any language makes the same ones."""
    def wave(count, step, shift=0.0, scale=1.0):
        return [round(scale * (math.sin(step * i) + 0.3 * math.cos(1.7 * step * i)) + shift, 9) for i in range(count)]

    evidently = ([38.7, 41.5, 43.8, 44.5, 45.5, 46, 47.7, 58], [39.2, 39.3, 39.7, 41.4, 41.8, 42.9, 43.3, 45.8])
    return {
        "evidently": evidently,
        "same": (wave(40, 0.37), wave(40, 0.37)),
        "equal sizes": (wave(50, 0.37), wave(50, 0.71, 0.2)),
        "other sizes": (wave(30, 0.37), wave(77, 0.71, 0.3)),
        "coprime sizes, far apart": (wave(31, 0.37), wave(64, 0.71, 1.5)),
        "ties": ([i % 5 for i in range(60)], [i % 7 for i in range(90)]),
        "one value each": ([1.0], [2.0]),
        "one against many": ([0.5], wave(20, 0.37)),
        "constant": ([3.0] * 12, [3.0] * 7),
        "apart": (wave(10, 0.37), wave(12, 0.37, 100)),
        "hundreds": (wave(400, 0.137), wave(333, 0.219, 0.05)),
    }


def sample_figures(a, b):
    exact = stats.ks_2samp(a, b, method="exact")
    limit = stats.ks_2samp(a, b, method="asymp")
    distance = stats.wasserstein_distance(a, b)
    deviation = float(numpy.std(a))
    return {
        "ks": exact.statistic,
        "p_exact": exact.pvalue,
        # Of one row each it rounds to no rows at all.
        "p_asymptotic": None if math.isnan(limit.pvalue) else limit.pvalue,
        "wasserstein": distance,
        "deviation": deviation,
    }


def psi(p, q, floor):
    used = (p > 0) | (q > 0)
    p, q = numpy.maximum(p[used], floor), numpy.maximum(q[used], floor)
    return float(numpy.sum((q - p) * numpy.log(q / p)))


def kl(p, q, floor):
    used = (p > 0) | (q > 0)
    p, q = numpy.maximum(p[used], floor), numpy.maximum(q[used], floor)
    return float(numpy.sum(p * numpy.log(p / q)))


def count_figures(reference, current):
    a, b = numpy.array(reference, float), numpy.array(current, float)
    p, q = a / a.sum(), b / b.sum()
    used = (a + b) > 0
    table = stats.chi2_contingency(numpy.array([a[used], b[used]]), correction=False)
    figures = {
        "total_variation": float(numpy.abs(p - q).sum() / 2),
        "l_infinity": float(numpy.abs(p - q).max()),
        "hellinger": float(numpy.sqrt(numpy.sum((numpy.sqrt(p) - numpy.sqrt(q)) ** 2) / 2)),
        "js_distance_nats": float(jensenshannon(p, q)),
        "js_distance_bits": float(jensenshannon(p, q, 2)),
        "normalised_absolute_difference": float(numpy.abs(a - b).max() / (a.sum() + b.sum())),
        "psi": psi(p, q, 1e-4),
        "psi_floor_0.01": psi(p, q, 1e-2),
        "kl": kl(p, q, 1e-4),
        "homogeneity": [float(table[0]), int(table[2]), float(table[1])],
        "fit": None,
        "psi_null_bound": float(stats.chi2.ppf(0.95, used.sum() - 1) * (1 / a.sum() + 1 / b.sum())),
    }
    if numpy.all(a[used] > 0):
        fit = stats.chisquare(b[used], a[used] * b.sum() / a.sum())
        figures["fit"] = [float(fit.statistic), int(used.sum() - 1), float(fit.pvalue)]
    return figures


COUNTS = {
    "evidently": ([16, 18, 16, 14, 12, 12], [16, 16, 16, 16, 16, 8]),
    "a bin is new": ([50, 50, 0], [50, 40, 10]),
    "a bin is gone": ([50, 40, 10], [30, 30, 0]),
    "same shares": ([10, 20, 30], [100, 200, 300]),
    "apart": ([5, 0], [0, 7]),
    "empty in both": ([5, 0, 9, 0], [7, 0, 3, 0]),
    "millions": ([3_000_000_000_000, 5_000_000_000_000], [3_000_001_000_000, 4_999_999_000_000]),
}

ONE_SAMPLE = [
    (0.05, 5), (0.15, 5), (0.3, 5), (0.45, 5), (0.6, 5), (0.85, 5), (0.1, 20), (0.2, 20), (0.3, 20), (0.04, 100),
    (0.1, 100), (0.136, 140), (0.2, 100), (0.3, 100), (0.05, 141), (0.1, 141), (0.2, 141), (0.03, 999), (0.05, 999), (0.1, 999),
    (0.005, 20_000), (0.009, 20_000), (0.02, 20_000), (0.002, 1_000_000), (0.0008, 1_000_000), (0.003, 3_000_000),
    (0.0005, 3_000_000),
]  # (d, rows)


def null_wasserstein():
    """The 95 % point of the distance of 2,000 and 300 rows from one distribution, by drawing 4,000 pairs."""
    random = numpy.random.default_rng(5)
    draws = {
        "normal": lambda n: random.normal(size=n),
        "uniform": lambda n: random.uniform(size=n),
        "exponential": lambda n: random.exponential(size=n),
        "coin": lambda n: random.integers(0, 2, n).astype(float),
    }
    out = {}
    for name, draw in draws.items():
        distances = [stats.wasserstein_distance(draw(2000), draw(300)) for _ in range(4000)]
        out[name] = round(float(numpy.quantile(distances, 0.95)), 5)
    return out


def main():
    pairs = samples()
    content = {
        "scipy": scipy.__version__,
        "samples": [{"name": name, "reference": a, "current": b, **sample_figures(a, b)} for name, (a, b) in pairs.items()],
        "weighted": [
            {"reference": [0, 1, 3], "current": [5, 6, 8], "expected": stats.wasserstein_distance([0, 1, 3], [5, 6, 8])},
            {"reference": [0, 1], "reference_weights": [3, 1], "current": [0, 1], "current_weights": [2, 2],
             "expected": stats.wasserstein_distance([0, 1], [0, 1], [3, 1], [2, 2])},
            {"reference": [3.4, 3.9, 7.5, 7.8], "reference_weights": [1.4, 0.9, 3.1, 7.2], "current": [4.5, 1.4],
             "current_weights": [3.2, 3.5],
             "expected": stats.wasserstein_distance([3.4, 3.9, 7.5, 7.8], [4.5, 1.4], [1.4, 0.9, 3.1, 7.2], [3.2, 3.5])},
        ],
        "counts": [{"name": name, "reference": a, "current": b, **count_figures(a, b)} for name, (a, b) in COUNTS.items()],
        "one_sample": [[d, n, float(stats.kstwo.sf(d, n))] for d, n in ONE_SAMPLE],
        "null_wasserstein": null_wasserstein(),
    }
    target = pathlib.Path(__file__).with_suffix(".json")
    lines = []
    for key, value in content.items():
        if isinstance(value, list):
            items = ",\n".join(json.dumps(item) for item in value)
            lines.append(f'"{key}": [\n{items}\n]')
        elif isinstance(value, dict):
            items = ",\n".join(f'"{name}": {json.dumps(item)}' for name, item in value.items())
            lines.append(f'"{key}": {{\n{items}\n}}')
        else:
            lines.append(f'"{key}": {json.dumps(value)}')
    target.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
