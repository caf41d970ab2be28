#!/usr/bin/python3
"""How long it takes to tell whether a table has drifted, beside pandas' read_csv and scipy's distances of the same columns. Nothing here
passes or fails by a time.
"""

import sys
import tempfile
from pathlib import Path

import measure
from bench_profile import write_table
from report import print_costs
from tables import made, options_of, parser_of

COLUMNS = {"numbers": ["id", "age", "income", "score", "weight"], "categories": ["city", "active", "day"]}
DISTANCES = """
import numpy, pandas
from scipy.spatial.distance import jensenshannon
from scipy.stats import wasserstein_distance
before, after = pandas.read_csv(BEFORE), pandas.read_csv(AFTER)
for name in COLUMNS["numbers"]:
    wasserstein_distance(before[name].dropna(), after[name].dropna()) / before[name].std(ddof=0)
for name in COLUMNS["categories"]:
    shares = [side[name].value_counts(normalize=True) for side in (before, after)]
    names = shares[0].index.union(shares[1].index)
    jensenshannon(*(share.reindex(names, fill_value=0) for share in shares))
"""


def main():
    options = options_of(parser_of("drift", __doc__))
    with tempfile.TemporaryDirectory(prefix="mlops-bench.") as folder:
        tables = [Path(folder) / "before.csv", Path(folder) / "after.csv"]
        for seed, table in enumerate(tables):
            made(write_table, table, options.rows, seed)
        script = f"BEFORE, AFTER = {str(tables[0])!r}, {str(tables[1])!r}\nCOLUMNS = {COLUMNS!r}\n{DISTANCES}"
        commands = {"mlops dataset drift": [options.mlops, "dataset", "drift", *map(str, tables), "--json"],
                    "pandas and scipy": [sys.executable, "-c", script]}
        print_costs(f"two tables of {options.rows:,} rows and 8 columns, {tables[0].stat().st_size / 1e6:.0f} MB each",
                    measure.costs_in_turn(commands, options.rounds), "mlops dataset drift")


if __name__ == "__main__":
    main()
