#!/usr/bin/python3
"""Asks the Python package `onnx` whether we read its models as it does: inputs, outputs, operators' versions, initializers.

Usage: onnx_models.py COMMAND... [--folder DIRECTORY]

COMMAND PATH prints one JSON document about the model: `format`, `inputs` and `outputs` (name, dtype, shape, required), `tensors`
(name, dtype, shape), `parameters`, `facts`, `problems`. The models are those of Debian's libonnx-testdata. Ends with one line:
N passed, N failed, N skipped.
"""

import argparse
import json
import math
import pathlib
import re
import subprocess
import sys

import onnx
from onnx import TensorProto

FOLDER = pathlib.Path("/usr/share/libonnx-testdata")
NAMES = {"FLOAT": "float32", "DOUBLE": "float64"}
MINIFLOAT = re.compile(r"(float\d+)(e\dm\d.*)")
DTYPES = {number: NAMES.get(name, MINIFLOAT.sub(r"\1_\2", name.lower())) for name, number in TensorProto.DataType.items()}
FREE_INITIALIZERS = 4  # the IR version from which an initializer need not be an input


def shape_of(tensor_type):
    if not tensor_type.HasField("shape"):
        return None
    return [getattr(dim, dim.WhichOneof("value")) or None if dim.WhichOneof("value") == "dim_param"
            else dim.dim_value if dim.HasField("dim_value") else None for dim in tensor_type.shape.dim]


def type_text(kind):
    """Of a TypeProto inside another one."""
    which = kind.WhichOneof("value")
    if which == "tensor_type":
        return f"tensor({DTYPES[kind.tensor_type.elem_type]})"
    if which == "map_type":
        return f"map({DTYPES[kind.map_type.key_type]}, {type_text(kind.map_type.value_type)})"
    if which in ("sequence_type", "optional_type"):
        return f"{which.removesuffix('_type')}({type_text(getattr(kind, which).elem_type)})"
    if which == "sparse_tensor_type":
        return f"sparse_tensor({DTYPES[kind.sparse_tensor_type.elem_type]})"
    return ""


def port(value, required=True):
    kind = value.type
    if kind.WhichOneof("value") == "tensor_type":
        dtype, shape = DTYPES[kind.tensor_type.elem_type], shape_of(kind.tensor_type)
    else:
        dtype = type_text(kind)
        shape = shape_of(kind.sparse_tensor_type) if kind.WhichOneof("value") == "sparse_tensor_type" else None
    return {"name": value.name, "dtype": dtype, "shape": shape, "required": required}


def tensors_of(graph, scope=""):
    """Those of subgraphs too, in the order of the file: each as its entry, and the number of elements that are stored."""
    for node in graph.node:
        for attribute in node.attribute:
            for inner in [attribute.g] * attribute.HasField("g") + list(attribute.graphs):
                yield from tensors_of(inner, f"{scope}{node.name or node.op_type}/{attribute.name}/")
    for tensor in graph.initializer:
        yield {"name": scope + tensor.name, "dtype": DTYPES[tensor.data_type], "shape": list(tensor.dims)}, math.prod(tensor.dims)
    for sparse in graph.sparse_initializer:
        yield ({"name": scope + sparse.values.name, "dtype": DTYPES[sparse.values.data_type], "shape": list(sparse.dims)},
               math.prod(sparse.values.dims))


def expected(path):
    model = onnx.load(str(path), load_external_data=False)
    graph = model.graph
    initial = {tensor.name for tensor in graph.initializer} | {sparse.values.name for sparse in graph.sparse_initializer}
    tensors = list(tensors_of(graph))
    return {
        "format": "onnx",
        "inputs": [port(value, value.name not in initial) for value in graph.input
                   if value.name not in initial or model.ir_version >= FREE_INITIALIZERS],
        "outputs": [port(value) for value in graph.output],
        "opsets": {opset.domain or "ai.onnx": opset.version for opset in model.opset_import},
        "ir_version": model.ir_version,
        "tensors": [tensor for tensor, _ in tensors],
        "parameters": sum(elements for _, elements in tensors),
        "problems": [],
    }


def found(command, path):
    document = json.loads(subprocess.run([*command, str(path)], check=True, capture_output=True).stdout)
    return {
        "format": document["format"],
        "inputs": document["inputs"],
        "outputs": document["outputs"],
        "opsets": document["facts"]["opset_imports"],
        "ir_version": document["facts"]["ir_version"],
        "tensors": [{key: tensor[key] for key in ("name", "dtype", "shape")} for tensor in document["tensors"]],
        "parameters": document["parameters"],
        "problems": document["problems"],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("command", nargs="+")
    parser.add_argument("--folder", type=pathlib.Path, default=FOLDER)
    options = parser.parse_args()
    paths = sorted(options.folder.rglob("*.onnx"))
    failed = 0
    for path in paths:
        want, have = expected(path), found(options.command, path)
        for key, value in want.items():
            if have[key] != value:
                print(f"{path}: {key}: expected {value}, found {have[key]}", file=sys.stderr)
        failed += want != have
    print(f"{len(paths) - failed} passed, {failed} failed, {0 if paths else 1} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
