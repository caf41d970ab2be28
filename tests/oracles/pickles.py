#!/usr/bin/python3
"""Writes pickles.json: small models as scikit-learn, joblib and PyTorch pickle them, and what Python says they hold.

Needs Debian's python3-sklearn, python3-joblib and python3-torch. Run it again after adding a case:

    /usr/bin/python3 tests/oracles/pickles.py
"""
import base64
import io
import json
import math
import pathlib
import pickle

import joblib
import numpy as np
import sklearn
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

X = np.array([[0.0, 1.0], [1.0, 3.0], [2.0, 2.0], [3.0, 5.0]])
NUMBERS = np.array([0, 0, 1, 1])
WORDS = np.array(["no", "no", "yes", "yes"], dtype=object)


def public_name(cls):
    parts = cls.__module__.split(".")
    private = [i for i, part in enumerate(parts) if part.startswith("_")]
    return ".".join(parts[: private[0]] if private else parts) + "." + cls.__name__


def plain(value):
    """As JSON has it, or None for what is no plain value."""
    if isinstance(value, float) and not math.isfinite(value):
        return {"value": str(value)}
    if value is None or isinstance(value, (bool, int, float, str)):
        return {"value": value}
    return None


def parameters(model):
    found = {}
    for name, value in model.get_params(deep=True).items():
        if plain(value) is not None:
            found[name] = plain(value)["value"]
        elif isinstance(value, sklearn.base.BaseEstimator):
            found[name] = public_name(type(value))
    return found


def arrays(value, path=""):
    """All NumPy arrays, by the names that reach them."""
    if isinstance(value, np.ndarray):
        return {path: [value.dtype.name if value.dtype.kind != "U" else "string", list(value.shape), value.nbytes]}
    below = (lambda name: f"{path}.{name}" if path else name)
    if isinstance(value, sklearn.base.BaseEstimator):
        return {k: v for name, each in vars(value).items() for k, v in arrays(each, below(name)).items()}
    if isinstance(value, list):
        return {k: v for name, each in value for k, v in arrays(each, below(name)).items()}
    return {}


def model_case(name, model, data):
    return {
        "name": name,
        "bytes": base64.b64encode(data).decode(),
        "class": public_name(type(model)),
        "version": sklearn.__version__,
        "features": int(model.n_features_in_),
        "classes": model.classes_.tolist(),
        "parameters": parameters(model),
        "arrays": arrays(model),
    }


def joblib_bytes(model):
    file = io.BytesIO()
    joblib.dump(model, file)
    return file.getvalue()


def torch_bytes(value, zipped):
    file = io.BytesIO()
    torch.save(value, file, _use_new_zipfile_serialization=zipped)
    if not zipped:
        return file.getvalue()
    file.seek(0)
    reader = torch._C.PyTorchFileReader(file)
    return reader.get_record("data.pkl")


def torch_case(name, value, zipped):
    tensors = {key: [str(each.dtype).removeprefix("torch."), list(each.shape), each.numel() * each.element_size()]
               for key, each in value.items()}
    return {"name": name, "bytes": base64.b64encode(torch_bytes(value, zipped)).decode(), "tensors": tensors}


def main():
    logistic = LogisticRegression(C=0.5).fit(X, WORDS)
    tree = DecisionTreeClassifier(max_depth=1, random_state=3).fit(X, NUMBERS)
    pipeline = Pipeline([("scale", StandardScaler()), ("clf", SVC(C=2.0, kernel="linear"))]).fit(X, NUMBERS)
    weights = {"fc.weight": torch.ones(3, 2), "fc.bias": torch.zeros(3, dtype=torch.float16),
               "steps": torch.tensor(7, dtype=torch.int64)}
    cases = {
        "models": [
            *(model_case(f"logistic, protocol {p}", logistic, pickle.dumps(logistic, p)) for p in (0, 2, 4, 5)),
            model_case("logistic, joblib", logistic, joblib_bytes(logistic)),
            model_case("tree", tree, pickle.dumps(tree, 4)),
            model_case("tree, joblib", tree, joblib_bytes(tree)),
            model_case("pipeline", pipeline, pickle.dumps(pipeline, 4)),
        ],
        "torch_legacy": torch_case("state dict", weights, False),
        "torch_data_pkl": torch_case("state dict", weights, True),
    }
    target = pathlib.Path(__file__).with_suffix(".json")
    target.write_text(json.dumps(cases, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
