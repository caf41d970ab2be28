#!/usr/bin/python3
"""How long it takes to count what production sends into the bins of a reference, and to tell what has drifted: a table of 30 columns
beside pandas' read_csv and describe, and beside Evidently's DataDriftPreset where --peers has it; and JSON Lines from a pipe, in rows a
second. Nothing here passes or fails by a time.
"""

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import measure
from peers import Peers
from report import print_costs
from tables import made, options_of, parser_of

COLUMNS = 30
REFERENCE_ROWS = 100_000
DESCRIBE = "import pandas\npandas.read_csv({!r}).describe(include='all')\n"
PEERS = {"evidently": """
import pandas
from evidently import Report
from evidently.presets import DataDriftPreset
Report([DataDriftPreset()]).run(pandas.read_csv(CURRENT), pandas.read_csv(REFERENCE)).dict()
"""}


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
    parser = parser_of("monitor", __doc__)
    parser.add_argument("--peers", metavar="VENV", help="a virtual environment with evidently to compare with")
    options = options_of(parser)
    with tempfile.TemporaryDirectory(prefix="mlops-bench.") as name:
        folder = Path(name)
        reference_rows = min(options.rows, REFERENCE_ROWS)
        for write, names in ((write_wide, ("train.csv", "today.csv")), (write_lines, ("train.jsonl", "today.jsonl"))):
            made(write, folder / names[0], reference_rows, 1)
            made(write, folder / names[1], options.rows, 2)
        registry_with(options.mlops, folder, "wide", "train.csv", "train.csv")
        registry_with(options.mlops, folder, "lines", "train.jsonl", "train.jsonl")
        os.chdir(folder)
        common = ["--registry", str(folder / "registry"), "--dry-run", "--no-progress"]
        commands = {"mlops monitor record": [options.mlops, "monitor", "record", "wide@1", "--data", "today.csv", *common],
                    "pandas read_csv, describe": [sys.executable, "-c", DESCRIBE.format("today.csv")],
                    **Peers(options.peers, PEERS).commands(PEERS, CURRENT="today.csv", REFERENCE="train.csv")}
        print_costs(f"a table of {options.rows:,} rows and {COLUMNS} columns, {(folder / 'today.csv').stat().st_size / 1e6:.0f} MB: mlops counts it "
                    f"into the bins of a reference\nof {reference_rows:,} rows and tells the drift of each column, pandas reads and describes it, "
                    f"evidently reads it and\nthe reference and tells the drift of each column by DataDriftPreset; each a whole process",
                    measure.costs_in_turn(commands, options.rounds), "mlops monitor record")
        stream = f"exec {options.mlops} monitor record lines@1 --data - --window 100000 {' '.join(common)} <today.jsonl"
        costs = measure.costs_in_turn({"stream": ["/bin/sh", "-c", stream]}, options.rounds)["stream"]
        print(f"\nJSON Lines of 5 columns from a stream: {options.rows / statistics.median(cost.seconds for cost in costs):,.0f} rows/s, "
              f"{options.rows / statistics.median(cost.processor_seconds for cost in costs):,.0f} a second of one processor, "
              f"{max(cost.peak_bytes for cost in costs) / (1 << 20):.0f} MiB at most")


if __name__ == "__main__":
    main()
