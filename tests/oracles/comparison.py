#!/usr/bin/python3
"""Writes comparison.json: what scipy and statsmodels find in samples, tables and distributions.

Debian's python3-scipy, python3-statsmodels and python3-mpmath. Run it again after adding a case:

    /usr/bin/python3 tests/oracles/comparison.py
"""
import json
import pathlib

import mpmath
import numpy as np
from scipy import optimize, special, stats
from statsmodels.stats import multitest, power, proportion
from statsmodels.stats.contingency_tables import mcnemar

mpmath.mp.dps = 40
rng = np.random.default_rng(20261125)

# Turck et al., "A multiparameter panel method for outcome prediction following aneurysmal subarachnoid hemorrhage"
# (2010): outcome Good or Poor, WFNS grade, S100B in micrograms per litre. pROC publishes what DeLong's test finds.
SUBARACHNOID = """
G,1,0.13 G,1,0.14 G,1,0.1 G,1,0.04 P,3,0.13 P,2,0.1 G,5,0.47 P,4,0.16 G,1,0.18 G,2,0.1 P,5,0.12 G,2,0.1 P,5,0.44
P,5,0.71 G,1,0.04 G,2,0.08 P,5,0.49 G,2,0.04 P,2,0.07 P,5,0.33 P,2,0.09 G,1,0.09 P,1,0.07 G,1,0.11 G,1,0.07 G,2,0.17
G,1,0.07 G,2,0.11 G,1,0.13 G,1,0.19 G,3,0.05 G,4,0.16 P,2,0.41 G,1,0.14 G,4,0.34 P,5,0.35 P,4,0.48 G,1,0.09 P,4,0.96
P,2,0.25 G,5,0.5 G,5,0.46 G,1,0.16 G,1,0.07 G,2,0.43 G,4,0.45 G,1,0.11 G,1,0.08 G,2,0.09 P,5,0.86 P,5,0.52 G,2,0.08
G,1,0.06 G,2,0.13 P,5,2.07 G,1,0.1 G,2,0.14 G,2,0.15 P,2,0.07 G,1,0.06 P,5,0.77 G,1,0.05 G,1,0.09 P,2,0.3 P,5,0.03
P,2,0.09 G,1,0.04 P,4,0.23 P,5,0.7 G,2,0.09 P,4,0.27 P,4,0.71 P,1,0.08 P,4,0.26 G,1,0.08 G,2,0.16 G,1,0.09 P,4,0.13
P,2,0.1 G,1,0.08 P,2,0.11 G,3,0.33 G,2,0.11 G,4,0.28 G,2,0.07 G,1,0.1 G,4,0.32 P,5,0.22 G,1,0.07 G,1,0.05 G,5,0.24
G,4,0.38 G,2,0.1 G,2,0.15 G,1,0.08 G,1,0.14 G,1,0.1 G,3,0.07 G,1,0.04 G,2,0.19 P,5,0.56 P,2,0.14 P,2,0.58 P,5,0.32
P,5,0.82 P,5,0.74 G,2,0.15 G,4,0.47 G,4,0.17 P,5,0.44 G,1,0.15 G,1,0.5 G,1,0.48
"""


def exact_beta(a, b, x):
    """The regularised incomplete beta function with 40 digits; by the binomial sum where the series is too slow."""
    if a < 1000:
        return float(mpmath.betainc(a, b, 0, x, regularized=True))
    n, chance, term = a + b - 1, mpmath.mpf(0), mpmath.mpf(1 - mpmath.mpf(x)) ** (a + b - 1)
    for k in range(n + 1):
        chance += term if k >= a else 0
        term *= mpmath.mpf(n - k) / (k + 1) * mpmath.mpf(x) / (1 - mpmath.mpf(x))
    return float(chance)


def exact_f_tail(x, m, n):
    n, m = mpmath.mpf(n), mpmath.mpf(m)
    return mpmath.betainc(n / 2, m / 2, 0, n / (n + m * mpmath.mpf(x)), regularized=True)


