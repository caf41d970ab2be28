#!/usr/bin/env python3
"""Writes onnx_models.json: small ONNX models, and what the Python package `onnx` reads in them.

Run it again after adding a model, with a package as new as can be had:

    pip install onnx && python3 tests/oracles/onnx_models.py
"""
import base64
import json
import math
import pathlib
import sys

import onnx
from onnx import TensorProto, helper

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "interop"))
import onnx_models as reading


def value(name, kind=TensorProto.FLOAT, shape=("n", 2)):
    return helper.make_tensor_value_info(name, kind, shape)


def model(nodes, inputs, outputs, initializers=(), ir=8, opsets=(("", 17),), **more):
    graph = helper.make_graph(nodes, "g", inputs, outputs, initializer=list(initializers),
                              sparse_initializer=more.pop("sparse", []))
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid(*opset) for opset in opsets],
                             producer_name="oracle", producer_version="1.0", **more)
    made.ir_version = ir
    return made


def weights(name="w", kind=TensorProto.FLOAT, shape=(2, 3)):
    return helper.make_tensor(name, kind, shape, [1] * math.prod(shape))


def raw(name, kind, shape, data):
    return helper.make_tensor(name, kind, shape, data, raw=True)


def with_default():
    return model([helper.make_node("MatMul", ["x", "w"], ["y"])], [value("x"), value("w", shape=(2, 3))],
                 [value("y", shape=("n", 3))], [weights()])


def old_default():
    made = with_default()
    made.ir_version = 3
    return made


def described():
    made = model([helper.make_node("Relu", ["x"], ["y"], name="r")], [value("x", shape=("", 0))], [value("y", shape=None)],
                 doc_string="two\nlines", domain="org.example", model_version=7)
    helper.set_model_props(made, {"model_license": "Apache-2.0", "author": "é"})
    return made


def zipmap():
    outputs = [value("l", TensorProto.INT64, ("n",)),
               helper.make_value_info("p", helper.make_sequence_type_proto(helper.make_map_type_proto(
                   TensorProto.INT64, helper.make_tensor_type_proto(TensorProto.FLOAT, []))))]
    nodes = [helper.make_node("LinearClassifier", ["x"], ["l", "s"], domain="ai.onnx.ml", coefficients=[1.0, -1.0],
                              classlabels_ints=[0, 1]),
             helper.make_node("ZipMap", ["s"], ["p"], domain="ai.onnx.ml", classlabels_int64s=[0, 1])]
    return model(nodes, [value("x")], outputs, opsets=(("", 17), ("ai.onnx.ml", 3)))


def optional_and_sparse():
    kind = helper.make_optional_type_proto(helper.make_tensor_type_proto(TensorProto.DOUBLE, ["a"]))
    sparse = helper.make_sparse_tensor_value_info("s", TensorProto.FLOAT, [3, None])
    entries = helper.make_sparse_tensor(helper.make_tensor("k", TensorProto.FLOAT, [2], [1.0, 2.0]),
                                        helper.make_tensor("i", TensorProto.INT64, [2], [0, 5]), [2, 4])
    return model([helper.make_node("Identity", ["o"], ["y"])], [helper.make_value_info("o", kind), sparse],
                 [helper.make_value_info("y", kind)], sparse=[entries])


def branches():
    def branch(name, number):
        return helper.make_graph([helper.make_node("Add", ["x", name], ["z" + name])], name, [], [value("z" + name)],
                                 [weights(name, shape=(2,))])
    node = helper.make_node("If", ["c"], ["y"], name="choose", then_branch=branch("t", 1), else_branch=branch("e", 2))
    return model([node], [value("c", TensorProto.BOOL, ()), value("x")], [value("y")])


def quantised():
    nodes = [helper.make_node("DequantizeLinear", ["w", "scale", "zero"], ["v"]), helper.make_node("MatMul", ["x", "v"], ["y"])]
    return model(nodes, [value("x")], [value("y", shape=("n", 3))],
                 [raw("w", TensorProto.INT8, (2, 3), bytes(6)), raw("scale", TensorProto.FLOAT, (), bytes(4)),
                  raw("zero", TensorProto.INT8, (), bytes(1))])


def every_type():
    odd = {TensorProto.UNDEFINED}
    tensors = []
    for name, kind in sorted(TensorProto.DataType.items(), key=lambda item: item[1]):
        if kind in odd:
            continue
        values = [b"a", b"", b"c"] if kind == TensorProto.STRING else [0] * 3
        tensors.append(helper.make_tensor(name, kind, [3], values))
    return model([helper.make_node("Relu", ["x"], ["y"])], [value("x")], [value("y")], tensors, ir=10)


def with_function():
    made = model([helper.make_node("Twice", ["x"], ["y"], domain="own")], [value("x")], [value("y")],
                 opsets=(("", 17), ("own", 1)))
    made.functions.append(helper.make_function("own", "Twice", ["a"], ["b"], [helper.make_node("Add", ["a", "a"], ["b"])],
                                               [helper.make_opsetid("", 17)]))
    return made


def outside():
    tensor = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[2, 3], data_location=TensorProto.EXTERNAL)
    for key, text in (("location", "w.bin"), ("offset", "4096"), ("length", "24"), ("checksum", "0" * 40)):
        tensor.external_data.add(key=key, value=text)
    return model([helper.make_node("MatMul", ["x", "w"], ["y"])], [value("x")], [value("y", shape=("n", 3))], [tensor])


MODELS = [with_default, old_default, described, zipmap, optional_and_sparse, branches, quantised, every_type, with_function, outside]


def main():
    scratch = pathlib.Path(__file__).with_name("onnx_models.tmp")
    cases = []
    for make in MODELS:
        scratch.write_bytes(make().SerializeToString())
        cases.append({"name": make.__name__, "model": base64.b64encode(scratch.read_bytes()).decode(),
                      "expected": reading.expected(scratch)})
    scratch.unlink()
    text = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)
    pathlib.Path(__file__).with_suffix(".json").write_text("[\n" + text + "\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
