#!/usr/bin/python3
"""Trains a forest that tells how much the level will rise, and measures it on weeks it has not seen."""

import argparse
import json
import os

import joblib
import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.metrics import mean_absolute_error


def read(path):
    table = pd.read_csv(path)
    return table.drop(columns=["week", "rise"]), table["rise"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("train", "holdout", "model", "metrics"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--seed", type=int, default=7)
    wanted = parser.parse_args()

    features, rise = read(wanted.train)
    print(f"training on {len(rise)} weeks")
    forest = RandomForestRegressor(100, min_samples_leaf=5, random_state=wanted.seed).fit(features, rise)

    os.makedirs(wanted.model, exist_ok=True)
    joblib.dump(forest, os.path.join(wanted.model, "forest.joblib"))
    features, rise = read(wanted.holdout)
    with open(wanted.metrics, "w", encoding="utf-8") as file:
        json.dump({"mae": mean_absolute_error(rise, forest.predict(features))}, file)


if __name__ == "__main__":
    main()
