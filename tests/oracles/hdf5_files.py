#!/usr/bin/python3
"""Writes hdf5_files.json: small HDF5 files, and what h5py finds in them.

The bytes of a file are its size and the parts of it that are not zeros, each with its offset: in Base64, or a byte and
how often it comes. Texts of 1000 characters and more are only counted in the answers.
Needs h5py (Debian: python3-h5py). Run it again after adding a case:

    python3 tests/oracles/hdf5_files.py
"""
import base64
import ctypes
import ctypes.util
import itertools
import json
import pathlib
import re
import tempfile

import h5py
import numpy as np


def plain(f):
    f.attrs["text"] = "naïve"
    f.attrs["fixed"] = np.bytes_("hello")
    f.attrs["texts"] = ["a", "", "ccc"]
    f.attrs["fixed_texts"] = np.array([b"ab", b"cde"])
    f.attrs["whole"] = np.int16(-3)
    f.attrs["big"] = np.arange(3, dtype=">u4")
    f.attrs["real"] = 0.1
    f.attrs["half"] = np.float16(-1.5)
    f.attrs["tiny"] = np.float32(2.0**-140)
    f.attrs["yes"] = True
    f.create_dataset("group/x", data=np.zeros((2, 3), "f4"))
    f.create_dataset("group/deeper/y", data=np.arange(4, dtype="i8"))
    f["group/again"] = f["group/x"]
    f["group/soft"] = h5py.SoftLink("/group/x")
    f["group/deeper/up"] = f["/group"]


def types(f):
    for name in ["i1", "u2", ">i4", "u8", "f2", "f4", ">f8", "c8", "c16", "?", "S5"]:
        f.create_dataset(name.replace(">", "big_"), (2, 0), name)
    f.create_dataset("vstr", (2,), h5py.string_dtype())
    f.create_dataset("struct", (3,), np.dtype([("a", "i4"), ("b", "f8", (2,)), ("c", "S3")]))
    f.create_dataset("enum", (3,), h5py.enum_dtype({"A": 1, "B": 2}, "i2"))
    f.create_dataset("list", (2,), h5py.vlen_dtype("i4"))
    f.create_dataset("array", (2,), np.dtype("(3,2)f4"))
    f.create_dataset("reference", (2,), h5py.ref_dtype)
    f.create_dataset("opaque", (2,), "V2")
    f.create_dataset("scalar", data=5.0)
    f["named"] = np.dtype("f4")
    f.create_dataset("uses_named", (4,), f["named"])
    f.attrs.create("named", 2.5, dtype=f["named"])


def layouts(f):
    zeros = np.zeros((30, 20))
    f.create_dataset("gzip", data=zeros, chunks=(10, 10), compression="gzip", shuffle=True)
    f.create_dataset("chunks", data=np.zeros((7, 2), "u1"), chunks=(4, 2))
    f.create_dataset("one", data=zeros, chunks=zeros.shape, compression="gzip")
    f.create_dataset("one_plain", data=np.zeros(6, "u1"), chunks=(6,))
    f.create_dataset("growing", data=np.zeros(9, "u1"), chunks=(4,), maxshape=(None,))
    f.create_dataset("both", data=np.zeros((6, 6), "u1"), chunks=(2, 2), maxshape=(None, None))
    f.create_dataset("both_gzip", data=np.zeros((6, 6)), chunks=(2, 2), maxshape=(None, None), compression="gzip")
    f.create_dataset("unwritten", (1000,))
    f.create_dataset("unwritten_chunks", (1000,), chunks=(10,))
    compact = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    compact.set_layout(h5py.h5d.COMPACT)
    h5py.h5d.create(f.id, b"compact", h5py.h5t.IEEE_F32LE, h5py.h5s.create_simple((4,)), compact)


def many(f):
    for i in range(12):
        f.attrs[f"attribute {i}"] = i
    f.attrs["long"] = np.bytes_("y" * 5000)  # too long for a managed object of a heap
    ordered = f.create_group("ordered", track_order=True)
    for name in ["z", "a", "m"]:
        ordered.create_group(name)
    group = f.create_group("many")
    for i in range(40):
        group[f"link {i} {'n' * (i % 30)}"] = ordered


