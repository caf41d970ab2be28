#!/usr/bin/python3
"""Evidently's verdicts on the columns of real data, beside those of `mlops dataset drift`. Where they differ, it is for one of the
reasons that docs/datasets.md gives.

    drift_test.py MLOPS BIN

BIN is the folder of a virtual environment with the packages below.
"""
# from PyPI: evidently==0.7.23 pandas==2.3.3 scikit-learn==1.9.1

import os
import re
import sys
import tempfile
import time
import unittest
import warnings
from pathlib import Path

python = Path(sys.argv[2]).absolute() / "python"
if sys.executable != str(python) and python.exists():
    os.execv(python, [python, "-B", *sys.argv])

warnings.simplefilter("ignore")
try:
    import pandas
    from evidently import Report
    from evidently.presets import DataDriftPreset
except ImportError as error:
    print(f"skipped: {error.name} is not here", file=sys.stderr)
    sys.exit(77)

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "accuracy"))
import real_data  # noqa: E402
from sides import Program, apart  # noqa: E402

mlops = Path(sys.argv[1]).resolve()
CUTS = {"breast cancer": 300, "diabetes": 250, "wine": 90, "iris": 75, "digits": 1200}
# Evidently's methods, and the figure of ours that is the same.
SAME = {"K-S p_value": "kolmogorov_smirnov", "Wasserstein distance (normed)": "wasserstein", "Jensen-Shannon distance": "jensen_shannon"}
VALUE_DRIFT = re.compile(r"ValueDrift\(column=(.*),method=(.*),threshold=(.*)\)")


def theirs_of(before, after):
    """{column: (method, value, drifted)}, and the share of columns that have drifted."""
    metrics = Report([DataDriftPreset()]).run(after, before).dict()["metrics"]
    columns = {}
    for metric in metrics:
        found = VALUE_DRIFT.match(metric["metric_name"])
        if found:
            name, method, threshold = found[1], found[2], float(found[3])
            columns[name] = method, metric["value"], metric["value"] < threshold if "p_value" in method else metric["value"] >= threshold
    return columns, next(metric["value"]["share"] for metric in metrics if metric["metric_name"].startswith("DriftedColumnsCount"))


def why_not(method, theirs_drifted, figures):
    """The reason of another verdict than Evidently's, as docs/datasets.md words it; None when there is none."""
    first = figures[0]
    if method == "K-S p_value" and theirs_drifted and first["adjusted_p"] > 0.05:
        return "corrected for the number of columns"
    if first["statistic"] == "chi_square" and method != "K-S p_value":
        return "the reference is a sample, too"
    if first["statistic"] == "jensen_shannon" and method.startswith("Wasserstein"):
        return "the reference decides what is a category"
    if theirs_drifted and first["drift"] == "inconclusive":
        return "too few rows to tell"
    if not theirs_drifted and any(figure["drift"] != "no" for figure in figures[1:]):
        return "a second figure"
    return None


class Drift(unittest.TestCase):
    def test_verdicts(self):
        with tempfile.TemporaryDirectory(prefix="mlops-interop-") as folder:
            program = Program(mlops, folder)
            for data, rows in CUTS.items():
                with self.subTest(data=data):
                    self.compare(program, data, rows)

    def compare(self, program, data, rows):
        table = real_data.table(data)
        before, after = ({name: values[part] for name, values in table.items()} for part in (slice(rows), slice(rows, None)))
        paths = program.write("before.csv", before), program.write("after.csv", after)
        times = [time.monotonic()]
        report = program.answer("dataset", "drift", *paths, codes=(0, 1))
        times.append(time.monotonic())
        theirs, share = theirs_of(pandas.DataFrame(before), pandas.DataFrame(after))
        times.append(time.monotonic())
        reasons = {}
        for column in report["columns"]:
            method, value, drifted = theirs[column["name"]]
            for figure in column["figures"]:
                if figure["statistic"] == SAME.get(method):
                    ours = figure["value"] if figure["p"] is None else figure["p"]
                    self.assertLess(apart(ours, value), 1e-9, f"{column['name']}: {method}")
            if (column["drift"] == "yes") != drifted:
                reason = why_not(method, drifted, column["figures"])
                self.assertIsNotNone(reason, f"{column['name']}: {method} {value}, and ours {column['figures']}")
                reasons[reason] = reasons.get(reason, 0) + 1
        print(f"\n  {data}: {len(report['columns'])} columns, {report['drifted_columns']} drifted; Evidently: {share:.0%} of them; "
              f"other verdicts: {reasons or 'none'}; {times[1] - times[0]:.2f} s, Evidently {times[2] - times[1]:.2f} s", file=sys.stderr)
        self.assertEqual(len(report["columns"]) + len(report["left_out"]), len(theirs))


unittest.main(argv=sys.argv[:1], verbosity=2)
