#!/usr/bin/python3
"""Files for the benchmark of artifacts, alike on every machine: weights of a model as float32, of which nobody can save much.

    generate_files.py weights FILE BYTES          one file
    generate_files.py folder FOLDER COUNT BYTES   COUNT files that are BYTES together, a hundred to a folder
    generate_files.py changed FROM TO             FROM with 1 % of its bytes new, in the middle
    generate_files.py inserted FROM TO            FROM with one byte more at its start
"""

import shutil
import sys
from pathlib import Path

import numpy

PIECE = 16 << 20
PER_FOLDER = 100


def write_weights(file, size, generator):
    """Like a trained layer: small, around zero."""
    while size > 0:
        step = min(size, PIECE)
        weights = generator.standard_normal(-(-step // 4), dtype=numpy.float32) * numpy.float32(0.02)
        file.write(memoryview(weights).cast("B")[:step])
        size -= step


def weights(path, size):
    with open(path, "wb") as file:
        write_weights(file, int(size), numpy.random.default_rng(1))


def folder(path, count, size):
    generator = numpy.random.default_rng(2)
    each = int(size) // int(count)
    for number in range(int(count)):
        name = Path(path) / f"{number // PER_FOLDER:03}" / f"{number:05}.bin"
        name.parent.mkdir(parents=True, exist_ok=True)
        with open(name, "wb") as file:
            write_weights(file, each, generator)


def changed(source, target):
    shutil.copyfile(source, target)
    size = Path(source).stat().st_size
    with open(target, "r+b") as file:
        file.seek(size // 2)
        write_weights(file, size // 100, numpy.random.default_rng(3))


def inserted(source, target):
    with open(source, "rb") as old, open(target, "wb") as new:
        new.write(b"x")
        shutil.copyfileobj(old, new, PIECE)


{"weights": weights, "folder": folder, "changed": changed, "inserted": inserted}[sys.argv[1]](*sys.argv[2:])
