#!/usr/bin/python3
"""Evidently's drift verdicts on batches of production inputs, beside those of `mlops monitor check`: both are asked for the same
statistic and threshold on the same rows, which is the Wasserstein distance of numbers, over their standard deviation, and the
Jensen-Shannon distance of categories.

    monitor_test.py MLOPS BIN

BIN is the folder of a virtual environment with the packages below.

Unasked, the two differ. On references of up to 1,000 rows, such as those of examples/loop, Evidently takes p-values of
Kolmogorov-Smirnov, chi-square or z tests below 0.05, and only on larger ones these distances from 0.1; `mlops monitor` takes
the distances, and the population stability index of numbers from 0.2 beside them, whatever the rows. And what Evidently calls
drifted as soon as the distance reaches the threshold, `mlops` calls inconclusive as long as chance reaches as far with so few rows.
"""
# from PyPI: evidently==0.7.23 pandas==2.3.3
# from Debian: python3-statsmodels

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import warnings
from pathlib import Path

from judge import DEBIAN

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
project = Path(__file__).resolve().parents[2] / "examples/loop/project"
SAME = {"wasserstein": "wasserstein", "jensenshannon": "jensen_shannon"}  # Evidently's methods, and our statistics
VALUE_DRIFT = re.compile(r"ValueDrift\(column=(.*),method=(.*),threshold=(.*)\)")
TRIGGER = re.compile(r"wasserstein > ([0-9.]+)")
# What each batch does to the columns: a shift of the numbers in standard deviations, and the share of rows with another city.
BATCHES = {"monday": (0, 0), "tuesday": (0.04, 0.02), "wednesday": (0.3, 0), "thursday": (0, 0.4), "friday": (1, 0.6)}
# Of examples/loop: what was known when a version was trained, and the years that it answered.
STORY = {1970: range(1971, 1980), 1979: range(1980, 1987), 1986: range(1987, 1989)}


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


def theirs_of(reference, current, threshold):
    """{column: (statistic of ours, value, drifted)}"""
    preset = DataDriftPreset(num_method="wasserstein", num_threshold=threshold, cat_method="jensenshannon", cat_threshold=threshold)
    columns = {}
    for metric in Report([preset]).run(current, reference).dict()["metrics"]:
        found = VALUE_DRIFT.match(metric["metric_name"])
        if found:
            columns[found[1]] = SAME[found[2]], metric["value"], metric["value"] >= float(found[3])
    return columns


class Monitor(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.run_mlops("init")

    def run_mlops(self, *words, expect=0):
        done = subprocess.run([mlops, *words, "--registry", "registry"], cwd=self.folder, capture_output=True, text=True, check=False)
        self.assertIn(done.returncode, expect if isinstance(expect, tuple) else (expect,), done.stderr)
        return done.stdout

    def register(self, model, weights, train):
        (self.folder / "model").write_text(weights)
        return self.run_mlops("register", model, "model", "--data", f"train={train}", "-q").strip()

    def record(self, version, data, *words):
        """What is told of the new batch: {column: {statistic: figure}}"""
        self.run_mlops("monitor", "record", version, "--data", data, *words)
        checked = json.loads(self.run_mlops("monitor", "check", version, "--json", expect=(0, 3)))["batches"][0]
        return {column["name"]: {figure["statistic"]: figure for figure in column["figures"]} for column in checked["drift"]["columns"]}

    def read(self, path, columns=None):
        """As it was written: what a file tells is what both are asked of."""
        return pandas.read_csv(self.folder / path, usecols=columns)

    def pairs(self, ours, theirs):
        """(our figure, whether Evidently says drifted) of each column; the distances must be the same within the bounds of ours."""
        self.assertEqual(set(theirs), set(ours))
        for column, (statistic, value, has_drifted) in theirs.items():
            figure = ours[column][statistic]
            self.assertLessEqual(figure["low"], value + 1e-9, column)
            self.assertGreaterEqual(figure["high"], value - 1e-9, column)
            yield figure, has_drifted

    def test_verdicts(self):
        verdicts = []
        table(6000, 1).to_csv(self.folder / "train.csv", index=False)
        version = self.register("churn", "weights", "train.csv")
        for seed, (day, (shift, moved)) in enumerate(BATCHES.items(), start=2):
            table(4000, seed, shift, moved).to_csv(self.folder / f"{day}.csv", index=False)
            ours = self.record(version, f"{day}.csv")
            for figure, has_drifted in self.pairs(ours, theirs_of(self.read("train.csv"), self.read(f"{day}.csv"), 0.1)):
                self.assertEqual(figure["drift"], "yes" if has_drifted else "no", f"{day}: {figure}")
                verdicts.append(has_drifted)
        print(f"{len(verdicts)} verdicts compared, {sum(verdicts)} of them drift", file=sys.stderr)
        self.assertGreater(sum(verdicts), 8)
        self.assertGreater(verdicts.count(False), 8)

    def test_batches_of_the_loop_example(self):
        """Asked at the threshold of its trigger, and at that of `monitor check`, where with 52 rows a batch much is inconclusive."""
        if subprocess.run([DEBIAN, "-c", "import statsmodels"], capture_output=True, check=False).returncode != 0:
            self.skipTest("statsmodels is not here")
        shutil.copytree(project, self.folder, dirs_exist_ok=True)
        asked = float(TRIGGER.search((self.folder / "mlops.toml").read_text())[1])
        due, told = [], {"yes": 0, "no": 0, "inconclusive": 0}
        for known, years in STORY.items():
            self.make_data("known", known)
            version = self.register("co2", f"of {known}", "data/train.csv")
            for year in years:
                self.make_data("week", year)
                ours = self.record(version, f"inbox/{year}.csv", "--at", f"{year}-12-31")
                rows = self.read("data/train.csv", list(ours)), self.read(f"inbox/{year}.csv", list(ours))
                for figure, has_drifted in self.pairs(ours, theirs_of(*rows, asked)):
                    self.assertEqual(figure["value"] > asked, has_drifted, f"{year}: {figure}")
                    due.append(has_drifted)
                for figure, has_drifted in self.pairs(ours, theirs_of(*rows, 0.1)):
                    self.compare_told(figure, has_drifted)
                    told[figure["drift"]] += 1
        print(f"the loop's trigger: {len(due)} verdicts compared, {sum(due)} of them drift; monitor check: {told}", file=sys.stderr)
        self.assertGreater(sum(due), 8)
        self.assertGreater(due.count(False), 8)
        self.assertGreater(min(told["yes"], told["no"]), 8)

    def make_data(self, *words):
        subprocess.run([DEBIAN, "-B", "make_data.py", *map(str, words)], cwd=self.folder, check=True, stdout=subprocess.DEVNULL)

    def compare_told(self, figure, has_drifted):
        """The same verdict, or none, for a reason that the figure itself gives."""
        if figure["drift"] == "inconclusive":
            by_chance = figure["low"] <= figure["null_bound"]
            self.assertTrue(by_chance or figure["low"] < figure["threshold"] <= figure["high"], figure)
        else:
            self.assertEqual(figure["drift"] == "yes", has_drifted, figure)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=1)
