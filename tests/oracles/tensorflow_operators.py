#!/usr/bin/env python3
"""Writes src/formats/tensorflow/standard_operators.inc: the operators that TensorFlow registers when it is loaded.

Needs the package `tensorflow` (or `tensorflow-cpu`), and adds to what is there, so that no operator of another release is lost:

    pip install tensorflow-cpu && python3 tests/oracles/tensorflow_operators.py
"""
import os
import pathlib
import re
import textwrap

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
from tensorflow.core.framework import op_def_pb2
from tensorflow.python.client import pywrap_tf_session

TARGET = pathlib.Path(__file__).parents[2] / "src/formats/tensorflow/standard_operators.inc"


def main():
    operators = op_def_pb2.OpList()
    operators.ParseFromString(pywrap_tf_session.TF_GetBuffer(pywrap_tf_session.TF_GetAllOpList()))
    names = {operator.name for operator in operators.op if ">" not in operator.name}
    if TARGET.is_file():
        names.update("".join(re.findall(r'"([^"]*)"', TARGET.read_text(encoding="utf-8"))).split())
    lines = ["// Made by tests/oracles/tensorflow_operators.py: sorted names between spaces.\n"]
    lines.extend(f'" {line}"\n' for line in textwrap.wrap(" ".join(sorted(names)), 115))
    lines.append('" "\n')
    TARGET.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
