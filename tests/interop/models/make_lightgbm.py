#!/usr/bin/python3
"""LightGBM models as text, and what the library says of them."""

import expected


def make(wanted):
    import lightgbm
    import numpy
    random = numpy.random.default_rng(1)
    x, y = random.random((200, 4)), random.integers(0, 3, 200)
    boosters = {
        "classes": {"objective": "multiclass", "num_class": 3}, "binary": {"objective": "binary"}, "regression": {"objective": "regression"},
        "dart": {"objective": "regression", "boosting": "dart"}, "forest": {"objective": "regression", "boosting": "rf", "bagging_freq": 1,
                                                                             "bagging_fraction": 0.5},
        "linear": {"objective": "regression", "linear_tree": True},
    }
    for name, settings in boosters.items():
        names = "auto" if name == "classes" else ["age", "income", "height", "a_b"]
        data = lightgbm.Dataset(x, y > 1 if name == "binary" else y, feature_name=names)
        booster = lightgbm.train({"verbose": -1, "num_leaves": 4, "min_data_in_leaf": 5, "learning_rate": 0.25, **settings}, data, 5)
        booster.save_model(wanted.path(f"{name}.txt"))
        wanted.add(f"{name}.txt", format="lightgbm", about={
            "objective": settings["objective"], "features": booster.num_feature(), "feature_names": booster.feature_name(),
            "trees": booster.num_trees(), "version": None})


if __name__ == "__main__":
    expected.run(make, needs=["lightgbm", "numpy"])
