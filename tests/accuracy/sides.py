"""Both sides of a comparison: what `mlops` and its library say, and the book in which each figure is noted beside a judge's."""

import json
import math
import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Row:
    statistic: str
    judge: str
    shown_by: str
    data: list = field(default_factory=list)
    figures: int = 0
    difference: float = 0.0


def apart(ours, theirs):
    """By how much two figures differ, as a share of theirs where that is above 1. What is not there is None or NaN on both sides."""
    ours, theirs = (math.nan if value is None else float(value) for value in (ours, theirs))
    if math.isnan(ours) or math.isnan(theirs):
        return 0.0 if math.isnan(ours) and math.isnan(theirs) else math.inf
    return 0.0 if ours == theirs else abs(ours - theirs) / max(1.0, abs(theirs))


class Book:
    def __init__(self):
        self.rows = {}
        self.absent = set()

    def note(self, statistic, judge, shown_by, data, ours, theirs):
        """One pair of figures, or two lists of them."""
        row = self.rows.setdefault((statistic, judge), Row(statistic, judge, shown_by))
        if data not in row.data:
            row.data.append(data)
        ours, theirs = (list(side) if hasattr(side, "__len__") else [side] for side in (ours, theirs))
        if len(ours) != len(theirs):
            raise SystemExit(f"{statistic} of {data}: {len(ours)} figures, and {judge} has {len(theirs)}")
        row.figures += len(ours)
        row.difference = max([row.difference, *map(apart, ours, theirs)])

    def lacks(self, judge):
        self.absent.add(judge)


class Library:
    def __init__(self, tool):
        self.tool = tool

    def ask(self, function, **arguments):
        request = {"function": function, **{name: plain(value) for name, value in arguments.items()}}
        result = subprocess.run([self.tool], input=json.dumps(request), check=False, text=True, capture_output=True)
        if result.returncode != 0:
            raise SystemExit(f"library_figures, {function}: {result.stderr.strip()}")
        return json.loads(result.stdout)


class Program:
    """`mlops` in folders where nobody's settings or registry are."""

    def __init__(self, program, folder):
        self.program, self.folder, self.projects = str(program), Path(folder), 0
        self.environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "LC_ALL": "C.UTF-8", "TMPDIR": str(folder),
                            "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CEILING_DIRECTORIES": str(folder), "MLOPS_ACTOR": "Ada <ada@example.org>"}

    def run(self, where, *argv, codes=(0,)):
        result = subprocess.run([*map(str, argv)], cwd=where, env=self.environment, check=False, text=True, capture_output=True)
        if result.returncode not in codes:
            raise SystemExit(f"`{' '.join(map(str, argv))}`: exit {result.returncode}\n{result.stdout}{result.stderr}")
        return result.stdout

    def answer(self, *words, codes=(0,), where=None):
        return json.loads(self.run(where or self.folder, self.program, *words, "--json", codes=codes))

    def write(self, name, frame):
        path = self.folder / name
        path.write_text(csv_text(frame), encoding="utf-8")
        return path

    def gate(self, conditions, holdout, versions, recipe=""):
        """The evidence of conditions on the last version; the first one holds `staging`. Versions are their predictions."""
        self.projects += 1
        project = self.folder / f"project{self.projects}"
        os.makedirs(project)
        (project / "holdout.csv").write_text(csv_text(holdout), encoding="utf-8")
        (project / "mlops.toml").write_text(
            f"[gate.production]\npredictions = {json.dumps(conditions)}\n[model.judged.predictions]\ndata = \"holdout.csv\"\n"
            'command = ["cp", "{files}/predictions.csv", "{predictions}"]\n' + recipe, encoding="utf-8")
        for argv in (["init", "-q"], ["add", "."], ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "commit", "-qm", "Judge"]):
            self.run(project, "git", *argv)
        self.run(project, self.program, "init", "-q")
        for number, predictions in enumerate(versions, start=1):
            files = project / f"version{number}"
            os.makedirs(files)
            (files / "predictions.csv").write_text(csv_text(predictions), encoding="utf-8")
            self.run(project, self.program, "register", "judged", files, "-q")
            if number == 1:
                self.run(project, self.program, "promote", "judged@1", "--to", "staging", "-q")
        verdict = self.answer("validate", f"judged@{len(versions)}", "--gate", "production", codes=(0, 3), where=project)["verdicts"][0]
        evidence = [each for each in verdict["evidence"] if each["check"].startswith("predictions.")]
        for each in evidence:
            if each["result"] == "error":
                raise SystemExit(f"{each['check']}: {each['reason']}")
        return evidence


def plain(value):
    """numpy's numbers and arrays as Python's."""
    return value.tolist() if hasattr(value, "tolist") else [plain(item) for item in value] if isinstance(value, list) else value


def cell(value):
    value = plain(value)
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    text = value if isinstance(value, str) else repr(value)
    return '"' + text.replace('"', '""') + '"' if any(sign in text for sign in ',"\n') else text


def csv_text(frame):
    """Of a dictionary of columns; numbers with all their digits."""
    rows = zip(*frame.values())
    return "\n".join([",".join(map(cell, frame)), *(",".join(map(cell, row)) for row in rows)]) + "\n"
