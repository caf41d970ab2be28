#!/usr/bin/python3
"""Gives files of a registry back without mlops, with nothing but Python's standard library (and `zstd` for compressed chunks).

    restore.py REGISTRY                          lists the objects
    restore.py REGISTRY MODEL@NUMBER FOLDER      all files of a version
    restore.py REGISTRY DIGEST FILE              one object: a file, a manifest, a log

REGISTRY is the folder that holds `objects/`, usually `.mlops`. The format is described in docs/formats.md. Every byte is checked.
"""

import hashlib
import sqlite3
import struct
import subprocess
import sys
from pathlib import Path

CHUNK, FILE, ZSTD, HEADER, PART = 1, 2, 1, struct.Struct("<4sBBHII32s"), "<32sI"


def read(file, offset, size=-1):
    file.seek(offset)
    return file.read(size)


def records(pack):
    """What is in a pack, by the headers of its records: neither an index nor the pack's own table is needed."""
    with open(pack, "rb") as file:
        offset = 16
        while offset >= 0:
            last = offset
            while len(header := read(file, offset, HEADER.size)) == HEADER.size and header.startswith(b"MREC"):
                _, kind, encoding, _, stored, size, digest = HEADER.unpack(header)
                yield digest, kind, (pack, offset + HEADER.size, stored, size, encoding)
                last, offset = offset, offset + HEADER.size + stored
            after = read(file, last + 4).find(b"MREC")  # the table, or something damaged
            offset = last + 4 + after if after >= 0 else -1


class Store:
    def __init__(self, registry):
        self.objects = Path(registry) / "objects"
        self.places = {}  # (digest, kind) -> the places of all its copies
        for pack in sorted(self.objects.glob("packs/*.pack")):
            for digest, kind, place in records(pack):
                self.places.setdefault((digest, kind), []).append(place)

    def copies(self, digest, kind):
        for pack, offset, stored, size, encoding in self.places.get((digest, kind), []):
            with open(pack, "rb") as file:
                data = read(file, offset, stored)
            if encoding == ZSTD:
                data = subprocess.run(["zstd", "-d", "-c"], input=data, capture_output=True, check=False).stdout
            if len(data) == size:
                yield data

    def chunk(self, digest):
        for data in self.copies(digest, CHUNK):
            if hashlib.sha256(data).digest() == digest:
                return data
        raise SystemExit(f"the chunk {digest.hex()} is missing or damaged")

    def pieces(self, digest):
        """An object's bytes, in order: one chunk, several by a recipe, or a file of its own."""
        whole = self.objects / "sha256" / digest.hex()[:2] / digest.hex()
        recipes = [data for data in self.copies(digest, FILE) if hashlib.sha256(data[:-32]).digest() == data[-32:]]
        if (digest, CHUNK) in self.places:
            yield self.chunk(digest)
        elif recipes:
            level, parts = struct.unpack_from("<I", recipes[0], 8)[0], recipes[0][16:-32]
            for _ in range(level):  # a long list of parts is itself cut and stored in chunks, so many times over
                parts = b"".join(self.chunk(part) for part, _ in struct.iter_unpack(PART, parts))
            yield from (self.chunk(part) for part, _ in struct.iter_unpack(PART, parts))
        elif whole.exists():
            with open(whole, "rb") as file:
                yield from iter(lambda: file.read(1 << 20), b"")
        else:
            raise SystemExit(f"the object sha256:{digest.hex()} is not in this registry")

    def restore(self, digest, target):
        if target.exists():
            raise SystemExit(f"{target} is there already")
        target.parent.mkdir(parents=True, exist_ok=True)
        part, hashed = target.with_name(target.name + ".part"), hashlib.sha256()
        with open(part, "wb") as file:
            for piece in self.pieces(digest):
                hashed.update(piece)
                file.write(piece)
        if hashed.digest() != digest:
            raise SystemExit(f"{part} is not what was stored")
        part.rename(target)

    def list(self):
        """Files of several chunks, then single chunks: small files, and parts of the large ones."""
        for (digest, kind), places in sorted(self.places.items(), key=lambda item: -item[0][1]):
            sizes = [struct.unpack_from("<Q", recipe)[0] for recipe in self.copies(digest, kind) if kind == FILE]
            print(f"sha256:{digest.hex()}", *([*sizes, "?"][0], "file") if kind == FILE else (places[0][3], "chunk"))
        for whole in sorted(self.objects.glob("sha256/??/*")):
            print(f"sha256:{whole.name} {whole.stat().st_size} file")


def main(registry, what=None, target=None):
    store = Store(registry)
    if not what:
        return store.list()
    if "@" not in what:
        return store.restore(bytes.fromhex(what.removeprefix("sha256:")), Path(target))
    files = sqlite3.connect(Path(registry) / "registry.db").execute(
        "SELECT path, version_file.digest, executable FROM version_file JOIN version ON version.id = version_id "
        "JOIN model ON model.id = model_id WHERE name = ? AND number = ?", what.split("@")).fetchall()
    for path, digest, executable in files:
        store.restore(digest, Path(target) / path)
        (Path(target) / path).chmod(0o755 if executable else 0o644)
    return None if files else f"{what} is not in this registry"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) if len(sys.argv) in (2, 4) else __doc__)
