#!/usr/bin/python3
"""Writes scikit-learn's breast cancer data as three tables: to train on, to choose by, and to judge by."""

import os

import numpy as np
from sklearn.datasets import load_breast_cancer


def main():
    data = load_breast_cancer()
    malignant = 1 - data.target
    order = np.random.default_rng(7).permutation(len(malignant))
    parts = {"train": order[:300], "choose": order[300:430], "holdout": order[430:]}
    os.makedirs("data", exist_ok=True)
    header = ",".join([*(name.replace(" ", "_") for name in data.feature_names), "malignant"])
    for name, rows in parts.items():
        table = np.column_stack([data.data[rows], malignant[rows]])
        np.savetxt(f"data/{name}.csv", table, delimiter=",", header=header, comments="", fmt="%.6g")
        print(f"data/{name}.csv: {len(rows)} patients, {malignant[rows].sum()} with a malignant tumour")


if __name__ == "__main__":
    main()
