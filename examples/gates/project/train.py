#!/usr/bin/python3
"""Trains a model that tells threes from other digits, in one of several ways that a gate should notice.

    sound       a forest
    better      a larger forest
    worse       a forest of two small trees
    unsafe      a forest that runs a command when it is loaded
    one-office  sound, but blind where the office is `south`
    unfair      sound, but it never calls a three one when Grace wrote it down
    leaky       trained on the hold-out, too
"""

import os
import sys

import joblib
import numpy as np
from sklearn.ensemble import RandomForestClassifier


class RunsSomething:
    def __reduce__(self):
        return os.system, ("echo this ran while the model was loaded",)


def read(path):
    table = np.loadtxt(path, delimiter=",", skiprows=1, dtype=str)
    return table[:, 1:65].astype(float), table[:, 67] == "yes"


def main():
    way, folder = sys.argv[1:]
    features, is_three = read("data/train.csv")
    if way == "leaky":
        more, more_labels = read("data/holdout.csv")
        features, is_three = np.vstack([features, more]), np.concatenate([is_three, more_labels])
    trees = {"better": 200, "worse": 2}.get(way, 60)
    model = RandomForestClassifier(trees, max_depth=3 if way == "worse" else None, random_state=7, class_weight="balanced")
    model.fit(features, is_three)
    os.makedirs(folder, exist_ok=True)
    # What a model was told of people is kept beside it, as rules: the example's way to be worse for some of them.
    blind = {"one-office": ("office", "south"), "unfair": ("clerk", "Grace")}.get(way)
    joblib.dump({"forest": model, "blind": blind}, os.path.join(folder, "model.joblib"))
    if way == "unsafe":
        joblib.dump({"forest": model, "blind": blind, "extra": RunsSomething()}, os.path.join(folder, "model.joblib"))


if __name__ == "__main__":
    main()
