"""scipy on the figures of `dataset drift`, and on the bins of the reference where other tools cut elsewhere."""

import numpy
from scipy import special, stats
from scipy.spatial.distance import jensenshannon

import real_data

SHOWN = "`dataset drift`"
FLOOR = 1e-4


def compared(program, before, after):
    paths = program.write("before.csv", before), program.write("after.csv", after)
    report = program.answer("dataset", "drift", *paths, codes=(0, 1))
    return {column["name"]: {figure["statistic"]: figure for figure in column["figures"]} for column in report["columns"]}


def cut(name, rows):
    """The table's first rows, and the others."""
    table = real_data.table(name)
    return {key: values[:rows] for key, values in table.items()}, {key: values[rows:] for key, values in table.items()}


def counts(before, after):
    names = sorted(set(before) | set(after))
    return [numpy.array([list(side).count(name) for name in names]) for side in (before, after)]


def stability(bins, before, after):
    """The population stability index over bins that were frozen at the reference."""
    def share(values):
        def within(each):
            low = -numpy.inf if each["low"] is None else each["low"]
            high = numpy.inf if each["high"] is None else each["high"]
            return ((values > low) | (each["has_low"] & (values == low))) & ((values < high) | (each["has_high"] & (values == high)))
        return numpy.array([within(each).sum() for each in bins]) / len(values)

    p, q = share(numpy.asarray(before)), share(numpy.asarray(after))
    p, q = p[(p > 0) | (q > 0)], q[(p > 0) | (q > 0)]
    # As rel_entr has it, shares that don't add up to one are fine.
    p, q = numpy.maximum(p, FLOOR), numpy.maximum(q, FLOOR)
    return (special.rel_entr(q, p) + special.rel_entr(p, q)).sum()


def of_few_rows(book, program):
    for data, rows in (("breast cancer", 300), ("diabetes", 250), ("wine", 90), ("iris", 75)):
        before, after = cut(data, rows)
        for name, figures in compared(program, before, after).items():
            if "kolmogorov_smirnov" in figures:
                ours, theirs = figures["kolmogorov_smirnov"], stats.ks_2samp(before[name], after[name])
                book.note("Kolmogorov and Smirnov's test", "scipy", SHOWN, data, [ours["value"], ours["p"]], [theirs.statistic, theirs.pvalue])
            else:
                ours, theirs = figures["chi_square"], stats.chi2_contingency(counts(before[name], after[name]), correction=False)
                book.note("chi-square for homogeneity", "scipy", SHOWN, data, [ours["value"], ours["p"]], [theirs[0], theirs[1]])


def of_many_rows(book, program, library):
    before, after = cut("digits", 1200)
    for name, figures in compared(program, before, after).items():
        if "wasserstein" in figures:
            distance = stats.wasserstein_distance(before[name], after[name]) / numpy.std(before[name])
            book.note("Wasserstein distance in standard deviations", "scipy", SHOWN, "digits", figures["wasserstein"]["value"], distance)
            bins = library.ask("bins", reference=before[name])["ranges"]
            book.note("population stability index", "scipy, on our bins", SHOWN, "digits", figures["psi"]["value"],
                      stability(bins, before[name], after[name]))
        else:
            p, q = (count / count.sum() for count in counts(before[name], after[name]))
            book.note("Jensen-Shannon distance", "scipy", SHOWN, "digits", figures["jensen_shannon"]["value"], jensenshannon(p, q))
            book.note("largest change of a share", "NumPy", SHOWN, "digits", figures["l_infinity"]["value"], numpy.abs(p - q).max())


def judge(book, program, library):
    of_few_rows(book, program)
    of_many_rows(book, program, library)
