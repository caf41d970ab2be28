#!/usr/bin/python3
"""Writes scikit-learn's digits as data: is a digit a 3? With who wrote it down, and where.

    data/train.csv     to train on
    data/holdout.csv   for the gates: never trained on
    data/today.csv     what comes in; with --shift it looks different (a scanner that prints darker)

The clerk and the office are drawn by a fixed seed; they say nothing about the digit.
"""

import argparse
import csv
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits


def write(name, rows, features, is_three, clerks, offices):
    path = Path("data") / name
    path.parent.mkdir(exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(["id", *(f"pixel{i}" for i in range(64)), "clerk", "office", "is_three"])
        for row in rows:
            lines.writerow([row, *(f"{value:g}" for value in features[row]), clerks[row], offices[row],
                            "yes" if is_three[row] else "no"])
    print(f"{path}: {len(rows)} digits")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shift", action="store_true", help="let what comes in look different")
    shift = parser.parse_args().shift

    digits = load_digits()
    generator = np.random.default_rng(7)
    rows = generator.permutation(len(digits.target))
    clerks = generator.choice(["Ada", "Grace"], len(rows))
    offices = generator.choice(["north", "south"], len(rows))
    is_three = digits.target == 3
    write("train.csv", rows[:800], digits.data, is_three, clerks, offices)
    write("holdout.csv", rows[800:1600], digits.data, is_three, clerks, offices)
    seen = np.minimum(16, digits.data + 4) if shift else digits.data
    write("today.csv", rows[1600:], seen, is_three, clerks, offices)


if __name__ == "__main__":
    main()
