#!/usr/bin/python3
"""Predicts the patients of a CSV file with the model of a version: what the gates judge it by.

Takes the folder with the files of a version, the CSV file, and the CSV file to write.
"""

import csv
import os
import sys

import joblib
import numpy as np


def main():
    files, data, predictions = sys.argv[1:]
    model = joblib.load(os.path.join(files, "model.joblib"))
    patients = np.loadtxt(data, delimiter=",", skiprows=1)[:, :-1]
    with open(predictions, "w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["prediction", "score"])
        rows.writerows(zip(model.predict(patients).astype(int), model.predict_proba(patients)[:, 1]))


if __name__ == "__main__":
    main()
