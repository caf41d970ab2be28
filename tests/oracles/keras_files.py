#!/usr/bin/env python3
"""Writes keras_files.json: small models as Keras itself saves them, and what it says of them.

Needs Keras 3, which Debian does not have; any backend will do:

    python3 -m venv /tmp/keras && /tmp/keras/bin/pip install keras jax h5py
    KERAS_BACKEND=jax /tmp/keras/bin/python tests/oracles/keras_files.py
"""
import json
import logging
import pathlib
import sys
import tempfile
import zipfile

import keras
from keras import layers

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from hdf5_files import parts_of  # noqa: E402  (beside this file)


def chain():
    model = keras.Sequential(
        [keras.Input((4,), name="x"), layers.Dense(3, activation="relu"), layers.Dropout(0.5), layers.Dense(2)]
    )
    model.compile(optimizer=keras.optimizers.SGD(0.25), loss="mse", metrics=["mae"])
    return model


def graph():
    a = keras.Input((8,), name="a")
    b = keras.Input((8,), name="b", dtype="int32")
    x = layers.Bidirectional(layers.LSTM(2))(layers.Embedding(10, 4)(b))
    y = layers.Flatten()(layers.TimeDistributed(layers.Dense(2))(keras.ops.reshape(a, (-1, 4, 2))))
    score = layers.Dense(1, name="score")(layers.Concatenate()([x, y]) * 2.0)
    return keras.Model([a, b], [score, y], name="two")


def with_lambda():
    return keras.Sequential([keras.Input((4,)), layers.Lambda(lambda x: x * 2)])


def nested_lambda():
    inner = keras.Sequential([keras.Input((2,)), layers.Lambda(lambda x: x + 1)])
    return keras.Sequential([keras.Input((3, 2)), layers.TimeDistributed(inner)])


def named_function():
    return keras.Sequential([keras.Input((4,)), layers.Lambda(keras.activations.tanh)])


def describe(model):
    return {
        "class": type(model).__name__,
        "parameters": model.count_params(),
        "layers": [type(layer).__name__ for layer in model.layers],
        "inputs": [[tensor.name, tensor.dtype, list(tensor.shape)] for tensor in model.inputs],
        "outputs": [[tensor.dtype, list(tensor.shape)] for tensor in model.outputs],
    }


def main():
    logging.disable()
    cases = []
    for make in [chain, graph, with_lambda, nested_lambda, named_function]:
        keras.utils.clear_session()
        model = make()
        with tempfile.TemporaryDirectory() as folder:
            archive = pathlib.Path(folder) / "x.keras"
            model.save(archive)
            with zipfile.ZipFile(archive) as z:
                config, metadata = z.read("config.json").decode(), z.read("metadata.json").decode()
            case = {"name": make.__name__, "model": describe(model), "config": config, "metadata": metadata}
            if make is chain or make is with_lambda:
                old = pathlib.Path(folder) / "x.h5"
                model.save(old)
                data = old.read_bytes()
                case |= {"size": len(data), "parts": parts_of(data)}
        cases.append(case)
    target = pathlib.Path(__file__).with_suffix(".json")
    target.write_text("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
