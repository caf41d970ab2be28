#!/usr/bin/python3
"""The malicious files of examples/inspect, with the verdicts that it promises to people."""

import subprocess
import sys
from pathlib import Path

import expected

MAKER = Path(__file__).resolve().parents[3] / "examples/inspect/make_malicious.py"


def make(wanted):
    listed = subprocess.run([sys.executable, "-B", MAKER, wanted.folder], check=True, text=True, stdout=subprocess.PIPE).stdout
    for line in listed.splitlines():
        verdict, name = line.split(" ", 1)
        wanted.add(name, verdict=verdict)


if __name__ == "__main__":
    expected.run(make, needs=[])
