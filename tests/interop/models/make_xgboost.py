#!/usr/bin/python3
"""XGBoost models as JSON and UBJSON, and what the library says of them."""

import json
import warnings

import expected


def trees_of(booster):
    return len(booster.get_dump())


def make(wanted):
    import numpy
    import xgboost
    warnings.simplefilter("ignore")
    random = numpy.random.default_rng(1)
    x, y = random.random((60, 4)), random.integers(0, 3, 60)
    names = ["age", "income", "größe", "a b"]
    boosters = {
        "classes": ({"objective": "multi:softprob", "num_class": 3, "max_depth": 3, "eta": 0.2}, None),
        "binary": ({"objective": "binary:logistic", "max_depth": 2}, names),
        "regression": ({"objective": "reg:squarederror", "subsample": 0.5}, names),
        "linear": ({"booster": "gblinear", "objective": "reg:squarederror"}, None),
        "dart": ({"booster": "dart", "objective": "reg:squarederror", "max_depth": 2}, None),
        "ranking": ({"objective": "rank:ndcg"}, None),
    }
    for name, (settings, feature_names) in boosters.items():
        label = y if name == "classes" else y > 1 if name == "binary" else y.astype(float)
        matrix = xgboost.DMatrix(x, label=label, feature_names=feature_names)
        if name == "ranking":
            matrix.set_group([20, 40])
        booster = xgboost.train(settings, matrix, num_boost_round=5)
        for ending in ("json", "ubj"):
            booster.save_model(str(wanted.path(f"{name}.{ending}")))
            wanted.add(f"{name}.{ending}", format="xgboost", about={
                "objective": settings["objective"], "features": booster.num_features(), "feature_names": feature_names or [],
                "trees": 0 if name == "linear" else trees_of(booster),
                "version": ".".join(map(str, json.loads(booster.save_raw("json"))["version"]))})


if __name__ == "__main__":
    expected.run(make, needs=["xgboost", "numpy"])
