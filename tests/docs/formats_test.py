#!/usr/bin/python3
"""The worked examples of docs/formats.md: made by the program, and recomputed here from the page alone."""

import hashlib
import re
import sqlite3
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
root = re.search(r"^(\w{64})  -$", page, re.MULTILINE)[1]

# The page agrees with itself.
expect(sha256(manifest.encode()).hex(), digest, "digest of the manifest")
expect(sha256(config.encode()).hex() in manifest, True, "digest of the config in the manifest")
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
    for content in (config, manifest, "hello\n"):
        name = sha256(content.encode()).hex()
        expect((registry / f"objects/sha256/{name[:2]}/{name}").read_text(), content, "object")
    for name in (".gitignore", "config.toml", "registry.db", "tmp"):
        expect((registry / name).exists(), True, name)
    database = sqlite3.connect(registry / "registry.db")
    expect([row[0] for row in database.execute("SELECT canonical FROM event ORDER BY sequence")], events, "events")
    tables = {row[0] for row in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    described = re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`.*?) \|", page.split("## Database")[1].split("## ")[0],
                                                          re.MULTILINE)))
    expect(sorted(tables), sorted(described), "tables of the database")
