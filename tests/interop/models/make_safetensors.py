#!/usr/bin/python3
"""safetensors files of every dtype, with metadata, in shards, and what `safe_open` says of them."""

import ctypes
import json
import math

import expected

# safetensors' names, ours, and bits of one element.
DTYPES = {
    "BOOL": ("bool", 8), "U8": ("uint8", 8), "I8": ("int8", 8), "U16": ("uint16", 16), "I16": ("int16", 16), "U32": ("uint32", 32),
    "I32": ("int32", 32), "U64": ("uint64", 64), "I64": ("int64", 64), "F16": ("float16", 16), "BF16": ("bfloat16", 16),
    "F32": ("float32", 32), "F64": ("float64", 64), "F8_E4M3": ("float8_e4m3fn", 8), "F8_E5M2": ("float8_e5m2", 8),
    "F8_E8M0": ("float8_e8m0fnu", 8), "C64": ("complex64", 64),
}
SHAPES = {"a scalar": [], "a vector": [3], "empty": [0, 4], "a matrix": [2, 5], "four dimensions": [2, 1, 3, 2]}


def serialised(tensors, metadata=None):
    """{name: (dtype, shape)} -> the bytes of a file, by the library's own writer: its low one, for numpy knows only half of the dtypes."""
    from safetensors import TensorSpec, serialize
    kept, specs = [], {}
    for name, (dtype, shape) in tensors.items():
        size = math.prod(shape) * DTYPES[dtype][1] // 8
        kept.append(ctypes.create_string_buffer(max(size, 1)))
        specs[name] = TensorSpec(dtype=DTYPES[dtype][0], shape=shape, data_ptr=ctypes.addressof(kept[-1]), data_len=size)
    return bytes(serialize(specs, metadata))


def tensors_of(path):
    from safetensors import safe_open
    found = []
    with safe_open(path, framework="np") as file:
        for name in file.keys():
            part = file.get_slice(name)
            ours, bits = DTYPES[part.get_dtype()]
            found.append([name, ours, part.get_shape(), math.prod(part.get_shape()) * bits // 8])
    return found


def parameters(tensors):
    return sum(math.prod(shape) for _, _, shape, _ in tensors)


def make(wanted):
    for dtype in DTYPES:
        path = wanted.path(f"{dtype}.safetensors")
        try:
            path.write_bytes(serialised({f"{dtype} of {name}": (dtype, shape) for name, shape in SHAPES.items()}))
        except Exception as error:  # a version that doesn't know this dtype yet
            print(f"skipped: {dtype}: {error}")
            path.unlink(missing_ok=True)
            continue
        wanted.add(path.name, format="safetensors", tensors=tensors_of(path), parameters=parameters(tensors_of(path)))

    mixed = {"model.embed.weight": ("BF16", [64, 8]), "model.norm.weight": ("F32", [8]), "steps": ("I64", []), "ж/λ": ("F16", [1])}
    path = wanted.path("metadata.safetensors")
    path.write_bytes(serialised(mixed, {"format": "pt", "licence": "none", "ключ": "значение", "a\"b": "\\\n"}))
    wanted.add(path.name, format="safetensors", tensors=tensors_of(path), parameters=parameters(tensors_of(path)))

    path = wanted.path("empty.safetensors")
    path.write_bytes(serialised({}))
    wanted.add(path.name, format="safetensors", tensors=[])

    many = {f"layers.{number}.weight": ("F16", [number % 7, 3]) for number in range(5000)}
    path = wanted.path("many.safetensors")
    path.write_bytes(serialised(many))
    wanted.add(path.name, format="safetensors", tensors=tensors_of(path), parameters=parameters(tensors_of(path)))

    make_shards(wanted)


def make_shards(wanted):
    shards = {"model-00001-of-00002.safetensors": {"a": ("F32", [4, 4]), "b": ("F16", [3])},
              "model-00002-of-00002.safetensors": {"c": ("BF16", [2, 2]), "d": ("I8", [5])}}
    tensors, weight_map = [], {}
    for name, content in shards.items():
        path = wanted.path(f"sharded/{name}")
        path.write_bytes(serialised(content, {"format": "pt"}))
        tensors += tensors_of(path)
        weight_map |= dict.fromkeys(content, name)
    size = sum(tensor[3] for tensor in tensors)
    wanted.path("sharded/model.safetensors.index.json").write_text(json.dumps({"metadata": {"total_size": size}, "weight_map": weight_map}))
    wanted.add("sharded", tensors=tensors, parameters=parameters(tensors), tensor_bytes=size, problems=[])


if __name__ == "__main__":
    expected.run(make, needs=["safetensors", "numpy"])
