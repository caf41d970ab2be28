#!/usr/bin/env python3
"""Writes csv_summaries.json: CSV texts, and what Python's csv module finds in them.

The texts are a few habits of real files and many random ones over an alphabet of the characters that matter.
Run it again after adding a case:

    python3 tests/oracles/csv_summaries.py
"""
import csv
import io
import json
import pathlib
import random

HABITS = [
    "a,b\n1,2\n",
    "a,b\r\n1,2\r\n3,4",
    "a,b\r1,2\r",
    "\n\na,b\n\n1,2\n\n",
    "a\n\"line one\nline two\"\n",
    "a,b\n\"say \"\"hi\"\"\",\"x,y\"\n",
    "a,b\n\"1\"2,3\n",
    "a,b\n1\"2\",3\n",
    "a,b\n1\n1,2,3\n,\n",
    "a\n\"\"\n",
    "a,b,c,d,e\n1,1.5,true,x,\n-2,1e-3,False,1,\n+3,.5,TRUE,,\n",
    "x,x\n1,0.5\n2,\n",
    "a,b\n1,true\ntrue,1\n",
    ",a\n0,1\n1,2\n",
    "a,b\n 1, x\n2 ,3\n",
    "a,b\n1,\"open\n",
    "a\n1e400\n12345678901234567890123\n",
    "a\nnan\ninf\n",
    "a\n-\n+\n.\ne5\n",
    "温度,湿度\n21.5,40\n",
    "",
    "\n",
    "only,a,header",
]
ALPHABET = ["a", "1", "2", ".", "-", "e", ",", ",", '"', "\n", "\r", " ", "true"]


def kind(value):
    """The narrowest type of one value."""
    value = value.strip(" ")
    if value == "":
        return "empty"
    if value.lower() in ("true", "false"):
        return "boolean"
    if "_" not in value:
        for convert, name in ((int, "integer"), (float, "number")):
            try:
                if convert is float and value.lower().lstrip("+-") in ("nan", "inf", "infinity"):
                    return "text"
                if value.strip() != value:
                    return "text"
                convert(value)
                return name
            except ValueError:
                pass
    return "text"


def type_of(values):
    """The type of a column that holds these values."""
    kinds = {kind(value) for value in values} - {"empty"}
    if not kinds:
        return "empty"
    if kinds == {"integer", "number"}:
        return "number"
    return kinds.pop() if len(kinds) == 1 else "text"


def rows_of(text):
    return [row for row in csv.reader(io.StringIO(text, newline="")) if row]


def summary(text):
    rows = rows_of(text)
    # A row that is added at the end comes out as it is, unless a quote was left open.
    if rows_of(text + "\nsentinel")[-1] != ["sentinel"] or not rows:
        return None
    header, *data = rows
    return {
        "rows": len(data),
        "columns": [
            [name, type_of([row[i] for row in data if i < len(row)])] for i, name in enumerate(header)
        ],
    }


def random_texts(count):
    source = random.Random(20260801)
    for _ in range(count):
        head = source.choice(["a,b\n", "a,b,c\r\n", '"x,y",z\n'])
        yield head + "".join(source.choices(ALPHABET, k=source.randint(1, 30)))


def main():
    cases = [{"text": text, "summary": summary(text)} for text in [*HABITS, *random_texts(150)]]
    target = pathlib.Path(__file__).with_suffix(".json")
    lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)
    target.write_text("[\n" + lines + "\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
