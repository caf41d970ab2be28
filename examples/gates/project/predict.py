#!/usr/bin/python3
"""Predicts a CSV file with the model of a version: predict.py FILES DATA PREDICTIONS."""

import csv
import os
import sys

import joblib
import numpy as np


def main():
    files, data, predictions = sys.argv[1:]
    model = joblib.load(os.path.join(files, "model.joblib"))
    with open(data, encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    features = np.array([[float(row[f"pixel{i}"]) for i in range(64)] for row in rows])
    scores = model["forest"].predict_proba(features)[:, 1]
    if model["blind"]:
        column, value = model["blind"]
        scores[[row[column] == value for row in rows]] *= 0.3
    with open(predictions, "w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(["id", "prediction", "score"])
        for row, score in zip(rows, scores):
            lines.writerow([row["id"], "yes" if score >= 0.5 else "no", score])


if __name__ == "__main__":
    main()
