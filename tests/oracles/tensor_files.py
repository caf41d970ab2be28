#!/usr/bin/env python3
"""Writes tensor_files.json: small files as the libraries of their formats write them, and what these libraries read back.

The files are in base64. Run it again after adding a case; it takes each library that is installed, and keeps the
cases of those that are not:

    python3 tests/oracles/tensor_files.py

numpy and xgboost 1.7 are Debian's; safetensors, gguf, lightgbm, catboost and later versions of xgboost come from PyPI.
"""
import base64
import importlib
import importlib.metadata
import io
import json
import os
import pathlib
import tempfile

import numpy as np

TARGET = pathlib.Path(__file__).with_suffix(".json")


def library(name):
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def case(name, writer, data, **expected):
    return {"name": name, "writer": writer, "expected": expected, "file": base64.b64encode(data).decode()}


def written(suffix, write):
    """The bytes of a file that `write` makes at a path with this suffix."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "file" + suffix)
        write(path)
        return pathlib.Path(path).read_bytes()


def safetensors_cases():
    if not (package := library("safetensors")):
        return
    from safetensors.numpy import load, save

    arrays = {
        "weight": np.arange(6, dtype=np.float32).reshape(2, 3),
        "bias": np.ones(4, dtype=np.int64),
        "empty": np.zeros((0, 5), dtype=np.float16),
        "scalar": np.array(3.0),
    }
    data = save(arrays, metadata={"format": "pt", "license": "mit"})
    tensors = {name: [str(array.dtype), list(array.shape), array.nbytes] for name, array in load(data).items()}
    yield case("safetensors", f"safetensors {package.__version__}", data, tensors=tensors)


def gguf_cases():
    if not (package := library("gguf")):
        return
    types = package.GGMLQuantizationType

    def write(path):
        writer = package.GGUFWriter(path, "llama")
        writer.add_name("Tiny")
        writer.add_license("apache-2.0")
        writer.add_context_length(2048)
        writer.add_file_type(int(package.LlamaFileType.MOSTLY_Q4_K_M))
        writer.add_token_list([f"t{i}" for i in range(40)])
        writer.add_tensor("norm", np.ones(8, dtype=np.float32))
        for name in ("Q4_K", "Q6_K", "IQ4_NL", "TQ1_0", "MXFP4"):
            size = package.GGML_QUANT_SIZES[types[name]][1]
            writer.add_tensor(f"w.{name}", np.zeros((2, size), dtype=np.uint8), raw_dtype=types[name])
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()

    def read(path):
        reader = package.GGUFReader(path)
        return {t.name: [t.tensor_type.name, t.shape.tolist(), int(t.n_bytes)] for t in reader.tensors}

    data = written(".gguf", write)
    with tempfile.NamedTemporaryFile(suffix=".gguf") as file:
        file.write(data)
        file.flush()
        tensors = read(file.name)
    sizes = {t.name: list(package.GGML_QUANT_SIZES[t]) for t in types if t.name != "Q8_1"}
    yield case("gguf", f"gguf-py {importlib.metadata.version('gguf')}", data, tensors=tensors, quantisation="Q4_K_M",
               sizes={str(int(types[name])): size for name, size in sizes.items()})


def npy_cases():
    arrays = {
        "float32": np.zeros((2, 3), dtype="<f4"),
        "fortran": np.zeros((2, 3), dtype="<f8", order="F"),
        "big": np.zeros(3, dtype=">i2"),
        "scalar": np.array(7, dtype="u1"),
        "empty": np.zeros((0, 4), dtype="c8"),
        "text": np.array(["ab", "cde"]),
        "bytes": np.array([b"ab"]),
        "bool": np.array([True]),
        "time": np.array(["2020-01-01"], dtype="M8[D]"),
        "struct": np.zeros(2, dtype=[("a", "<f4"), (("a title", "b"), "<i8", (2, 2)), ("c", [("d", "?"), ("e", "S3")])]),
        "object": np.array([None], dtype=object),
        "names": np.zeros(1, dtype=[("größe", "<f4")]),
    }
    for name, array in arrays.items():
        buffer = io.BytesIO()
        np.save(buffer, array)
        yield case(f"npy {name}", f"numpy {np.__version__}", buffer.getvalue(), dtype=str(array.dtype.name),
                   kind=array.dtype.kind, shape=list(array.shape), bytes=array.nbytes)


def xgboost_cases():
    if not (package := library("xgboost")):
        return
    source = np.random.default_rng(7)
    x = source.normal(size=(60, 3))
    y = (x[:, 0] > 0).astype(int)
    names = ["a", "b", "c"]
    for booster in ("gbtree", "dart", "gblinear"):
        params = {"objective": "binary:logistic", "booster": booster}
        if booster != "gblinear":
            params["max_depth"] = 1
        model = package.train(params, package.DMatrix(x, label=y, feature_names=names), 1)
        expected = {"features": int(model.num_features()), "names": names, "version": package.__version__}
        if booster == "gblinear":
            expected["weights"] = len(names) + 1
        else:
            expected["trees"] = len(model.get_dump())
            expected["nodes"] = sum(len(tree.splitlines()) for tree in model.get_dump())
        formats = ["json", "ubj"] + (["deprecated"] if package.__version__ < "3" else [])
        for form in formats if booster == "gbtree" else ["ubj"]:
            data = written("." + form, model.save_model)
            yield case(f"xgboost {package.__version__} {booster} {form}", f"xgboost {package.__version__}", data,
                       **expected)


def lightgbm_cases():
    if not (package := library("lightgbm")):
        return
    source = np.random.default_rng(7)
    x = source.normal(size=(60, 3))
    data = package.Dataset(x, label=(x[:, 0] > 0).astype(int), categorical_feature=[2], params={"verbose": -1})
    model = package.train({"objective": "binary", "num_leaves": 3, "verbose": -1, "min_data_in_leaf": 5}, data, 2)
    leaves = [tree["num_leaves"] for tree in model.dump_model()["tree_info"]]
    text = model.model_to_string()
    yield case("lightgbm", f"lightgbm {package.__version__}", text.encode(), trees=model.num_trees(), leaves=sum(leaves),
               names=model.feature_name(), learning_rate=0.1)


def main():
    cases = {case["name"]: case for case in json.loads(TARGET.read_text())} if TARGET.exists() else {}
    for made in (safetensors_cases, gguf_cases, npy_cases, xgboost_cases, lightgbm_cases):
        cases.update({case["name"]: case for case in made()})
    lines = ",\n".join(json.dumps(cases[name], ensure_ascii=False) for name in sorted(cases))
    TARGET.write_text("[\n" + lines + "\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
