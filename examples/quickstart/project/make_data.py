#!/usr/bin/python3
"""Writes scikit-learn's breast cancer data as data/train.csv and data/holdout.csv.

The hold-out is chosen by a fixed seed and never changes, so that every version of the model is measured on the same
patients. What is left comes in over time: --patients 100 are the first hundred, without it all of them.
"""

import argparse
import csv
from pathlib import Path

from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split


def write(path, columns, features, malignant):
    path.parent.mkdir(exist_ok=True)
    with path.open("w", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow([*columns, "malignant"])
        rows.writerows([*map(float, row), int(label)] for row, label in zip(features, malignant))
    print(f"{path}: {len(malignant)} patients, {sum(malignant)} of them with a malignant tumour")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--patients", type=int, help="only so many to train on (default: all)")
    patients = parser.parse_args().patients

    data = load_breast_cancer()
    columns = [name.replace(" ", "_") for name in data.feature_names]
    malignant = 1 - data.target
    train, holdout, train_labels, holdout_labels = train_test_split(
        data.data, malignant, test_size=0.3, random_state=7, stratify=malignant)
    write(Path("data/train.csv"), columns, train[:patients], train_labels[:patients])
    write(Path("data/holdout.csv"), columns, holdout, holdout_labels)


if __name__ == "__main__":
    main()
