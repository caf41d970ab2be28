#!/usr/bin/python3
"""How long the program takes to start, against the shortest program there is."""

import sys

import measure

mlops = sys.argv[1]
measure.table(
    "Starting (whole process, warm)",
    measure.in_turn({"/bin/true": ["/bin/true"], "mlops --version": [mlops, "--version"]}, runs=300),
    base="/bin/true", bounds={"mlops --version": 3}, over_base=True)
