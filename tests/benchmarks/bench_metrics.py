#!/usr/bin/python3
"""How long a gate takes to judge predictions by confidence intervals, beside scikit-learn's bare figures of the same rows. The
predictions are made already: what is measured is to read and judge them. Nothing here passes or fails by a time.
"""

import sys
import tempfile
from pathlib import Path

import measure
from report import print_costs
from tables import options_of, parser_of

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "accuracy"))
from sides import Program  # noqa: E402

CONDITIONS = {"accuracy": "accuracy >= 0.5", "f1": "f1 >= 0.5", "auc": "auc >= 0.5", "average_precision": "average_precision >= 0.1",
              "log_loss": "log_loss <= 9", "ece": "ece <= 1"}
FIGURES = """
import pandas
from sklearn import metrics
table = pandas.read_csv(PREDICTIONS)
table["truth"] = pandas.read_csv(HOLDOUT)["truth"]
metrics.accuracy_score(table.truth, table.prediction)
metrics.f1_score(table.truth, table.prediction)
metrics.roc_auc_score(table.truth, table.score)
metrics.average_precision_score(table.truth, table.score)
metrics.log_loss(table.truth, table.score)
"""


def columns_of(rows):
    import numpy
    generator = numpy.random.default_rng(3)
    truth = (generator.random(rows) < 0.3).astype(int)
    score = numpy.round(1 / (1 + numpy.exp(-generator.normal(2 * truth - 1, 1))), 6)
    return {"truth": truth}, {"prediction": (score >= 0.5).astype(int), "score": score}


def main():
    options = options_of(parser_of("metrics", __doc__, rows="of the predictions"))
    with tempfile.TemporaryDirectory(prefix="mlops-bench.") as folder:
        program = Program(options.mlops, folder)
        holdout, predictions = columns_of(options.rows)
        program.gate(list(CONDITIONS.values()), holdout, [predictions])
        project = Path(folder) / "project1"
        judge = [options.mlops, "-C", str(project), "validate", "judged@1", "--gate", "production", "--json"]
        script = f"PREDICTIONS, HOLDOUT = {str(project / 'version1/predictions.csv')!r}, {str(project / 'holdout.csv')!r}\n{FIGURES}"
        commands = {"mlops validate: six metrics": judge, "scikit-learn: five, no intervals": [sys.executable, "-c", script]}
        print_costs(f"{options.rows:,} predictions", measure.costs_in_turn(commands, options.rounds, program.environment),
                    "mlops validate: six metrics")


if __name__ == "__main__":
    main()
