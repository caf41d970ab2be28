#!/usr/bin/python3
"""Writes yaml_scalars.json: what PyYAML's safe loader makes of plain scalars.

Usage: yaml_scalars.py > yaml_scalars.json      needs python3-yaml (6.0)

What JSON can't hold (dates, infinity, NaN) stays as its text.
"""

import datetime
import json
import math

import yaml

TEXTS = """~ null Null NULL nUll none yes Yes YES yEs no No NO on On ON off Off OFF true True TRUE tRUE false False FALSE y n Y N
0 1 -1 +1 007 0o7 08 010 -010 0x1F 0X1F -0x1f 0b101 -0b1 0b2 1_000 _1 1__0 0_ 00 -0 1:30 1:30:00 -1:30 1:60 01:30 0:30 1:5 1:300
9223372036854775807 -9223372036854775808 9223372036854775808 123456789012345678901234567890
1.0 1. .5 -.5 +.5 - -. . .. 1.5e3 1.5e+3 1.5E-3 1e3 1e+3 .5e+1 1_0.5 1.5_0 1..2 1.2.3 -1.5 +1.5 3.10 0.0 -0.0 00.5 +.e+1
.inf -.inf +.Inf .INF .nan .NaN nan inf
2001-12-14 2001-12-14t21:59:43.10-05:00 0.1.2 1,000 12e 0x 0b a b-c python=3.11.2 mlflow==3.1 == = 1/2 1-2 +a -a""".split()


def plain(value, text):
    if isinstance(value, (datetime.date, datetime.datetime)):
        return text
    if isinstance(value, float) and not math.isfinite(value):
        return text
    return value


def main():
    cases = []
    for text in TEXTS:
        try:
            value = yaml.safe_load("- " + text + "\n")[0]
        except Exception:
            continue  # PyYAML stumbles over some that its own patterns match
        if isinstance(value, (list, dict)):
            continue
        cases.append({"text": text, "value": plain(value, text)})
    print("[")
    print(",\n".join(json.dumps(case) for case in cases))
    print("]")


if __name__ == "__main__":
    main()
