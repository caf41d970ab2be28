#!/usr/bin/env python3
"""Writes mlflow_folder.json: the text files of folders that MLflow saved, by folder and path.

Usage: python3 -m venv --system-site-packages V && V/bin/pip install mlflow-skinny==3.17.2 'pandas<3' 'numpy<2'
       V/bin/python mlflow_folder.py > mlflow_folder.json      needs scikit-learn
"""

import json
import os
import sys
import tempfile
from pathlib import Path

import mlflow
import mlflow.sklearn
import numpy as np
import pandas as pd
from mlflow.models import ModelSignature, infer_signature
from mlflow.types.schema import Array, ColSpec, DataType, Schema, TensorSpec
from sklearn.linear_model import LogisticRegression


class Echo(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        return model_input


def save(folder):
    table = pd.DataFrame({"age": [1, 2, 3, 4], "income": [1.5, 2.5, 0.1, 9]})
    model = LogisticRegression(C=0.5).fit(table, [0, 1, 0, 1])
    signature = infer_signature(table, model.predict(table), params={"threshold": 0.5, "labels": ["a", "b"]})
    mlflow.sklearn.save_model(model, folder / "sklearn", signature=signature, input_example=table.head(2),
                              pip_requirements=["scikit-learn==1.2.1", "pandas>=1.5"], serialization_format="cloudpickle")
    image = ModelSignature(inputs=Schema([TensorSpec(np.dtype("float32"), (-1, 28, 28), "img")]),
                           outputs=Schema([TensorSpec(np.dtype("int64"), (-1,))]))
    mlflow.pyfunc.save_model(folder / "pyfunc", python_model=Echo(), signature=image, pip_requirements=["mlflow"])
    code = folder / "code1"
    code.mkdir()
    (code / "my_loader.py").write_text("def _load_pyfunc(path): return path\n")
    (folder / "data.txt").write_text("data\n")
    columns = ModelSignature(inputs=Schema([ColSpec(Array(DataType.string), "tags", required=False), ColSpec("datetime", "t")]))
    mlflow.pyfunc.save_model(folder / "loader", loader_module="my_loader", code_paths=[str(code)],
                             data_path=str(folder / "data.txt"), pip_requirements=["mlflow"], signature=columns)


def main():
    folders = {}
    with tempfile.TemporaryDirectory() as temporary:
        os.chdir(temporary)
        save(Path(temporary))
        for name in ("sklearn", "pyfunc", "loader"):
            files = sorted(path for path in Path(name).rglob("*") if path.is_file() and path.suffix != ".pkl")
            folders[name] = {str(path.relative_to(name)): path.read_text() for path in files}
    json.dump(folders, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
