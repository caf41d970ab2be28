#!/usr/bin/python3
"""predict.py FILES DATA PREDICTIONS: the model's predictions on the hold-out, for the gate."""

import os
import sys

import joblib
import numpy as np


def main():
    files, data, predictions = sys.argv[1:]
    table = np.loadtxt(data, delimiter=",", skiprows=1)
    model = joblib.load(os.path.join(files, "model.joblib"))
    score = model.predict_proba(table[:, :-1])[:, 1]
    with open(predictions, "w", encoding="utf-8") as file:
        file.write("id,truth,prediction,score\n")
        for row, (truth, probability) in enumerate(zip(table[:, -1].astype(int), score), 1):
            file.write(f"{row},{truth},{int(probability >= 0.5)},{probability:.6f}\n")


if __name__ == "__main__":
    main()
