#!/usr/bin/python3
"""Answers the questions of a CSV file with the model of a version.

Takes the folder with the files of a version, the CSV file, and the CSV file to write.
"""

import os
import sys

import joblib
import pandas as pd


def main():
    files, data, predictions = sys.argv[1:]
    forest = joblib.load(next(os.path.join(folder, "forest.joblib") for folder, _, names in os.walk(files) if "forest.joblib" in names))
    table = pd.read_csv(data)
    answers = forest.predict(table.drop(columns=["week", "rise"], errors="ignore"))
    pd.DataFrame({"week": table["week"], "prediction": answers}).to_csv(predictions, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
