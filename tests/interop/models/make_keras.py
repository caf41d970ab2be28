#!/usr/bin/python3
"""Keras 3 models as .keras and .h5, with numpy as the backend."""

import io
import os
import zipfile

import expected
from make_hdf5 import tensors_of

os.environ["KERAS_BACKEND"] = "numpy"


def models():
    import keras
    layers = keras.layers
    sequential = keras.Sequential([keras.Input((32,)), layers.Dense(16, activation="relu"), layers.BatchNormalization(), layers.Dense(2)])
    image = keras.Input((8, 8, 3), name="image")
    flag = keras.Input((1,), name="flag", dtype="int32")
    hidden = layers.Flatten()(layers.Conv2D(4, 3, name="first")(image))
    joined = layers.Concatenate()([hidden, layers.Embedding(4, 2)(flag)[:, 0, :]])
    functional = keras.Model([image, flag], [layers.Dense(3, name="classes")(joined)], name="two_inputs")
    nested = keras.Sequential([keras.Input((4,)), keras.Sequential([layers.Dense(3), layers.Dropout(0.5)]), layers.LayerNormalization()])
    return {"sequential": (sequential, "Sequential"), "functional": (functional, "Functional"), "nested": (nested, "Sequential")}


def weights_of(path):
    """The datasets of the HDF5 file that is inside."""
    with zipfile.ZipFile(path) as archive:
        return tensors_of(io.BytesIO(archive.read("model.weights.h5")))


def make(wanted):
    import keras
    for name, (model, architecture) in models().items():
        what = {"architecture": architecture, "parameters": model.count_params()}
        model.save(wanted.path(f"{name}.keras"))
        wanted.add(f"{name}.keras", format="keras", tensors=weights_of(wanted.path(f"{name}.keras")), libraries={"keras": keras.__version__}, **what)
        model.save(wanted.path(f"{name}.h5"))
        wanted.add(f"{name}.h5", format="keras-hdf5", tensors=tensors_of(wanted.path(f"{name}.h5")), **what)
        model.save_weights(wanted.path(f"{name}.weights.h5"))
        wanted.add(f"{name}.weights.h5", format=["keras-hdf5", "hdf5"], tensors=tensors_of(wanted.path(f"{name}.weights.h5")))


if __name__ == "__main__":
    expected.run(make, needs=["keras", "h5py"])
