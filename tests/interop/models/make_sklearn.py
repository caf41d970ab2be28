#!/usr/bin/python3
"""scikit-learn's own estimators, fitted on a few rows, as pickles of every protocol and as joblib writes them."""

import importlib
import io
import math
import pickle
import warnings

import expected

# What joblib compresses with, and the name of the file that it takes it from.
COMPRESSIONS = {"none": 0, "zlib": ("zlib", 3), "gzip": ("gzip", 3), "bz2": ("bz2", 3), "lzma": ("lzma", 3), "xz": ("xz", 3), "lz4": ("lz4", 3)}


def architecture(estimator):
    """The module that people import it from: the shortest that has it."""
    kind = type(estimator)
    parts = [part for part in kind.__module__.split(".") if not part.startswith("_")]
    for length in range(2, len(parts)):
        if hasattr(importlib.import_module(".".join(parts[:length])), kind.__qualname__):
            parts = parts[:length]
            break
    return ".".join([*parts, kind.__qualname__])


def scalars(estimator):
    """Of nan and inf, JSON has none."""
    return {name: value for name, value in estimator.get_params(deep=False).items()
            if value is None or isinstance(value, (bool, int, str)) or (isinstance(value, float) and math.isfinite(value))}


def known_compressions():
    import joblib
    for name, setting in COMPRESSIONS.items():
        try:
            joblib.dump(1, io.BytesIO(), compress=setting)
            yield name, setting
        except ValueError as error:  # lz4 is a package of its own
            print(f"skipped: joblib with {name}: {error}")


def what_is(estimator):
    import sklearn
    return {"architecture": architecture(estimator), "hyperparameters": scalars(estimator), "libraries": {"scikit-learn": sklearn.__version__}}


def every_estimator():
    """As many as can be made without arguments and fitted to one of a few tables."""
    import numpy
    from sklearn.utils import all_estimators
    random = numpy.random.default_rng(1)
    x = random.random((40, 4))
    tables = [(x, (x[:, 0] > 0.5).astype(int)), (x, x[:, :2]), ([f"some words {number % 5}" for number in range(40)], x[:, 0] > 0.5),
              ([{"a": number, "b": "c"} for number in range(40)], x[:, 0] > 0.5), (x[:, 0], x[:, 1])]
    for name, kind in all_estimators():
        for data, target in tables:
            try:
                yield name, kind().fit(data, target)
                break
            except Exception:
                continue


def some_estimators():
    from sklearn.compose import ColumnTransformer
    from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier, RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler
    from sklearn.svm import SVC
    import numpy
    x = numpy.random.default_rng(2).random((60, 4))
    y = (x[:, 0] > 0.5).astype(int)
    columns = ColumnTransformer([("scaled", StandardScaler(), [0, 1, 2]), ("codes", OneHotEncoder(handle_unknown="ignore"), [3])])
    estimators = {
        "logistic": LogisticRegression(C=0.25, solver="liblinear"), "forest": RandomForestClassifier(5, max_depth=3, random_state=7),
        "boosting": GradientBoostingClassifier(n_estimators=3), "histogram": HistGradientBoostingClassifier(max_iter=3),
        "vectors": SVC(kernel="poly", probability=True), "pipeline": make_pipeline(columns, LogisticRegression()),
        "search": GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=2),
    }
    return {name: estimator.fit(x, y) for name, estimator in estimators.items()}


def make(wanted):
    import joblib
    warnings.simplefilter("ignore")
    compressions = dict(known_compressions())
    for name, estimator in some_estimators().items():
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            wanted.path(f"{name}.{protocol}.pkl").write_bytes(pickle.dumps(estimator, protocol))
            wanted.add(f"{name}.{protocol}.pkl", **what_is(estimator))
        for compression, setting in compressions.items():
            joblib.dump(estimator, wanted.path(f"{name}.{compression}.joblib"), compress=setting)
            wanted.add(f"{name}.{compression}.joblib", **what_is(estimator))
    for name, estimator in every_estimator():
        try:
            wanted.path(f"every/{name}.pkl").write_bytes(pickle.dumps(estimator))
        except Exception:  # some hold functions that are defined inside others
            wanted.path(f"every/{name}.pkl").unlink(missing_ok=True)
            continue
        wanted.add(f"every/{name}.pkl", **what_is(estimator))


if __name__ == "__main__":
    expected.run(make, needs=["sklearn", "joblib"])
