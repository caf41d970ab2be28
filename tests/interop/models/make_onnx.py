#!/usr/bin/python3
"""ONNX models: all that the project tests its own library with, where Debian's libonnx-testdata is installed, and some with what those
lack, each with what the `onnx` package says of them."""

import math
import shutil
from pathlib import Path

import expected

TESTDATA = Path("/usr/include/onnx/backend/test/data")

DTYPES = {
    "FLOAT": "float32", "DOUBLE": "float64", "BOOL": "bool", "STRING": "string", "FLOAT16": "float16", "BFLOAT16": "bfloat16",
    "COMPLEX64": "complex64", "COMPLEX128": "complex128", "FLOAT8E4M3FN": "float8_e4m3fn", "FLOAT8E4M3FNUZ": "float8_e4m3fnuz",
    "FLOAT8E5M2": "float8_e5m2", "FLOAT8E5M2FNUZ": "float8_e5m2fnuz", "FLOAT8E8M0": "float8_e8m0fnu", "FLOAT4E2M1": "float4_e2m1fn",
    "FLOAT6E2M3": "float6_e2m3fn", "FLOAT6E3M2": "float6_e3m2fn",
}


def dtype_of(number):
    import onnx
    name = onnx.TensorProto.DataType.Name(number)
    return DTYPES.get(name, name.lower())


def port(value, required):
    """None for the dtype of what is no tensor: a sequence, a map, an optional."""
    kind = value.type.WhichOneof("value")
    if kind not in ("tensor_type", "sparse_tensor_type"):
        return {"name": value.name, "required": required}
    tensor = getattr(value.type, kind)
    found = {"name": value.name, "dtype": dtype_of(tensor.elem_type), "shape": None, "required": required}
    if tensor.HasField("shape"):
        found["shape"] = [dimension.dim_param or None if dimension.WhichOneof("value") != "dim_value" else dimension.dim_value
                          for dimension in tensor.shape.dim]
    return found


def tensor_of(tensor):
    raw = len(tensor.raw_data) if tensor.HasField("raw_data") else None
    return [tensor.name, dtype_of(tensor.data_type), list(tensor.dims), raw]


def add(wanted, name, model, **what):
    graph = model.graph
    given = {tensor.name for tensor in graph.initializer} | {tensor.values.name for tensor in graph.sparse_initializer}
    # Before version 4 of the format every initializer had to be an input, too; since then that means callers may leave it out.
    inputs = [value for value in graph.input if value.name not in given or model.ir_version >= 4]
    signature = {"inputs": [port(value, required=value.name not in given) for value in inputs],
                 "outputs": [port(value, required=True) for value in graph.output]}
    producer = f"{model.producer_name} {model.producer_version}".strip()
    what.setdefault("tensors", [tensor_of(tensor) for tensor in graph.initializer])
    wanted.add(name, format="onnx", signature=signature, producer=producer, opsets={item.domain or "ai.onnx": item.version
                                                                                   for item in model.opset_import}, **what)


def make(wanted):
    import onnx
    for number, source in enumerate(sorted(TESTDATA.rglob("*.onnx"))):
        path = wanted.path(f"testdata/{number}-{source.parent.name}.onnx")
        shutil.copyfile(source, path)
        add(wanted, f"testdata/{path.name}", onnx.load(path, load_external_data=False), verdict=None)
    make_own(wanted)


def make_own(wanted):
    import numpy
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    def save(name, initializers, inputs, outputs, nodes, **settings):
        graph = helper.make_graph(nodes, "graph", inputs, outputs, initializers)
        model = helper.make_model(graph, producer_name="mlops-test", producer_version="1.2", **settings)
        onnx.save(model, wanted.path(name))
        return model

    value = helper.make_tensor_value_info
    ports = [value("x", TensorProto.FLOAT, ["batch", 4])], [value("y", TensorProto.FLOAT, ["batch", 3])]
    matmul = helper.make_node("MatMul", ["x", "w"], ["y"])
    raw = numpy_helper.from_array(numpy.ones((4, 3), dtype=numpy.float32), "w")
    opsets = {"opset_imports": [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)]}

    add(wanted, "raw.onnx", save("raw.onnx", [raw], *ports, [matmul], **opsets), parameters=12)
    typed = helper.make_tensor("w", TensorProto.FLOAT, [4, 3], [0.5] * 12)
    add(wanted, "typed.onnx", save("typed.onnx", [typed], *ports, [matmul]), parameters=12)
    also_input = [*ports[0], value("w", TensorProto.FLOAT, [4, 3])], ports[1]
    for version in (3, 8):
        name = f"also-input-{version}.onnx"
        add(wanted, name, save(name, [raw], *also_input, [matmul], ir_version=version), parameters=12)

    add(wanted, "custom-domain.onnx", save("custom-domain.onnx", [], *ports, [helper.make_node("Mine", ["x"], ["y"], domain="org.example")],
                                           opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid("org.example", 1)]), verdict=None)

    every = []
    for name, number in TensorProto.DataType.items():
        if name == "UNDEFINED":
            continue
        tensor = TensorProto(name=f"a {name}", data_type=number, dims=[2, 2])
        tensor.string_data.extend([b"a"] * 4) if name == "STRING" else setattr(tensor, "raw_data", bytes(64))
        every.append(tensor)
    model = save("dtypes.onnx", every, *ports, [matmul])
    # Bytes that don't fit the shape are a problem of the file, which is why they are not compared here.
    add(wanted, "dtypes.onnx", model, tensors=[[*tensor_of(tensor)[:3], None] for tensor in every], verdict=None, problems=None)

    big = numpy_helper.from_array(numpy.ones((64, 64), dtype=numpy.float32), "w")
    model = helper.make_model(helper.make_graph([matmul], "graph", [value("x", TensorProto.FLOAT, [1, 64])],
                                                [value("y", TensorProto.FLOAT, [1, 64])], [big]), producer_name="mlops-test")
    path = wanted.path("external/model.onnx")
    onnx.save(model, str(path), save_as_external_data=True, location="weights.bin", size_threshold=0)
    add(wanted, "external", onnx.load(path, load_external_data=False), tensors=[["w", "float32", [64, 64], math.prod([64, 64, 4])]])


if __name__ == "__main__":
    expected.run(make, needs=["onnx", "numpy"])
