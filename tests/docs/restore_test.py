#!/usr/bin/python3
"""examples/restore/restore.py gives back, byte for byte, what the program stored: from what docs/formats.md says."""

import os
import random
import shutil
import subprocess
import sys

from sandbox import ROOT, sandbox

SCRIPT = ROOT / "examples/restore/restore.py"
TEXT = b"".join(b"epoch %d, loss 0.%d\n" % (i, i * 7) for i in range(60_000))
FILES = {
    "empty": b"",
    "small.txt": b"hello\n",
    "notes/text.csv": TEXT,
    "weights/one.bin": random.Random(1).randbytes(131_072),
    "weights/many.bin": random.Random(2).randbytes(3_000_000),
}


def restore(box, *words):
    return subprocess.run([sys.executable, "-B", SCRIPT, *words], cwd=box.folder, env=box.environment, capture_output=True,
                          text=True, check=False)


def expect_files(box, folder):
    done = restore(box, ".mlops", "demo@1", folder)
    if done.returncode != 0:
        raise SystemExit(f"{folder}: {done.stderr}")
    for name, content in FILES.items():
        if (box.folder / folder / name).read_bytes() != content:
            raise SystemExit(f"{folder}/{name} is not what was stored")
    found = {str(path.relative_to(box.folder / folder)) for path in (box.folder / folder).rglob("*") if path.is_file()}
    if found != set(FILES):
        raise SystemExit(f"{folder} has {found}")


def check(box):
    for name, content in FILES.items():
        (box.folder / "model" / name).parent.mkdir(parents=True, exist_ok=True)
        (box.folder / "model" / name).write_bytes(content)
    box.run("init")
    box.run("register", "demo", "model")
    expect_files(box, "out")

    # Each object by its digest, as the list has it.
    listed = {int(size): digest for digest, size, _ in map(str.split, restore(box, ".mlops").stdout.splitlines())}
    digest = listed[3_000_000]
    if restore(box, ".mlops", digest, "largest").returncode != 0:
        raise SystemExit(f"{digest} can't be restored")
    if (box.folder / "largest").read_bytes() != FILES["weights/many.bin"]:
        raise SystemExit("the largest file is not what was stored")
    if restore(box, ".mlops", digest, "largest").returncode != 1:
        raise SystemExit("a file that is there was written over")

    # Without the index, and with a pack whose table is damaged.
    shutil.rmtree(box.folder / ".mlops/objects/index", ignore_errors=True)
    for pack in (box.folder / ".mlops/objects/packs").iterdir():
        os.chmod(pack, 0o644)
        with open(pack, "r+b") as file:
            file.seek(-70, os.SEEK_END)
            byte = file.read(1)[0]
            file.seek(-70, os.SEEK_END)
            file.write(bytes([byte ^ 1]))
    expect_files(box, "from damaged tables")

    # A damaged byte is never handed out.
    pack = max((box.folder / ".mlops/objects/packs").iterdir(), key=lambda path: path.stat().st_size)
    with open(pack, "r+b") as file:
        file.seek(pack.stat().st_size // 2)
        file.write(b"damage")
    if restore(box, ".mlops", "demo@1", "damaged").returncode != 1:
        raise SystemExit("damage was not told")


for compression in ("none", "zstd"):
    if compression == "zstd" and not shutil.which("zstd"):
        continue
    with sandbox(sys.argv[1]) as sandbox_of_test:
        sandbox_of_test.environment["MLOPS_ARTIFACTS_COMPRESSION"] = compression
        check(sandbox_of_test)
