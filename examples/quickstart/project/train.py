#!/usr/bin/python3
"""Trains a classifier of tumours and measures it on patients it has not seen.

An ordinary training script: it knows nothing of mlops.
"""

import argparse
import json
import os

import joblib
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, log_loss, recall_score, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def read(path):
    table = np.loadtxt(path, delimiter=",", skiprows=1)
    return table[:, :-1], table[:, -1].astype(int)


def measure(model, features, malignant):
    probability = model.predict_proba(features)[:, 1]
    predicted = model.predict(features)
    return {
        "accuracy": accuracy_score(malignant, predicted),
        "auc": roc_auc_score(malignant, probability),
        "recall": recall_score(malignant, predicted, zero_division=0),
        "log_loss": log_loss(malignant, probability),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", required=True, help="CSV file to train on")
    parser.add_argument("--holdout", required=True, help="CSV file to measure on")
    parser.add_argument("--C", type=float, default=1.0, help="inverse of the strength of regularisation")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--model", required=True, help="folder for the model")
    parser.add_argument("--metrics", required=True, help="JSON file for the metrics")
    arguments = parser.parse_args()

    features, malignant = read(arguments.train)
    print(f"training on {len(malignant)} patients with C = {arguments.C:g}")
    model = make_pipeline(StandardScaler(), LogisticRegression(C=arguments.C, random_state=arguments.seed))
    model.fit(features, malignant)

    os.makedirs(arguments.model, exist_ok=True)
    joblib.dump(model, os.path.join(arguments.model, "model.joblib"))
    with open(arguments.metrics, "w", encoding="utf-8") as file:
        json.dump(measure(model, *read(arguments.holdout)), file, indent=2)


if __name__ == "__main__":
    main()
