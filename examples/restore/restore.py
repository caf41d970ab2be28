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

CHUNK, FILE, ZSTD = 1, 2, 1  # the kinds of a record; the encoding of a compressed one
TRAILER, HEADER, ENTRY, PART = 64, 48, 48, "<32sI"


def unpack_zstd(data):
    if sys.version_info >= (3, 14):
        from compression import zstd
        return zstd.decompress(data)
    try:
        return subprocess.run(["zstd", "-d", "-c"], input=data, capture_output=True, check=False).stdout
    except FileNotFoundError:
        raise SystemExit("these chunks are compressed: install `zstd`, or use Python 3.14 or newer") from None


class Store:
    def __init__(self, registry):
        self.objects = Path(registry) / "objects"
        self.places = {}  # (digest, kind) -> [(pack, offset, stored size, size, encoding), …]
        for pack in sorted(self.objects.glob("packs/*.pack")):
            for digest, offset, stored, size, kind, encoding in self.table(pack) or self.scan(pack):
                self.places.setdefault((digest, kind), []).append((pack, offset, stored, size, encoding))

    def table(self, pack):
        """What the pack's own table says; None when it is damaged."""
        with open(pack, "rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - TRAILER))
            digest, offset, count, version, _, magic = struct.unpack("<32sQQII8s", file.read(TRAILER).rjust(TRAILER, b"\0"))
            if magic == b"MLOPSEND" and version == 1 and offset + count * ENTRY + TRAILER == size:
                file.seek(offset)
                table = file.read(count * ENTRY)
                if hashlib.sha256(table).digest() == digest:
                    return [entry[:6] for entry in struct.iter_unpack("<32sIIIBBH", table)]
        return print(f"{pack}: its table is damaged, so its records are searched for", file=sys.stderr)

    def scan(self, pack):
        data = pack.read_bytes()
        at = data.find(b"MREC")
        while at >= 0 and at + HEADER <= len(data):
            _, kind, encoding, _, stored, size, digest = struct.unpack_from("<4sBBHII32s", data, at)
            yield digest, at, stored, size, kind, encoding
            at = data.find(b"MREC", at + 4)

    def records(self, digest, kind):
        """The bytes of every copy there is, decoded."""
        for pack, offset, stored, size, encoding in self.places.get((digest, kind), []):
            with open(pack, "rb") as file:
                file.seek(offset + HEADER)
                data = file.read(stored)
            data = unpack_zstd(data) if encoding == ZSTD else data
            if len(data) == size:
                yield data

    def chunk(self, digest):
        for data in self.records(digest, CHUNK):
            if hashlib.sha256(data).digest() == digest:
                return data
        raise SystemExit(f"the chunk {digest.hex()} is missing or damaged")

    def pieces(self, digest):
        """An object's bytes, in order: one chunk, several by a recipe, or a file of its own."""
        whole = self.objects / "sha256" / digest.hex()[:2] / digest.hex()
        recipes = [data for data in self.records(digest, FILE) if hashlib.sha256(data[:-32]).digest() == data[-32:]]
        if (digest, CHUNK) in self.places:
            yield self.chunk(digest)
        elif recipes:
            level, parts = struct.unpack_from("<I", recipes[0], 8)[0], recipes[0][16:-32]
            # A long list of parts is itself cut and stored in chunks, `level` times over.
            for _ in range(level):
                parts = b"".join(self.chunk(part) for part, _ in struct.iter_unpack(PART, parts))
            yield from (self.chunk(part) for part, _ in struct.iter_unpack(PART, parts))
        elif whole.exists():
            with open(whole, "rb") as file:
                yield from iter(lambda: file.read(1 << 20), b"")
        else:
            raise SystemExit(f"the object sha256:{digest.hex()} is not in this registry")

    def restore(self, digest, target):
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(target.name + ".part")
        hashed = hashlib.sha256()
        with open(part, "wb") as file:
            for piece in self.pieces(digest):
                hashed.update(piece)
                file.write(piece)
        if hashed.digest() != digest:
            raise SystemExit(f"{part} is not what was stored")
        if target.exists():
            raise SystemExit(f"{target} is there already: what was restored is {part}")
        part.rename(target)

    def list(self):
        """Files of several chunks, then single chunks: small files, and parts of the large ones."""
        for (digest, kind), copies in sorted(self.places.items(), key=lambda place: (-place[0][1], place[0][0])):
            recipe = next(self.records(digest, FILE), bytes(8)) if kind == FILE else b""
            print(f"sha256:{digest.hex()}", *struct.unpack_from("<Q", recipe) + ("file",) if recipe else (copies[0][3], "chunk"))
        for whole in sorted(self.objects.glob("sha256/??/*")):
            print(f"sha256:{whole.name} {whole.stat().st_size} file")


def main(registry, what=None, target=None):
    store = Store(registry)
    if not what:
        return store.list()
    target = Path(target)
    if "@" not in what:
        return store.restore(bytes.fromhex(what.removeprefix("sha256:")), target)
    model, number = what.split("@")
    files = sqlite3.connect(Path(registry) / "registry.db").execute(
        "SELECT path, version_file.digest, executable FROM version_file JOIN version ON version.id = version_id "
        "JOIN model ON model.id = model_id WHERE name = ? AND number = ?", (model, int(number))).fetchall()
    for path, digest, executable in files:
        store.restore(digest, target / path)
        (target / path).chmod(0o755 if executable else 0o644)
    return None if files else f"{what} is not in this registry"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) if len(sys.argv) in (2, 4) else __doc__)
