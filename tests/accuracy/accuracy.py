#!/usr/bin/python3
"""Holds the table of docs/accuracy.md against what other libraries say of the same data.

    accuracy.py MLOPS LIBRARY_FIGURES PAGE [--older]

Asks the judges that this Python can import; rows of the others are told as not measured. --older: judges of years ago, whose own
figures may be off behind the tenth digit, as Student's quantiles of scipy 1.10 are. MLOPS_TEST_ACCEPT=1 writes the table.
"""

import importlib
import importlib.util
import math
import os
import re
import sys
import tempfile
import warnings
from pathlib import Path

from sides import Book, Library, Program

# What each file of judgements needs, by the names that people know and those that Python imports.
JUDGES = {
    "judge_metrics": {"scikit-learn": "sklearn", "NumPy": "numpy"},
    "judge_intervals": {"statsmodels": "statsmodels", "scipy": "scipy", "scikit-learn": "sklearn"},
    "judge_auc": {"MLstatkit": "MLstatkit", "scikit-learn": "sklearn"},
    "judge_fairness": {"Fairlearn": "fairlearn", "scikit-learn": "sklearn"},
    "judge_drift": {"scipy": "scipy", "scikit-learn": "sklearn"},
    "judge_profiles": {"pandas": "pandas", "scikit-learn": "sklearn"},
    "judge_tests": {"statsmodels": "statsmodels", "scipy": "scipy", "scikit-learn": "sklearn"},
}
HEAD = ["| figure | shown by | judge | real data | figures | apart at most |", "|---|---|---|---|--:|--:|"]
CLOSEST, ROUNDING, OLDER = 1e-15, 1e-9, 1e-10
CANNOT = 77


def missing(needs):
    return [name for name, module in needs.items() if importlib.util.find_spec(module) is None]


def judged(program, library):
    book, versions = Book(), {}
    for name, needs in JUDGES.items():
        absent = missing(needs)
        if absent:
            book.lacks(name)
            print(f"not measured: {name[6:]}, for {' and '.join(absent)} can't be imported here", file=sys.stderr)
            continue
        versions |= {judge: importlib.import_module(module).__version__ for judge, module in needs.items() if judge != "MLstatkit"}
        before = set(book.rows)
        importlib.import_module(name).judge(book, program, library)
        if set(book.rows) == before:
            raise SystemExit(f"{name} judged nothing")
    print("judged by " + ", ".join(f"{judge} {version}" for judge, version in sorted(versions.items())), file=sys.stderr)
    return book


def bound(difference):
    """Rounded up: the last digits to a power of ten with room for another processor's or version's, else to one digit."""
    if difference <= CLOSEST / 3:
        return CLOSEST
    if difference < ROUNDING:
        return 10.0 ** math.ceil(math.log10(3 * difference))
    unit = 10.0 ** math.floor(math.log10(difference))
    return math.ceil(difference / unit) * unit


def line(row):
    return f"| {row.statistic} | {row.shown_by} | {row.judge} | {', '.join(row.data)} | {row.figures} | {bound(row.difference):.0e} |"


def table_of(page):
    """The lines of its table, and where they are."""
    lines = page.split("\n")
    first = lines.index(HEAD[0])
    last = next(place for place in range(first, len(lines)) if not lines[place].startswith("|"))
    return lines, first, last


def faults(book, stated, rounding):
    """All but the last cell of a row is to be the same; the difference is to be no larger, unless it is a judge's own rounding."""
    known = {re.sub(r"\|[^|]*\|$", "", text): float(text.split("|")[-2]) for text in stated}
    for row in book.rows.values():
        text = re.sub(r"\|[^|]*\|$", "", line(row))
        if text not in known:
            yield f"the page has no row `{line(row)}`"
        elif row.difference > max(known.pop(text), rounding):
            yield f"{row.statistic} and {row.judge} are {row.difference:.1e} apart: `{line(row)}`"
    if not book.absent:
        yield from (f"nothing measures the row `{text}`" for text in known)


def main():
    mlops, tool, path = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    if missing({"scikit-learn": "sklearn"}):
        print("skipped: scikit-learn is not here", file=sys.stderr)
        sys.exit(CANNOT)
    warnings.simplefilter("ignore")  # of models that might be trained for longer
    with tempfile.TemporaryDirectory(prefix="mlops-accuracy-") as folder:
        book = judged(Program(Path(mlops).resolve(), folder), Library(tool))
    page = path.read_text(encoding="utf-8")
    lines, first, last = table_of(page)
    if os.environ.get("MLOPS_TEST_ACCEPT"):
        if book.absent:
            raise SystemExit("only all judges together can write the page: use tests/interop/run accuracy")
        lines[first:last] = [*HEAD, *map(line, book.rows.values())]
        path.write_text("\n".join(lines), encoding="utf-8")
        return
    wrong = list(faults(book, lines[first + 2:last], OLDER if "--older" in sys.argv[4:] else 0))
    if wrong:
        raise SystemExit("\n".join(wrong))
    print(f"{len(book.rows)} rows, {sum(row.figures for row in book.rows.values())} figures agree", file=sys.stderr)


if __name__ == "__main__":
    main()