def shared(f):
    for i in range(3):
        d = f.create_dataset(f"d{i}", (2, 2), np.dtype([("a", "f4"), ("b", "i8")]))
        d.attrs["a"] = np.arange(20)
    f.attrs["a"] = np.arange(20)
    for i in range(9):
        f.attrs[f"b{i}"] = np.arange(20)


def create_shared(path):
    """A file that keeps equal messages once, which h5py can't ask for."""
    library = ctypes.CDLL(ctypes.util.find_library("hdf5_serial"))
    how = h5py.h5p.create(h5py.h5p.FILE_CREATE)
    attributes, others = 1 << 12, 1 << 1 | 1 << 3 | 1 << 11
    failed = library.H5Pset_shared_mesg_nindexes(ctypes.c_int64(how.id), ctypes.c_uint(2)) < 0
    for i, kinds in enumerate([attributes, others]):
        index = [ctypes.c_int64(how.id), ctypes.c_uint(i), ctypes.c_uint(kinds), ctypes.c_uint(10)]
        failed |= library.H5Pset_shared_mesg_index(*index) < 0
    assert not failed
    return h5py.File(h5py.h5f.create(str(path).encode(), h5py.h5f.ACC_TRUNC, how))


def user_block(f):
    f.create_dataset("x", data=np.zeros(3, "f4"))
    f.attrs["a"] = 1


def dtype_name(dtype):
    if h5py.check_string_dtype(dtype):
        return "string"
    if h5py.check_ref_dtype(dtype):
        return "reference"
    if h5py.check_vlen_dtype(dtype):
        return "vlen"
    if dtype.subdtype:
        return dtype_name(dtype.subdtype[0])
    if dtype.fields:
        return "struct"
    return "opaque" if dtype.kind == "V" else dtype.name


def answers(path):
    with h5py.File(path) as f:
        datasets = {}

        def visit(name, found):
            if isinstance(found, h5py.Dataset):
                shape = list(found.shape) + list(found.dtype.subdtype[1] if found.dtype.subdtype else [])
                datasets[name] = [dtype_name(found.dtype), shape, found.id.get_storage_size()]

        f.visititems(visit)
        attributes = {}
        for name, value in f.attrs.items():
            value = value.tolist() if hasattr(value, "tolist") else value
            if isinstance(value, list):
                value = [item.decode() if isinstance(item, bytes) else item for item in value]
            value = value.decode() if isinstance(value, bytes) else value
            attributes[name] = len(value) if isinstance(value, str) and len(value) >= 1000 else value
        objects = 0
        seen = set()

        def count(group):
            nonlocal objects
            address = h5py.h5o.get_info(group.id).addr
            if address in seen:
                return
            seen.add(address)
            objects += 1
            if isinstance(group, h5py.Group):
                for name in group:
                    if group.get(name, getlink=True).__class__ is h5py.HardLink:
                        count(group[name])

        count(f["/"])
    return {"objects": objects, "attributes": attributes, "datasets": datasets}


def parts_of(data):
    """Runs of 16 zeros and more are left out, runs of 32 other bytes and more are counted."""
    parts = []
    for run in re.finditer(rb"(?s)(.)\1{31,}|(?:(?!\x00{16}|(.)\2{31}).)+", data):
        part = run.group().rstrip(b"\0")
        if run.group(1) and part:
            parts.append([run.start(), run.group(1)[0], len(part)])
        elif part:
            parts.append([run.start(), base64.b64encode(part).decode()])
    return parts


def create(path, make, libver):
    if make is shared:
        return create_shared(path)
    return h5py.File(path, "w", libver=libver, userblock_size=1024 if make is user_block else 0)


def main():
    makers = [plain, types, layouts, many, user_block]
    cases = []
    for make, libver in [*itertools.product(makers, ["earliest", "latest"]), (shared, "earliest")]:
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "x.h5"
            with create(path, make, libver) as f:
                make(f)
            data = path.read_bytes()
            case = {"name": f"{make.__name__}, {libver}", "size": len(data), "parts": parts_of(data)}
            cases.append(case | answers(path))
    target = pathlib.Path(__file__).with_suffix(".json")
    lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)
    target.write_text("[\n" + lines + "\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
