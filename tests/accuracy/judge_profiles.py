"""pandas on what `dataset profile` finds."""

import numpy
import pandas

import real_data

SHOWN = "`dataset profile`"
SHARES = {"p1": 0.01, "p5": 0.05, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p95": 0.95, "p99": 0.99}


def of_numbers(book, data, found, column):
    book.note("rows, missing and different values", "pandas", SHOWN, data, [found["missing"], found["distinct"]],
              [column.isna().sum(), column.nunique()])
    ours = found["numbers"]
    book.note("minimum and maximum", "pandas", SHOWN, data, [ours["min"], ours["max"]], [column.min(), column.max()])
    book.note("mean and standard deviation", "pandas", SHOWN, data, [ours["mean"], ours["std"]], [column.mean(), column.std()])
    if ours["min"] < ours["max"]:  # one value has no parts: NumPy puts it in the middle of an invented range
        book.note("histogram of ten parts", "NumPy", SHOWN, data, ours["histogram"], numpy.histogram(column.dropna(), 10)[0])
    if ours["quantile_error"] == 0:
        book.note("quantiles of up to 4,096 values", "pandas", SHOWN, data, list(ours["quantiles"].values()),
                  [column.quantile(SHARES[name]) for name in ours["quantiles"]])


def of_texts(book, data, found, column):
    book.note("rows, missing and different values", "pandas", SHOWN, data, [found["missing"], found["distinct"]],
              [column.isna().sum(), column.nunique()])
    lengths, counts = column.str.len(), column.value_counts()
    book.note("lengths of texts", "pandas", SHOWN, data, [found["lengths"][key] for key in ("min", "max", "mean")],
              [lengths.min(), lengths.max(), lengths.mean()])
    book.note("most frequent values", "pandas", SHOWN, data, [each["count"] for each in found["top"]],
              [counts[each["value"]] for each in found["top"]])


def of_many_values(book, program):
    """All figures of a data set in one column: too many to keep, so that quantiles are estimates."""
    for name in ("breast cancer", "diabetes"):
        values = real_data.loaded(name).data.ravel() * 1.0
        values = values + numpy.arange(len(values)) * 1e-9  # all different: each has a rank of its own
        profile = program.answer("dataset", "profile", program.write("values.csv", {"value": values}))
        ours, ordered = profile["columns"][0]["numbers"], numpy.sort(values)
        ranks = numpy.searchsorted(ordered, [ours["quantiles"][key] for key in SHARES]) / len(values)
        book.note("ranks of quantiles beyond 4,096 values", "NumPy", SHOWN, name, ranks, list(SHARES.values()))
        book.note("different values beyond 16,384", "NumPy", SHOWN, name, [profile["columns"][0]["distinct"] / len(values)], [1.0])


def judge(book, program, _):
    for name in real_data.LOADERS:
        table = program.write("table.csv", real_data.table(name))
        frame = pandas.read_csv(table, float_precision="round_trip")
        profile = program.answer("dataset", "profile", table)
        book.note("rows, missing and different values", "pandas", SHOWN, name, [profile["rows"]], [len(frame)])
        for found in profile["columns"]:
            column = frame[found["name"]]
            (of_texts if found["type"] == "text" else of_numbers)(book, name, found, column)
    of_many_values(book, program)