def exact_student_quantile(p, degrees):
    """scipy's has 10 digits; from there by a root of the exact tail."""
    if p == 0.5:
        return 0.0
    tail, half = (mpmath.mpf(p) if p < 0.5 else 1 - mpmath.mpf(p)), mpmath.mpf(degrees) / 2

    def miss(t):
        share = mpmath.betainc(half, mpmath.mpf(1) / 2, 0, 2 * half / (2 * half + t * t), regularized=True)
        return mpmath.log(share / 2) - mpmath.log(tail)

    start = mpmath.mpf(abs(stats.t.ppf(p, degrees)))
    root = mpmath.findroot(miss, (start, start * mpmath.mpf("1.001")), tol=1e-25, maxsteps=200)
    return float(-root if p < 0.5 else root)


def distributions():
    """Calls of our functions by name, and what scipy, or mpmath where it is slow to converge, says."""
    def case(function, value, *arguments):
        cases.append({"function": function, "arguments": [float(a) for a in arguments], "value": float(value)})

    cases = []
    for z in (-37.5, -8, -1.959963984540054, -1e-9, 0, 0.3, 2, 9, 30):
        case("normal_cdf", stats.norm.cdf(z), z)
        case("normal_sf", stats.norm.sf(z), z)
        case("normal_two_sided", 2 * stats.norm.sf(abs(z)), z)
    case("normal_quantile", stats.norm.ppf(1e-300), 1e-300)
    for p in (1e-20, 1e-6, 0.025, 0.3, 0.5, 0.50001, 0.8, 0.975, 1 - 1e-9):
        case("normal_quantile", stats.norm.ppf(p), p)
        for degrees in (0.3, 1, 2, 2.5, 14, 200, 1e6):
            if degrees > 1 or p > 1e-10:
                case("student_quantile", exact_student_quantile(p, degrees), p, degrees)
    for degrees in (0.5, 1, 3, 29, 1000, 1e7):
        for t in (-40, -2, -1e-4, 0, 0.5, 2.0452, 7, 1e5):
            case("student_cdf", stats.t.cdf(t, degrees), t, degrees)
            case("student_two_sided", 2 * stats.t.sf(abs(t), degrees), t, degrees)
    for degrees in (1, 2, 5, 100, 1e5):
        for x in (0, 1e-3, 1, 3.841458820694124, 50, 400, 99000, 101000):
            case("chi_square_cdf", mpmath.gammainc(degrees / 2, 0, x / 2, regularized=True), x, degrees)
            case("chi_square_sf", mpmath.gammainc(degrees / 2, x / 2, mpmath.inf, regularized=True), x, degrees)
    for x, m, n in ((0.1, 3, 7), (2.5, 1, 40), (1.02, 9000, 800), (300, 4, 4)):
        case("f_sf", exact_f_tail(x, m, n), x, m, n)
    for a, b, x in ((0.5, 0.5, 0.2), (2, 3, 0.9999), (1e-3, 4, 0.1), (40, 300, 0.08), (5000, 7000, 0.42)):
        case("regularised_beta", exact_beta(a, b, x), a, b, x)
    for a, b, p in ((0.5, 0.5, 0.1), (1, 1e9, 0.025), (400, 30, 0.975), (2e6, 3e6, 0.025), (0.01, 3, 0.5)):
        case("beta_quantile", stats.beta.ppf(p, a, b), a, b, p)
    for k, n, p in ((0, 10, 0.3), (3, 10, 0.5), (10, 10, 0.9), (59, 180, 0.5), (49_000, 100_000, 0.5),
                    (1, 10**9, 1e-9), (499_000, 10**6, 0.5)):
        case("binomial_pmf", mpmath.binomial(n, k) * mpmath.mpf(p) ** k * (1 - mpmath.mpf(p)) ** (n - k), k, n, p)
        case("binomial_cdf", stats.binom.cdf(k, n, p), k, n, p)
        case("binomial_sf", stats.binom.sf(k, n, p), k, n, p)
    for q, n, p in ((0.025, 20, 0.3), (0.5, 1, 0.5), (0.975, 10**6, 0.01), (1.0, 12, 0.2), (0.0, 12, 0.2)):
        case("binomial_quantile", max(0, stats.binom.ppf(q, n, p)), q, n, p)
    for k, draws, marked, total in ((3, 10, 12, 50), (0, 5, 0, 9), (300, 1000, 3000, 10_000)):
        case("hypergeometric_pmf", stats.hypergeom.pmf(k, total, marked, draws), k, draws, marked, total)
    for x in (0.1, 0.3, 0.5, 0.99, 1.01, 1.36, 3, 8):
        case("kolmogorov_sf", stats.kstwobign.sf(x), x)
    for d, rows in ((0.02, 5000), (0.01, 20_000.0), (0.004, 100_000)):
        case("kolmogorov_finite_sf", stats.kstwo.sf(d, rows), d, rows)
    for n, m, steps in ((8, 8, 5), (5, 7, 20), (100, 100, 50), (12, 300, 100), (997, 1000, 60_000), (40, 30, 1)):
        # Samples whose statistic is exactly that many steps of 1 / lcm(n, m).
        d = steps / np.lcm(n, m)
        case("two_sample_ks_sf", exact_ks(d, n, m), d, n, m)
    return cases


