"""What the benchmarks of large tables share: their options, and files that a process of its own has written."""

import argparse
import importlib.util
import multiprocessing
import sys
from pathlib import Path


def parser_of(name, description, rows="of each table", rounds=3):
    parser = argparse.ArgumentParser(prog=f"tests/benchmarks/run {name}", description=description)
    parser.add_argument("mlops", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--rows", type=int, default=1_000_000, help=f"{rows} (default: 1,000,000)")
    parser.add_argument("--rounds", type=int, default=rounds, help=f"runs of each, taken in turn (default: {rounds})")
    return parser


def options_of(parser):
    """Ends the program where pandas is not here."""
    options = parser.parse_args()
    if importlib.util.find_spec("pandas") is None:
        print("skipped: pandas is not here; `apt-get install python3-pandas`", file=sys.stderr)
        sys.exit()
    options.mlops = str(options.mlops.absolute())
    return options


def made(make, *arguments):
    """In a process of its own: the memory of this one counts as that of the programs it starts."""
    child = multiprocessing.get_context("fork").Process(target=make, args=arguments)
    child.start()
    child.join()
    if child.exitcode != 0:
        raise SystemExit(f"{make.__name__}: exit {child.exitcode}")
