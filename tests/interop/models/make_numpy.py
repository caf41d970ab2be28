#!/usr/bin/python3
"""npy and npz files of every dtype, order and version of the format."""

import expected


def dtype_of(dtype):
    """None for what has no one name: records, texts, dates, objects."""
    return dtype.name if dtype.kind in "biufc" else None


def tensor_of(name, array):
    return [name, dtype_of(array.dtype), list(array.shape), None if array.dtype.hasobject else array.nbytes]


def make(wanted):
    import numpy
    kinds = ["?", "i1", "u1", "f2", "c8", "c16", "S5", "U3", "M8[s]", "m8[ms]"] + [
        order + kind for order in "<>" for kind in ("i2", "i4", "i8", "u2", "u4", "u8", "f4", "f8")]
    arrays = {}
    for kind in kinds:
        array = numpy.zeros((2, 3), dtype=kind)
        name = kind.replace("<", "little-").replace(">", "big-").replace("?", "bool").replace("[", "-").replace("]", "")
        numpy.save(wanted.path(f"{name}.npy"), array)
        wanted.add(f"{name}.npy", format="npy", tensors=[tensor_of(None, array)])
        arrays[name] = array
    shapes = {"scalar": (), "empty": (0,), "vector": (7,), "deep": (1, 2, 3, 4, 5), "fortran": (3, 4)}
    for name, shape in shapes.items():
        array = numpy.ones(shape, order="F" if name == "fortran" else "C")
        numpy.save(wanted.path(f"{name}.npy"), array)
        wanted.add(f"{name}.npy", format="npy", tensors=[tensor_of(None, array)])
        arrays[name] = array
    for version in ((1, 0), (2, 0), (3, 0)):
        array = numpy.zeros(2, dtype=[("größe" if version == (3, 0) else "a", "<f4"), ("b", "<i8", (2,))])
        with open(wanted.path(f"records-{version[0]}.npy"), "wb") as file:
            numpy.lib.format.write_array(file, array, version=version)
        wanted.add(f"records-{version[0]}.npy", format="npy", tensors=[tensor_of(None, array)])

    for name, save in {"stored.npz": numpy.savez, "compressed.npz": numpy.savez_compressed}.items():
        save(wanted.path(name), **arrays)
        wanted.add(name, format="npz", tensors=[tensor_of(key, array) for key, array in arrays.items()])
    # Texts and numbers in an array of objects are a pickle, of which nothing is dangerous.
    objects = numpy.array([1, "a", None, {"b": [1.5]}], dtype=object)
    numpy.save(wanted.path("objects.npy"), objects)
    wanted.add("objects.npy", format="npy", tensors=[tensor_of(None, objects)])
    numpy.savez(wanted.path("objects.npz"), objects=objects, numbers=numpy.arange(3))
    wanted.add("objects.npz", format="npz")


if __name__ == "__main__":
    expected.run(make, needs=["numpy"])
