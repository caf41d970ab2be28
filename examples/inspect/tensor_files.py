"""Writers of two formats for which Debian has no package: enough of each for an example, in plain Python.

The formats are described in the README of safetensors and in docs/gguf.md of ggml.
"""

import json
import math
import struct

# dtype: (its name in safetensors, its number in GGUF, bytes of an element)
DTYPES = {"float32": ("F32", 0, 4), "float16": ("F16", 1, 2)}
UINT32, FLOAT32, STRING, ARRAY = 4, 6, 8, 9  # types of values in GGUF
ALIGNMENT = 32


def zeros(tensors):
    """{name: (dtype, shape)} -> {name: (dtype, shape, bytes)}, with the bytes of numbers that are all zero."""
    return {name: (dtype, shape, bytes(math.prod(shape) * DTYPES[dtype][2])) for name, (dtype, shape) in tensors.items()}


def safetensors(tensors, metadata=None):
    header, data = ({"__metadata__": metadata} if metadata else {}), b""
    for name, (dtype, shape, content) in tensors.items():
        header[name] = {"dtype": DTYPES[dtype][0], "shape": shape, "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def gguf(tensors, metadata):
    """The metadata: texts, integers, floats, and lists of texts."""
    out = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(metadata))
    for key, value in metadata.items():
        kind, content = _value(value)
        out += _text(key) + struct.pack("<I", kind) + content
    data = b""
    for name, (dtype, shape, content) in tensors.items():
        # GGUF counts dimensions from the innermost.
        out += _text(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *reversed(shape), DTYPES[dtype][1], len(data))
        data += content + bytes(-len(content) % ALIGNMENT)
    return out + bytes(-len(out) % ALIGNMENT) + data


def _text(text):
    content = text.encode()
    return struct.pack("<Q", len(content)) + content


def _value(value):
    if isinstance(value, str):
        return STRING, _text(value)
    if isinstance(value, float):
        return FLOAT32, struct.pack("<f", value)
    if isinstance(value, int):
        return UINT32, struct.pack("<I", value)
    return ARRAY, struct.pack("<IQ", STRING, len(value)) + b"".join(map(_text, value))
