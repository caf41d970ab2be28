#!/usr/bin/python3
"""How long it takes to count what production sends into the bins of a reference: a table of 30 columns beside pandas' read_csv and
describe, and JSON Lines from a pipe, in rows a second. Nothing here passes or fails by a time.
"""

import argparse
import importlib.util
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import measure
from report import print_costs

COLUMNS = 30
DESCRIBE = "import pandas\npandas.read_csv({!r}).describe(include='all')\n"


def write_wide(path, rows, seed):
    import numpy
    random = numpy.random.default_rng(seed)
    names = [f"c{i}" for i in range(COLUMNS)]
    with open(path, "w", encoding="utf-8") as file:
        file.write(",".join(names) + "\n")
        for begin in range(0, rows, 10_000):
            count = min(10_000, rows - begin)
            numbers = random.normal(size=(count, COLUMNS - 5)).round(4)
            codes = random.integers(0, 200, size=(count, 5))
            file.writelines(",".join([*map(str, number), *(f"v{code}" for code in code_row)]) + "\n"
                            for number, code_row in zip(numbers.tolist(), codes.tolist()))


def write_lines(path, rows, seed):
    import numpy
    random = numpy.random.default_rng(seed)
    with open(path, "w", encoding="utf-8") as file:
        for begin in range(0, rows, 10_000):
            count = min(10_000, rows - begin)
            ages, incomes = random.integers(18, 90, count).tolist(), random.normal(3000, 800, count).round(2).tolist()
            file.writelines(f'{{"id": "r{begin + i}", "age": {age}, "income": {income}, "city": "c{age % 20}", "active": true}}\n'
                            for i, (age, income) in enumerate(zip(ages, incomes)))


def in_its_own_process(write, *arguments):
    """The memory of this one counts as that of the programs it starts."""
    writer = multiprocessing.get_context("fork").Process(target=write, args=arguments)
    writer.start()
    writer.join()


def registry_with(mlops, folder, name, reference, first):
    """A version that is held against the reference already, so that only counting is measured."""
    def run(*words):
        subprocess.run([mlops, *words, "--registry", folder / "registry"], cwd=folder, check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
    if not (folder / "registry").exists():
        run("init")
    (folder / "model").write_text(name)
    run("register", name, "model")
    run("monitor", "record", f"{name}@1", "--data", first, "--reference", reference)


def main():
    parser = argparse.ArgumentParser(prog="tests/benchmarks/run monitor", description=__doc__)
    parser.add_argument("mlops", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--rows", type=int, default=1_000_000, help="of each table (default: 1,000,000)")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each, taken in turn (default: 3)")
    options = parser.parse_args()
    if importlib.util.find_spec("pandas") is None:
        print("skipped: pandas is not here; `apt-get install python3-pandas`", file=sys.stderr)
        return
    mlops = str(options.mlops.absolute())
    with tempfile.TemporaryDirectory(prefix="mlops-bench.") as name:
        folder = Path(name)
        for write, names in ((write_wide, ("train.csv", "today.csv")), (write_lines, ("train.jsonl", "today.jsonl"))):
            in_its_own_process(write, folder / names[0], min(options.rows, 100_000), 1)
            in_its_own_process(write, folder / names[1], options.rows, 2)
        registry_with(mlops, folder, "wide", "train.csv", "train.csv")
        registry_with(mlops, folder, "lines", "train.jsonl", "train.jsonl")
        os.chdir(folder)
        common = ["--registry", str(folder / "registry"), "--dry-run", "--no-progress"]
        commands = {"mlops monitor record": [mlops, "monitor", "record", "wide@1", "--data", "today.csv", *common],
                    "pandas read_csv, describe": [sys.executable, "-c", DESCRIBE.format("today.csv")]}
        print_costs(f"a table of {options.rows:,} rows and {COLUMNS} columns, {(folder / 'today.csv').stat().st_size / 1e6:.0f} MB",
                    measure.costs_in_turn(commands, options.rounds), "mlops monitor record")
        stream = f"exec {mlops} monitor record lines@1 --data - --window 100000 {' '.join(common)} <today.jsonl"
        costs = measure.costs_in_turn({"stream": ["/bin/sh", "-c", stream]}, options.rounds)["stream"]
        print(f"\nJSON Lines of 5 columns from a stream: {options.rows / statistics.median(cost.seconds for cost in costs):,.0f} rows/s, "
              f"{options.rows / statistics.median(cost.processor_seconds for cost in costs):,.0f} a second of one processor, "
              f"{max(cost.peak_bytes for cost in costs) / (1 << 20):.0f} MiB at most")


if __name__ == "__main__":
    main()
