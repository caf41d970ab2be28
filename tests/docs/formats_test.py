#!/usr/bin/python3
"""The worked examples of docs/formats.md: made by the program, and recomputed here from the page alone."""

import hashlib
import re
import sqlite3
import struct
import sys

from sandbox import ROOT, sandbox


def sha256(data):
    return hashlib.sha256(data).digest()


def expect(found, wanted, what):
    if found != wanted:
        raise SystemExit(f"{what}:\n  page     {wanted}\n  program  {found}")


page = (ROOT / "docs/formats.md").read_text(encoding="utf-8")
config, manifest, events = [block.rstrip("\n") for block in re.findall(r"```json\n(.*?)```", page, re.DOTALL)]
events = events.split("\n")
digest = re.search(r"```text\nsha256:(\w{64})\n```", page)[1]
root = re.search(r"^(\w{64})  -$", page.split("## Audit log")[1], re.MULTILINE)[1]
dump = re.findall(r"^([0-9a-f]{8}): ((?:[0-9a-f]{2,4} )+) .*$", page, re.MULTILINE)
pack = bytes.fromhex("".join(line for _, line in dump))
pack_name = re.search(r"xxd \.mlops/objects/packs/(\w+)\*", page)[1]

# The page agrees with itself.
expect(sha256(manifest.encode()).hex(), digest, "digest of the manifest")
expect(sha256(config.encode()).hex() in manifest, True, "digest of the config in the manifest")
expect([int(offset, 16) for offset, _ in dump], list(range(0, len(pack), 16)), "offsets of the dump")
chunk, entry, trailer = pack[0x40:0x46], pack[0x46:0x76], pack[0x76:]
expect(chunk, b"hello\n", "chunk of the pack")
expect(pack[:0x10], struct.pack("<8sII", b"MLOPSPAK", 1, 0), "header of the pack")
expect(pack[0x10:0x40], struct.pack("<4sBBHII32s", b"MREC", 1, 0, 0, 6, 6, sha256(chunk)), "header of the record")
expect(entry, struct.pack("<32sIIIBBH", sha256(chunk), 0x10, 6, 6, 1, 0, 0), "table of the pack")
expect(trailer, struct.pack("<32sQQII8s", sha256(entry), 0x46, 1, 1, 0, b"MLOPSEND"), "trailer of the pack")
expect(sha256(entry).hex().startswith(pack_name), True, "name of the pack")
leaves = [sha256(b"\0" + event.encode()) for event in events]
expect(sha256(b"\1" + leaves[0] + leaves[1]).hex(), root, "root over the events")

# And with the program.
with sandbox(sys.argv[1]) as box:
    (box.folder / "weights.bin").write_text("hello\n")
    box.run("init")
    box.run("register", "demo", "weights.bin")
    expect(box.json("show", "demo@1")["digest"], f"sha256:{digest}", "digest of the version")
    expect(box.json("audit", "verify")["root"], f"sha256:{root}", "root of the log")
    registry = box.folder / ".mlops"
    expect((registry / f"objects/packs/{sha256(entry).hex()}.pack").read_bytes(), pack, "pack")
    packs = [file.read_bytes() for file in (registry / "objects/packs").iterdir()]
    for content in (config, manifest):
        header = struct.pack("<4sBBHII32s", b"MREC", 1, 0, 0, *2 * [len(content)], sha256(content.encode()))
        expect(any(header + content.encode() in each for each in packs), True, "record of an object")
    for name in (".gitignore", "config.toml", "registry.db", "tmp", "objects/leases"):
        expect((registry / name).exists(), True, name)
    database = sqlite3.connect(registry / "registry.db")
    expect([row[0] for row in database.execute("SELECT canonical FROM event ORDER BY sequence")], events, "events")
    tables = {row[0] for row in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    described = re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`.*?) \|", page.split("## Database")[1].split("## ")[0],
                                                          re.MULTILINE)))
    expect(sorted(tables), sorted(described), "tables of the database")
