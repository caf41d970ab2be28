#!/usr/bin/env python3
"""Writes tensorflow_models.json: small SavedModels, a frozen graph and a checkpoint, and what TensorFlow says is in them.

Of each, what is not needed to tell what it is (debugging information, hints of the runtime) is taken out, to keep it small.
Needs TensorFlow 2 with Keras 2, such as 2.15:

    pip install tensorflow-cpu==2.15.1 && python3 tests/oracles/tensorflow_models.py
"""
import base64
import json
import os
import pathlib
import shutil
import tempfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

v1 = tf.compat.v1
KEPT = ("f", "value", "shape", "dtype", "output_stream")


class Multiply(tf.Module):
    def __init__(self):
        super().__init__()
        self.w = tf.Variable(tf.ones([3, 2]), name="w")
        self.h = tf.Variable(tf.ones([2], tf.float16), name="h", trainable=False)

    @tf.function(input_signature=[tf.TensorSpec([None, 3], tf.float32, name="x")])
    def __call__(self, x):
        return {"y": tf.matmul(x, self.w)}


def old_export(folder):
    with v1.Graph().as_default() as graph, v1.Session() as session:
        x = v1.placeholder(tf.float32, [None, 3], name="x")
        w = v1.get_variable("w", [3, 2])
        y = tf.identity(tf.matmul(x, w), name="y")
        session.run(v1.global_variables_initializer())
        v1.saved_model.simple_save(session, str(folder), {"x": x}, {"y": y})
        frozen = v1.graph_util.convert_variables_to_constants(session, graph.as_graph_def(), ["y"])
    (folder / "frozen.pb").write_bytes(frozen.SerializeToString())


def lean(folder):
    """saved_model.pb without what is not looked at."""
    saved = saved_model_pb2.SavedModel()
    saved.ParseFromString((folder / "saved_model.pb").read_bytes())
    for meta in saved.meta_graphs:
        meta.meta_info_def.ClearField("stripped_op_list")
        bodies = [meta.graph_def.node] + [function.node_def for function in meta.graph_def.library.function]
        for function in meta.graph_def.library.function:
            function.ClearField("arg_attr")
            function.ClearField("attr")
        for node in [node for body in bodies for node in body]:
            node.ClearField("experimental_debug_info")
            for key in list(node.attr):
                if key not in KEPT:
                    del node.attr[key]
            if "value" in node.attr:
                node.attr["value"].tensor.ClearField("string_val")
        for item in meta.object_graph_def.nodes:
            item.ClearField("children")
            if item.HasField("function"):
                item.function.ClearField("function_spec")
            if item.HasField("bare_concrete_function"):
                item.bare_concrete_function.ClearField("function_spec")
        for concrete in meta.object_graph_def.concrete_functions.values():
            concrete.Clear()
    return saved.SerializeToString(deterministic=True)


def ports(infos):
    return [{"name": name, "dtype": tf.as_dtype(info.dtype).name,
             "shape": None if info.tensor_shape.unknown_rank else [dim.size if dim.size >= 0 else None for dim in info.tensor_shape.dim]}
            for name, info in sorted(infos.items())]


def expected(data):
    saved = saved_model_pb2.SavedModel()
    saved.ParseFromString(data)
    meta = saved.meta_graphs[0]
    signature = meta.signature_def["serving_default"]
    library = meta.graph_def.library.function
    return {"tags": list(meta.meta_info_def.tags), "tensorflow": meta.meta_info_def.tensorflow_version,
            "inputs": ports(signature.inputs), "outputs": ports(signature.outputs),
            "nodes": len(meta.graph_def.node) + sum(len(function.node_def) for function in library), "functions": len(library)}


def main():
    scratch = pathlib.Path(tempfile.mkdtemp())
    cases = []
    tf.saved_model.save(Multiply(), str(scratch / "multiply"))
    old_export(scratch / "old")
    for name in ("multiply", "old"):
        data = lean(scratch / name)
        cases.append({"name": name, "model": base64.b64encode(data).decode(), "expected": expected(data)})
    index = (scratch / "multiply/variables/variables.index").read_bytes()
    reader = tf.train.load_checkpoint(str(scratch / "multiply/variables/variables"))
    kinds, shapes = reader.get_variable_to_dtype_map(), reader.get_variable_to_shape_map()
    variables = [{"name": name, "dtype": kinds[name].name, "shape": shapes[name]} for name in sorted(kinds)]
    cases.append({"name": "checkpoint", "model": base64.b64encode(index).decode(), "expected": {"variables": variables}})
    cases.append({"name": "frozen", "model": base64.b64encode((scratch / "old/frozen.pb").read_bytes()).decode(), "expected": {}})
    text = ",\n".join(json.dumps(case) for case in cases)
    pathlib.Path(__file__).with_suffix(".json").write_text("[\n" + text + "\n]\n", encoding="utf-8")
    shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
