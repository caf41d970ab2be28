#!/usr/bin/python3
"""Trains boosted trees, and says after every tenth tree how good they are on patients that were not trained on."""

import json
import os

import joblib
import numpy as np
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.metrics import log_loss, roc_auc_score


def read(role):
    table = np.loadtxt(os.environ[f"MLOPS_INPUT_{role}"], delimiter=",", skiprows=1)
    return table[:, :-1], table[:, -1].astype(int)


def measure(probability, malignant):
    return {"auc": roc_auc_score(malignant, probability), "log_loss": log_loss(malignant, probability)}


def main():
    with open(os.environ["MLOPS_PARAMS"], encoding="utf-8") as file:
        params = json.load(file)
    features, malignant = read("TRAIN")
    model = GradientBoostingClassifier(
        learning_rate=params["lr"],
        max_depth=params["depth"],
        n_estimators=params["trees"],
        subsample=0.7,
        random_state=int(os.environ["MLOPS_SEED"]),
    )
    model.fit(features, malignant)
    others, truth = read("CHOOSE")
    with open(os.environ["MLOPS_METRICS"], "w", encoding="utf-8") as metrics:
        for trees, probability in enumerate(model.staged_predict_proba(others), 1):
            if trees % 10 == 0:
                print(json.dumps({"step": trees, **measure(probability[:, 1], truth)}), file=metrics)
    os.makedirs(os.environ["MLOPS_OUTPUT_MODEL"], exist_ok=True)
    joblib.dump(model, os.path.join(os.environ["MLOPS_OUTPUT_MODEL"], "model.joblib"))
    print(f"{params['trees']} trees of depth {params['depth']}, learning rate {params['lr']}")


if __name__ == "__main__":
    main()