def exact_ks(d, n, m):
    """Counts the lattice paths that reach |i/n - j/m| >= d, in whole numbers of any size."""
    lcm = int(np.lcm(n, m))
    reach = round(d * lcm)
    row = []
    for i in range(n + 1):
        new = []
        for j in range(m + 1):
            inside = abs(i * (lcm // n) - j * (lcm // m)) < reach
            paths = 1 if i == j == 0 else (row[j] if i else 0) + (new[j - 1] if j else 0)
            new.append(paths if inside else 0)
        row = new
    total = mpmath.binomial(n + m, n)
    return float((total - mpmath.mpf(row[m])) / total)


def proportions():
    cases = []
    for k, n in ((81, 263), (0, 20), (20, 20), (1, 3), (999_000, 1_000_000), (5, 10**9)):
        for confidence in (0.95, 0.99):
            cases.append({
                "successes": k, "trials": n, "confidence": confidence,
                "wilson": proportion.proportion_confint(k, n, 1 - confidence, "wilson"),
                "clopper_pearson": proportion.proportion_confint(k, n, 1 - confidence, "beta")})
    return cases


def differences():
    cases = []
    for a, n, b, m in ((50, 100, 65, 100), (56, 70, 48, 80), (9, 10, 3, 10), (0, 10, 0, 20), (10, 10, 0, 20),
                       (9000, 10_000, 9100, 10_000)):
        low, high = proportion.confint_proportions_2indep(b, m, a, n, method="newcomb", compare="diff")
        z, p = proportion.proportions_ztest([b, a], [m, n]) if 0 < a + b < n + m else (0.0, 1.0)
        cases.append({"first": [a, n], "second": [b, m], "newcombe": [low, high], "z": z, "p": p})
    return cases


def fisher():
    cases = []
    for table in ((60, 30, 45, 45), (3, 3, 6, 0), (6, 0, 0, 6), (60, 90, 90, 60), (1, 0, 0, 0), (0, 0, 3, 4),
                  (8, 2, 1, 5), (100, 2, 1000, 5), (500_100, 499_900, 499_000, 501_000), (7, 12, 0, 5)):
        square = np.array(table).reshape(2, 2)
        cases.append({"table": table, "two_sided": stats.fisher_exact(square)[1],
                      "less": stats.fisher_exact(square, "less")[1],
                      "greater": stats.fisher_exact(square, "greater")[1]})
    return cases


def mcnemars():
    cases = []
    for b, c in ((121, 59), (70, 59), (80, 59), (30, 60), (10, 30), (10, 10), (0, 0), (3, 0), (12, 13), (5000, 5200)):
        table = [[1000, b], [c, 1000]]
        n = b + c
        mid = mpmath.mpf(0)
        for k in range(min(b, c) + 1):
            mid += mpmath.binomial(n, k) / mpmath.mpf(2) ** n
        mid = 2 * mid - mpmath.binomial(n, min(b, c)) / mpmath.mpf(2) ** n
        corrected = mcnemar(table, exact=False, correction=True) if n else None
        cases.append({"b": b, "c": c, "exact": mcnemar(table, exact=True).pvalue if n else 1.0,
                      "statistic": corrected.statistic if n else 0.0, "corrected": corrected.pvalue if n else 1.0,
                      "mid_p": float(min(mpmath.mpf(1), mid))})
    return cases


def delongs():
    """The areas and their covariances by comparing all pairs, as the 1988 paper defines them."""
    rows = [row.split(",") for row in SUBARACHNOID.split()]
    tiny = [[.9, .8, .7, .6, .35, .5, .4, .3, .2, .1], [.7, .9, .4, .6, .2, .65, .3, .5, .1, .25]]
    truth = rng.integers(0, 2, 200)
    samples = [([int(row[0] == "P") for row in rows], [float(row[1]) for row in rows], [float(row[2]) for row in rows]),
               ([1] * 5 + [0] * 5, *tiny),
               (truth, np.round(truth + rng.normal(0, 1.5, 200), 1), np.round(truth + rng.normal(0, 1.2, 200), 1))]
    cases = []
    for labels, *scores in samples:
        labels, scores = np.array(labels), np.array(scores)
        above = [np.sign(s[labels == 1][:, None] - s[labels == 0][None, :]) / 2 + 0.5 for s in scores]
        positives = np.cov([pairs.mean(axis=1) for pairs in above])
        negatives = np.cov([pairs.mean(axis=0) for pairs in above])
        covariance = positives / (labels == 1).sum() + negatives / (labels == 0).sum()
        areas = [pairs.mean() for pairs in above]
        error = np.sqrt(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])
        z = (areas[1] - areas[0]) / error
        cases.append({"labels": labels, "first": scores[0], "second": scores[1], "areas": areas,
                      "variances": [covariance[0, 0], covariance[1, 1]], "covariance": covariance[0, 1],
                      "z": z, "p": 2 * stats.norm.sf(abs(z)),
                      "interval": [areas[1] - areas[0] + side * stats.norm.ppf(0.975) * error for side in (-1, 1)]})
    return cases


def paired_differences():
    """Differences that a score test does not reject, its nuisance found by maximising the likelihood itself."""
    def score(b, c, n, delta):
        # Only the first right with chance q, only the second with q + delta; the rest says nothing more.
        least, most = max(0.0, -delta), (1 - delta) / 2
        loss = lambda q: -(special.xlogy(b, q) + special.xlogy(c, q + delta) + special.xlogy(n - b - c, 1 - 2 * q - delta))
        q = optimize.minimize_scalar(loss, bounds=(least, most), method="bounded", options={"xatol": 1e-14}).x
        q = min([q, least, most], key=loss)
        return (c - b - n * delta) / np.sqrt(n * (2 * q + delta - delta**2))

    cases = []
    z = stats.norm.ppf(0.975)
    for b, c, n in ((7, 1, 21), (59, 121, 1000), (0, 0, 100), (10, 12, 30), (0, 9, 50)):
        d = (c - b) / n
        low = optimize.brentq(lambda delta: score(b, c, n, delta) - z, -1 + 1e-9, d - 1e-9, xtol=1e-12)
        high = optimize.brentq(lambda delta: score(b, c, n, delta) + z, d + 1e-9, 1 - 1e-9, xtol=1e-12)
        cases.append({"only_first": b, "only_second": c, "rows": n, "low": low, "high": high})
    return cases


def wilcoxons():
    published = [6, 8, 14, 16, 23, 24, 28, 29, 41, -48, 49, 56, 60, -67, 75]
    samples = [published, [1.0], [-1.0, 2.0], list(rng.normal(0.2, 1, 50)), list(rng.normal(0.1, 1, 51)),
               list(rng.normal(0.05, 1, 1000)), [float(x) for x in rng.integers(-3, 5, 60)],
               [0.0, 0.0, 1.5, -2.0, 3.0, 3.0, 3.0, -0.5, 4.0, 5.0, 6.0, 2.5]]
    cases = []
    for sample in samples:
        values = np.array(sample, dtype=float)
        kept = np.abs(values[values != 0])
        exact = len(values) <= 50 and len(kept) == len(values) and len(np.unique(kept)) == len(kept)
        case = {"differences": list(values), "exact": bool(exact)}
        for name, alternative in (("two_sided", "two-sided"), ("greater", "greater"), ("less", "less")):
            result = stats.wilcoxon(values, alternative=alternative, mode="exact" if exact else "approx")
            case[name] = result.pvalue
        case["statistic"] = stats.wilcoxon(values, mode="exact" if exact else "approx").statistic
        cases.append(case)
    return cases


def means():
    cases = []
    for n, m in ((2, 2), (5, 9), (40, 300)):
        a, b = rng.normal(0, 1, n), rng.normal(0.4, 2, m)
        paired = b[:n] - a
        t, p = stats.ttest_1samp(paired, 0)
        reach = exact_student_quantile(0.975, n - 1) * stats.sem(paired)
        low, high = paired.mean() - reach, paired.mean() + reach
        welch = stats.ttest_ind(b, a, equal_var=False)
        va, vb = a.var(ddof=1) / n, b.var(ddof=1) / m
        degrees = (va + vb) ** 2 / (va**2 / (n - 1) + vb**2 / (m - 1))
        half = exact_student_quantile(0.975, degrees) * np.sqrt(va + vb)
        cases.append({"first": list(a), "second": list(b),
                      "paired": {"mean": paired.mean(), "t": t, "p": p, "low": low, "high": high},
                      "welch": {"difference": b.mean() - a.mean(), "t": welch.statistic, "p": welch.pvalue,
                                "degrees": degrees, "low": b.mean() - a.mean() - half,
                                "high": b.mean() - a.mean() + half}})
    return cases


def bca():
    """scipy's bootstrap of a mean and of a share; its own random numbers, so that intervals agree only nearly."""
    sample = rng.exponential(1, 60)
    cases = []
    for method in ("percentile", "BCa"):
        result = stats.bootstrap((sample,), np.mean, n_resamples=200_000, method=method, random_state=1)
        cases.append({"values": list(sample), "method": method.lower(), "low": result.confidence_interval.low,
                      "high": result.confidence_interval.high, "standard_error": result.standard_error})
    return cases


def adjusted():
    cases = []
    for p in ([.001, .008, .039, .041, .042, .06, .074, .205], [0.5], [0.01, 0.01, 0.01], [1, 0.9, 0.0],
              list(rng.uniform(0, 0.2, 12))):
        case = {"p": [float(x) for x in p]}
        for name in ("bonferroni", "holm", "fdr_bh"):
            case[name] = list(multitest.multipletests(p, method=name)[1])
        cases.append(case)
    return cases


def sizes():
    """Rows for a mean by the normal distribution; NormalIndPower with ratio 0 is one sample."""
    cases = []
    for effect in (0.02, 0.1, 0.5):
        one = power.NormalIndPower().solve_power(effect, power=0.8, alpha=0.05, ratio=0, alternative="larger")
        two = power.NormalIndPower().solve_power(effect, power=0.8, alpha=0.05, ratio=1, alternative="larger")
        cases.append({"effect": effect, "alpha": 0.05, "power": 0.8, "one_sample": int(np.ceil(one)),
                      "each_arm": int(np.ceil(two))})
    return cases


def plain(value):
    """numpy's numbers and tuples as Python's."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(item) for item in value]
    if isinstance(value, np.bool_):
        return bool(value)
    if isinstance(value, np.integer):
        return int(value)
    return float(value) if isinstance(value, np.floating) else value


def main():
    sections = {"distributions": distributions(), "proportions": proportions(), "differences": differences(),
                "fisher": fisher(), "mcnemar": mcnemars(), "delong": delongs(),
                "paired_differences": paired_differences(),
                "wilcoxon": wilcoxons(), "means": means(),
                "bootstrap": bca(), "adjusted": adjusted(), "sizes": sizes()}
    path = pathlib.Path(__file__).with_suffix(".json")
    lines = []
    for name, cases in plain(sections).items():
        rows = ",\n".join("  " + json.dumps(case, allow_nan=False) for case in cases)
        lines.append(f'"{name}": [\n{rows}\n]')
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
