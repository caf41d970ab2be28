#!/usr/bin/python3
"""HDF5 files in the layouts that h5py can write: contiguous, chunked, compressed, compact, old and new file formats."""

import expected


def dtype_of(dtype):
    import h5py
    if h5py.check_string_dtype(dtype) is not None:
        return "string"
    return dtype.name if dtype.kind in "iuf" or dtype.name == "bool" else None


def tensors_of(path):
    """Compressed datasets, and those never written, take fewer bytes than their shape says, and those of texts lie elsewhere: not compared."""
    import h5py
    found = []

    def visit(name, item):
        if isinstance(item, h5py.Dataset):
            plain = item.compression is None and item.id.get_storage_size() > 0 and item.dtype.kind in "iuf" and item.chunks is None
            found.append([name, dtype_of(item.dtype), [int(size) for size in item.shape or ()], int(item.size * item.dtype.itemsize) if plain else None])

    with h5py.File(path, "r") as file:
        file.visititems(visit)
    return found


def make(wanted):
    import h5py
    import numpy
    values = numpy.arange(60, dtype="<f4").reshape(6, 10)
    kinds = ["i1", "u1", "<i2", ">i2", "<u2", "<i4", "<u4", "<i8", ">i8", "<u8", "<f2", "<f4", ">f4", "<f8", ">f8", "?"]
    for version in ("earliest", "v108", "v110", "latest"):
        path = wanted.path(f"{version}.h5")
        with h5py.File(path, "w", libver=version) as file:
            file.attrs["about"] = "a text"
            for kind in kinds:
                file[f"dtypes/{kind}"] = numpy.zeros((2, 3), dtype=kind)
            file["layouts/contiguous"] = values
            file["layouts/scalar"] = 1.5
            file.create_dataset("layouts/empty", shape=(0, 4), dtype="<f4")
            file.create_dataset("layouts/never written", shape=(100, 100), dtype="<f8")
            file.create_dataset("layouts/chunked", data=values, chunks=(4, 4))
            file.create_dataset("layouts/growing", data=values, maxshape=(None, None), chunks=(2, 5))
            file.create_dataset("layouts/one dimension grows", data=values, maxshape=(None, 10), chunks=(2, 10))
            file.create_dataset("layouts/one chunk", data=values, chunks=(6, 10))
            file.create_dataset("layouts/gzip", data=values, compression="gzip", shuffle=True)
            file.create_dataset("layouts/lzf", data=values, compression="lzf")
            file.create_dataset("layouts/checked", data=values, fletcher32=True, chunks=(3, 5))
            file["texts/fixed"] = numpy.array([b"ab", b"cde"])
            file["texts/variable"] = ["a", "bcd"]
            file["records"] = numpy.zeros(3, dtype=[("a", "<f4"), ("b", "<i8")])
            deep = file
            for level in range(20):
                deep = deep.create_group(f"level {level}")
            deep["leaf"] = values
            wide = file.create_group("wide")
            for number in range(300):
                wide[f"weight {number:03}"] = numpy.zeros(number % 5, dtype="<f4")
        wanted.add(path.name, format="hdf5", tensors=tensors_of(path))

    path = wanted.path("user-block.h5")
    with h5py.File(path, "w", userblock_size=1024) as file:
        file["x"] = values
    wanted.add(path.name, format="hdf5", tensors=tensors_of(path))
    path = wanted.path("tracked.h5")
    with h5py.File(path, "w", track_order=True) as file:
        for name in ("z", "a", "m"):
            file[name] = values
    wanted.add(path.name, format="hdf5", tensors=tensors_of(path))


if __name__ == "__main__":
    expected.run(make, needs=["h5py", "numpy"])
