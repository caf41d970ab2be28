#!/usr/bin/python3
"""Writes profiles.json: CSV texts, and what pandas finds in their columns.

Run it again after adding a case:

    /usr/bin/python3 tests/oracles/profiles.py
"""
import io
import json
import math
import pathlib
import random

import numpy
import pandas

QUANTILES = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99]


def generated(seed, rows, delimiter, line_end):
    """A table of all types, with quotes, line breaks and missing values among them."""
    random.seed(seed)
    lines = [delimiter.join(["id", "amount", "share", "city", "active", "note", "gaps"])]
    for row in range(rows):
        cells = [
            str(row + 1),
            f"{random.lognormvariate(3, 1):.2f}",
            repr(random.random() * 10 ** random.randint(-12, 12)),
            random.choice(["Berlin", "Köln", '"New York, NY"', "東京"]),
            random.choice(["true", "false", "false"]),
            random.choice(['"say ""hi"""', '"two\nlines"', "plain", ""]),
            random.choice(["", "NA", "-7", "12", "3.5", "1e3"]),
        ]
        lines.append(delimiter.join(cells))
    return line_end.join(lines) + line_end


TEXTS = {
    "small": "a,b,c\n1,x,0.5\n2,y,\n3,x,1.5\n",
    "one row": "a,b\n7,z\n",
    "all missing": "a,b\n,1\nNA,2\nnull,3\n",
    "wide integers": "a\n9007199254740993\n-9223372036854775807\n",
    "constant": "a\n5\n5\n5\n5\n",
    "far from zero": "a\n1000000000.1\n1000000000.2\n1000000000.3\n",
    "semicolons": generated(3, 150, ";", "\n"),
    "tabs and CR LF": generated(4, 150, "\t", "\r\n"),
    "commas": generated(5, 400, ",", "\n"),
}


def column_facts(column):
    present = column.dropna()
    facts = {"name": column.name, "missing": int(column.isna().sum()), "distinct": int(present.astype(str).nunique())}
    if present.empty:
        return {**facts, "type": "empty"}
    if present.dtype == bool or set(map(str, present.unique())) <= {"True", "False"}:
        return {**facts, "type": "boolean", "true_share": float(present.astype(bool).mean())}
    if not pandas.api.types.is_numeric_dtype(present):
        lengths = present.str.len()
        top = sorted(present.value_counts().items(), key=lambda item: (-item[1], item[0].encode()))
        return {**facts, "type": "text", "lengths": [int(lengths.min()), int(lengths.max()), float(lengths.mean())], "top": top[:10]}
    values = present.astype(float)
    low, high = values.min(), values.max()
    counts = None if low == high else numpy.histogram(values, bins=10)[0].tolist()
    deviation = values.std()
    return {
        **facts,
        "type": "number",  # pandas makes no difference for integers with gaps
        "mean": values.mean(),
        "std": None if math.isnan(deviation) else deviation,
        "min": low,
        "max": high,
        "quantiles": [values.quantile(q) for q in QUANTILES],
        "histogram": counts,
    }


def case(name, text):
    delimiter = max(",;\t", key=text.split("\n")[0].count)
    # Spelling tells values apart, so they are counted as texts.
    spelled = pandas.read_csv(io.StringIO(text), sep=delimiter, dtype=str)
    frame = pandas.read_csv(io.StringIO(text), sep=delimiter, float_precision="round_trip")
    columns = []
    for column in frame:
        columns.append({**column_facts(frame[column]), "distinct": int(spelled[column].nunique())})
    return {"name": name, "text": text, "rows": len(frame), "columns": columns}


target = pathlib.Path(__file__).with_suffix(".json")
cases = [case(name, text) for name, text in TEXTS.items()]
target.write_text(json.dumps({"made_with": f"pandas {pandas.__version__}", "cases": cases}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
