#!/usr/bin/python3
"""Evidently's drift verdicts on batches of production inputs, beside those of `mlops monitor check`, where both use the same statistic
and threshold: the Wasserstein distance of numbers and the Jensen-Shannon distance of categories, on references of more than 1,000
rows.

    monitor_test.py MLOPS BIN

BIN is the folder of a virtual environment with the packages below.
"""
# from PyPI: evidently==0.7.23 pandas==2.3.3

import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
import warnings
from pathlib import Path

python = Path(sys.argv[2]).absolute() / "python"
if sys.executable != str(python) and python.exists():
    os.execv(python, [python, "-B", *sys.argv])

warnings.simplefilter("ignore")
try:
    import numpy
    import pandas
    from evidently import Report
    from evidently.presets import DataDriftPreset
except ImportError as error:
    print(f"skipped: {error.name} is not here", file=sys.stderr)
    sys.exit(77)

mlops = Path(sys.argv[1]).resolve()
SAME = {"Wasserstein distance (normed)": "wasserstein", "Jensen-Shannon distance": "jensen_shannon"}
VALUE_DRIFT = re.compile(r"ValueDrift\(column=(.*),method=(.*),threshold=(.*)\)")
# What each batch does to the columns: a shift of the numbers in standard deviations, and the share of rows with another city.
BATCHES = {"monday": (0, 0), "tuesday": (0.04, 0.02), "wednesday": (0.3, 0), "thursday": (0, 0.4), "friday": (1, 0.6)}


def table(rows, seed, shift=0.0, moved=0.0):
    random = numpy.random.default_rng(seed)
    cities = random.choice(["Berlin", "Oslo", "Paris"], rows, p=[0.5, 0.3, 0.2])
    cities[random.random(rows) < moved] = "Paris"
    return pandas.DataFrame({
        "age": random.integers(18, 90, rows) + 21 * shift,
        "income": random.lognormal(8, 0.4, rows) * (1 + 0.4 * shift),
        "score": random.beta(2, 5, rows) + 0.16 * shift,
        "steady": random.normal(size=rows),
        "city": cities,
        "plan": random.choice(["basic", "plus"], rows, p=[0.7 - 0.4 * moved, 0.3 + 0.4 * moved]),
    })


def theirs_of(reference, current):
    """{column: (statistic of ours, value, drifted)}"""
    columns = {}
    for metric in Report([DataDriftPreset()]).run(current, reference).dict()["metrics"]:
        found = VALUE_DRIFT.match(metric["metric_name"])
        if found and found[2] in SAME:
            columns[found[1]] = SAME[found[2]], metric["value"], metric["value"] >= float(found[3])
    return columns


class Monitor(unittest.TestCase):
    def run_mlops(self, *words, expect=0):
        done = subprocess.run([mlops, *words, "--registry", "registry"], cwd=self.folder, capture_output=True, text=True, check=False)
        self.assertIn(done.returncode, expect if isinstance(expect, tuple) else (expect,), done.stderr)
        return done.stdout

    def test_verdicts(self):
        compared = drifted = 0
        with tempfile.TemporaryDirectory() as name:
            self.folder = Path(name)
            reference = table(6000, 1)
            reference.to_csv(self.folder / "train.csv", index=False)
            (self.folder / "model").write_text("weights")
            self.run_mlops("init")
            self.run_mlops("register", "churn", "model", "--data", "train=train.csv")
            for seed, (day, (shift, moved)) in enumerate(BATCHES.items(), start=2):
                batch = table(4000, seed, shift, moved)
                batch.to_csv(self.folder / f"{day}.csv", index=False)
                self.run_mlops("monitor", "record", "churn@1", "--data", f"{day}.csv")
                checked = json.loads(self.run_mlops("monitor", "check", "churn@1", "--json", expect=(0, 3)))["batches"][0]
                ours = {column["name"]: column for column in checked["drift"]["columns"]}
                # As they were written: what a file tells is what both are asked of.
                theirs = theirs_of(pandas.read_csv(self.folder / "train.csv"), pandas.read_csv(self.folder / f"{day}.csv"))
                self.assertEqual(set(theirs), set(ours))
                for column, (statistic, value, has_drifted) in theirs.items():
                    with self.subTest(day=day, column=column):
                        (figure,) = (figure for figure in ours[column]["figures"] if figure["statistic"] == statistic)
                        self.assertLessEqual(figure["low"], value + 1e-9)
                        self.assertGreaterEqual(figure["high"], value - 1e-9)
                        self.assertEqual(figure["drift"], "yes" if has_drifted else "no")
                        compared += 1
                        drifted += has_drifted
        print(f"{compared} verdicts compared, {drifted} of them drift")
        self.assertGreater(drifted, 8)
        self.assertGreater(compared - drifted, 8)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=1)
