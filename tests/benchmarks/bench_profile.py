#!/usr/bin/python3
"""How long it takes to tell what a table holds, beside pandas' read_csv and describe on the same file. Nothing here passes or fails by
a time.
"""

import sys
import tempfile
from pathlib import Path

import measure
from report import print_costs
from tables import made, options_of, parser_of

DESCRIBE = "import pandas; pandas.read_csv(PATH).describe(include='all')"


def write_table(path, rows, seed=5):
    import numpy
    import pandas

    generator = numpy.random.default_rng(seed)
    days = pandas.date_range("2020-01-01", periods=1000).strftime("%Y-%m-%d").to_numpy()
    weights = numpy.round(generator.normal(70, 12, rows), 1)
    weights[generator.random(rows) < 0.1] = numpy.nan
    pandas.DataFrame({
        "id": numpy.arange(rows),
        "age": generator.integers(18, 90, rows),
        "income": numpy.round(generator.lognormal(10, 1, rows), 2),
        "score": generator.random(rows),
        "city": generator.choice(["Berlin", "Paris", "Rome", "New York, NY", "Oslo"], rows),
        "active": generator.random(rows) < 0.3,
        "day": days[generator.integers(0, len(days), rows)],
        "weight": weights,
    }).to_csv(path, index=False)


def main():
    options = options_of(parser_of("profile", __doc__, rows="of the table", rounds=5))
    with tempfile.TemporaryDirectory(prefix="mlops-bench.") as folder:
        table = Path(folder) / "table.csv"
        made(write_table, table, options.rows)
        commands = {
            "mlops dataset profile": [options.mlops, "dataset", "profile", str(table), "--json"],
            "pandas: read_csv, describe": [sys.executable, "-c", f"PATH = {str(table)!r}; {DESCRIBE}"],
        }
        costs = measure.costs_in_turn(commands, options.rounds)
        size = table.stat().st_size
    print_costs(f"{options.rows:,} rows of 8 columns, {size / 1e6:.0f} MB", costs, "mlops dataset profile", ["MB/s"],
                lambda _, seconds: [f"{size / 1e6 / seconds:.0f}"])


if __name__ == "__main__":
    main()
