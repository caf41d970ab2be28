#!/usr/bin/python3
"""Holds every source file against the compiler by itself: `apart.py BUILD_DIR`.

A build that compiles many files as one is blind to an include that a file borrows from its neighbour, and to a name that hides
another. This looks at each file alone and makes nothing. BUILD_DIR is a configured one without MLOPS_UNITY.
"""

import concurrent.futures
import json
import os
import pathlib
import shlex
import subprocess
import sys


def alone(entry):
    """The errors of one file, empty when it stands by itself."""
    words = shlex.split(entry["command"])
    compiler = next(i for i, word in enumerate(words) if "++" in os.path.basename(word))
    output = words.index("-o")
    arguments = [word for i, word in enumerate(words) if i >= compiler and i not in (output, output + 1) and word != "-c"]
    done = subprocess.run([*arguments, "-fsyntax-only"], cwd=entry["directory"], stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode == 0:
        return ""
    return done.stderr or f"{entry['file']}: the compiler ended with {done.returncode}\n"


def main():
    entries = json.loads((pathlib.Path(sys.argv[1]) / "compile_commands.json").read_text())
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as workers:
        found = [errors for errors in workers.map(alone, entries) if errors]
    sys.stderr.writelines(found)
    print(f"{len(entries)} files, {len(found)} of them don't stand by themselves")
    return 1 if found else 0


sys.exit(main())
