#!/usr/bin/python3
"""Makes files that would run something when they are loaded, one for each way that is known from real attacks.

    make_malicious.py FOLDER

Nothing here is ever loaded, and what it would run is an `echo`. Prints, for each file, what `mlops scan` is to say of it and its path.
"""

import bz2
import io
import json
import os
import pickle
import struct
import sys
import tarfile
import zipfile
from pathlib import Path

from tensor_files import gguf, safetensors, zeros

COMMAND = "echo this ran when the file was loaded"


class RunsCommand:
    """Pickle asks an object how it is made again; this one answers: by a call of os.system."""

    def __reduce__(self):
        return os.system, (COMMAND,)


def text(value):
    return pickle.SHORT_BINUNICODE + bytes([len(value)]) + value.encode()


def named(module, name):
    return text(module) + text(name) + pickle.STACK_GLOBAL


def call(module, name, *arguments):
    return named(module, name) + pickle.MARK + b"".join(map(text, arguments)) + pickle.TUPLE + pickle.REDUCE


def pickled(body):
    return pickle.PROTO + b"\x04" + body + pickle.STOP


WEIGHTS = pickle.dumps({"weight": [0.25, 0.5], "bias": [0.0]}, 4)
PLAIN = pickle.dumps(RunsCommand(), 2)


def zipped(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


def pytorch(content):
    return zipped({"archive/data.pkl": content, "archive/version": b"3\n", "archive/data/0": bytes(8)})


def numpy_array(content):
    header = b"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }"
    header += b" " * (63 - (10 + len(header)) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + content


def tar(members):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def field(number, content):
    """Of a protocol buffer, with a length before its content."""
    content = content.encode() if isinstance(content, str) else content
    length, size = b"", len(content)
    while size > 127:
        length, size = length + bytes([size & 127 | 128]), size >> 7
    return bytes([number << 3 | 2]) + length + bytes([size]) + content


def saved_model(operation):
    """A TensorFlow SavedModel, whose graph has one node: SavedModel.meta_graphs, MetaGraphDef.graph_def, GraphDef.node, NodeDef."""
    node = field(1, "read_file") + field(2, operation)
    return b"\x08\x01" + field(2, field(2, field(1, node)))


def onnx_with_data_at(location):
    """ModelProto.graph, GraphProto.initializer, TensorProto.external_data, StringStringEntryProto."""
    entry = field(1, "location") + field(2, location)
    initializer = b"\x08\x04" + b"\x10\x01" + field(8, "weights") + field(13, entry) + b"\x70\x01"
    return b"\x08\x08" + field(7, field(2, "graph") + field(5, initializer)) + field(8, field(1, "") + b"\x10\x11")


def keras():
    layer = {"class_name": "Lambda", "module": "keras.layers", "config": {
        "name": "lambda", "function": {"class_name": "__lambda__", "config": {"code": "4wEAAAAAAAAAAAAAAAAAAAA=", "defaults": None, "closure": None}}}}
    configuration = {"class_name": "Sequential", "module": "keras", "config": {"name": "model", "layers": [
        {"class_name": "TimeDistributed", "module": "keras.layers", "config": {"name": "outer", "layer": layer}}]}}
    return zipped({"metadata.json": json.dumps({"keras_version": "3.0.0"}), "config.json": json.dumps(configuration), "model.weights.h5": b""})


def pickles():
    yield "dangerous", "plain.pkl", PLAIN
    # What comes back are harmless weights: the result of the call was thrown away.
    yield "dangerous", "hidden.pkl", pickled(call("os", "system", COMMAND) + pickle.POP + WEIGHTS[2:-1])
    yield "dangerous", "second-pickle.pkl", WEIGHTS + PLAIN
    # Its end is missing, but by then it has run.
    yield "dangerous", "broken-tail.pkl", pickled(call("os", "system", COMMAND))[:-1] + b"\xff\xff"
    # No module that a list of bad ones names: the dots lead from a harmless one to os.system.
    yield "dangerous", "dotted.pkl", pickled(call("pathlib", "os.system", COMMAND))
    yield "dangerous", "second-hand.pkl", pickled(call("importlib", "import_module", "os"))
    yield "dangerous", "pickle-in-pickle.pkl", pickled(
        named("_pickle", "loads") + pickle.SHORT_BINBYTES + bytes([len(PLAIN)]) + PLAIN + pickle.TUPLE1 + pickle.REDUCE)
    yield "dangerous", "named-as-weights.safetensors", PLAIN
    yield "unknown", "unheard-of.pkl", pickled(call("a_package_of_somebody", "Model"))


def containers():
    yield "dangerous", "pytorch.pt", pytorch(PLAIN)
    # Two names for one member: the directory at the end says one, what stands before the data another.
    renamed = bytearray(pytorch(PLAIN))
    at = renamed.index(b"archive/data.pkl")
    renamed[at:at + 16] = b"archive/data.txt"
    yield "dangerous", "two-names.pt", bytes(renamed)
    # Marked as encrypted, which loaders don't mind and scanners do.
    marked = bytearray(pytorch(PLAIN))
    marked[marked.index(b"PK\x01\x02") + 8] |= 1
    yield "dangerous", "marked-encrypted.pt", bytes(marked)
    yield "dangerous", "array.npy", numpy_array(PLAIN)
    yield "dangerous", "arrays.npz", zipped({"a.npy": numpy_array(PLAIN)})
    yield "dangerous", "compressed.joblib", bz2.compress(PLAIN)
    yield "dangerous", "archive.tar", tar({"model/weights.txt": PLAIN})
    # A 7z archive, with which "nullifAI" went past the scanners of a hub: only its beginning, for none of ours unpacks it.
    yield "unscannable", "archive.7z", b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(24)


def others():
    yield "dangerous", "lambda.keras", keras()
    yield "dangerous", "saved_model.pb", saved_model("ReadFile")
    yield "dangerous", "outside.onnx", onnx_with_data_at("../../../etc/passwd")
    template = "{{ ''.__class__.__mro__[1].__subclasses__()[0].__init__.__globals__['os'].popen('" + COMMAND + "') }}"
    tensors = zeros({"weight": ("float32", [2, 2])})
    yield "dangerous", "template.gguf", gguf(tensors, {"general.architecture": "llama", "tokenizer.chat_template": template})
    # Its header promises 2^60 tensors.
    yield "malformed", "counts.gguf", b"GGUF" + struct.pack("<IQQ", 3, 1 << 60, 0)
    overlapping = safetensors(zeros({"a": ("float32", [2]), "b": ("float32", [2])})).replace(b"[8, 16]", b"[4, 12]")
    yield "malformed", "overlapping.safetensors", overlapping


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for kind in (pickles, containers, others):
        for verdict, name, content in kind():
            (folder / name).write_bytes(content)
            print(verdict, name)


if __name__ == "__main__":
    main()
