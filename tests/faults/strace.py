"""The system calls of one command, and the same command with one of these calls made to fail or to kill it."""

import re
import subprocess
import unittest
from collections import Counter, namedtuple

import sandbox

# What changes files; between two of these nothing on disk is different. Opening counts when it may create.
CHANGING = ("openat", "write", "pwrite64", "fsync", "fdatasync", "rename", "renameat", "renameat2", "link", "linkat", "unlink",
            "unlinkat", "rmdir", "fchmod", "fchmodat", "chmod", "mkdir", "mkdirat", "ftruncate", "fallocate")
# What else a store does to files, and the locks it takes.
STORING = (*CHANGING, "writev", "pwritev", "copy_file_range", "sync_file_range", "ioctl", "fcntl", "flock", "utimensat")
# Of calls that do many things, what makes one count.
WHAT_COUNTS = {"openat": "O_CREAT", "ioctl": "FICLONE", "fcntl": "SETLK"}
CALL = re.compile(r"^(?:(\d+) +)?(\w+)\((.*)")

# The `number`th call of that name, counted over the whole command.
Point = namedtuple("Point", "call number text")


def is_usable():
    """Debian's strace, and the right to trace: containers often forbid it."""
    try:
        probe = subprocess.run(["strace", "-o", "/dev/null", "-e", "inject=write:error=EIO:when=99", "/bin/true"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    except FileNotFoundError:
        return False
    return probe.returncode == 0


needed = unittest.skipUnless(is_usable(), "strace is missing or may not trace here")


def environment(test):
    """The leak sanitizer can't work under a tracer."""
    options = test.environment.get("ASAN_OPTIONS", "")
    return {"ASAN_OPTIONS": f"{options}:detect_leaks=0".lstrip(":")}


def run(test, inject, *words, threads=False, **options):
    """Without `threads` only the first one is meant; with them, each counts its calls for itself."""
    tracer = ["strace", *(["-f"] if threads else []), "-o", "/dev/null", "-e", f"trace={inject.split(':')[0]}", "-e", f"inject={inject}"]
    return test.run_program(*tracer, sandbox.program, *words, environment=environment(test), **options)


def changing_calls(test, *words, expect=0):
    """Every call of the main thread that changes files, in order, by running the command once."""
    log = test.root / "calls"
    result = test.run_program("strace", "-o", log, "-e", f"trace={','.join(CHANGING)}", sandbox.program, *words,
                              environment=environment(test))
    test.assertEqual(result.returncode, expect, test.told(result))
    points, seen = [], Counter()
    for line in log.read_text(errors="replace").splitlines():
        found = CALL.match(line)
        if not found or found[2] not in CHANGING:
            continue
        seen[found[2]] += 1
        if WHAT_COUNTS.get(found[2], "") in found[3]:
            points.append(Point(found[2], seen[found[2]], line))
    return points


def storing_calls(test, *words, calls=STORING):
    """Every call of any thread by which a store changes, by running the command once: the first of its number in its thread."""
    log = test.root / "calls"
    result = test.run_program("strace", "-f", "-o", log, "-e", f"trace={','.join(calls)}", sandbox.program, *words,
                              environment=environment(test))
    test.assertEqual(result.returncode, 0, test.told(result))
    points, seen = {}, Counter()
    for line in log.read_text(errors="replace").splitlines():
        found = CALL.match(line)
        if not found or found[2] not in calls:
            continue
        seen[found[1], found[2]] += 1
        if WHAT_COUNTS.get(found[2], "") in found[3]:
            number = seen[found[1], found[2]]
            points.setdefault((found[2], number), Point(found[2], number, line))
    return sorted(points.values())
