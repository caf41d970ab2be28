#!/usr/bin/python3
"""Folders that MLflow writes, with the signatures that it reads from them."""

import os
import warnings

import expected

DTYPES = {"boolean": "bool", "integer": "int32", "long": "int64", "float": "float32", "double": "float64", "string": "string"}


def port(column):
    if column.get("type") == "tensor":
        spec = column["tensor-spec"]
        return {"name": column.get("name", ""), "dtype": spec["dtype"], "shape": [None if size == -1 else size for size in spec["shape"]]}
    return {"name": column.get("name", ""), **dtype_of(column["type"]), "required": column.get("required", True)}


def dtype_of(kind):
    """Nothing for what has no one name: dates, bytes, objects."""
    return {"dtype": DTYPES[kind]} if kind in DTYPES else {}


def signature_of(signature):
    found = {"inputs": [port(column) for column in signature.inputs.to_dict()]}
    if signature.outputs is not None:
        found["outputs"] = [port(column) for column in signature.outputs.to_dict()]
    if signature.params is not None:
        found["params"] = [{"name": param["name"], **dtype_of(param["type"])} for param in signature.params.to_dict()]
    return found


def make(wanted):
    warnings.simplefilter("ignore")
    os.environ["MLFLOW_TRACKING_URI"] = wanted.folder.as_uri() + "/tracking"
    import mlflow
    import mlflow.sklearn
    import numpy
    import pandas
    import sklearn
    from mlflow.models import ModelSignature, infer_signature
    from mlflow.types import ColSpec, ParamSchema, ParamSpec, Schema, TensorSpec
    from sklearn.linear_model import LogisticRegression

    table = pandas.DataFrame({"age": [30, 40, 50, 60], "income": [1.5, 2.5, 3.5, 4.5], "größe": [True, False, True, False]})
    model = LogisticRegression(C=0.5).fit(table, [0, 1, 0, 1])
    texts = Schema([ColSpec("string", "text"), ColSpec("datetime", "day", required=False), ColSpec("binary", "bytes")])
    signatures = {
        "table": infer_signature(table, model.predict(table), params={"threshold": 0.5, "name": "a", "top": 3}),
        "array": infer_signature(table.to_numpy(dtype="float32"), model.predict_proba(table)),
        "images": ModelSignature(Schema([TensorSpec(numpy.dtype("uint8"), (-1, 28, 28, 3), "image")]), Schema([TensorSpec(numpy.dtype("float64"), (-1, 10))])),
        "texts": ModelSignature(texts, Schema([ColSpec("double")]), ParamSchema([ParamSpec("stop", "string", None)])),
        "none": None,
    }
    for name, signature in signatures.items():
        for kind in ("cloudpickle", "pickle", "skops"):
            folder = f"{name}.{kind}"
            try:
                mlflow.sklearn.save_model(model, wanted.path(folder), signature=signature, serialization_format=kind,
                                          pip_requirements=[f"scikit-learn=={sklearn.__version__}"])
            except Exception as error:  # a version that doesn't have this kind, or no longer
                print(f"skipped: MLflow with {kind}: {error}")
                continue
            # Without one, what the pickle tells of its inputs counts.
            what = {"signature": signature_of(signature)} if signature else {}
            wanted.add(folder, format="mlflow", libraries={"scikit-learn": sklearn.__version__}, verdict=None if kind == "skops" else "allowlisted",
                       **what)


if __name__ == "__main__":
    expected.run(make, needs=["mlflow", "sklearn", "pandas"])
