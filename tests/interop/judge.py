"""What both tests need: makers of files run by the Pythons that are here, and the answers of `mlops inspect` and `mlops scan`."""

import json
import subprocess
import sys
from pathlib import Path

MODELS = Path(__file__).resolve().parent / "models"
DEBIAN = "/usr/bin/python3"
CANNOT = 77
# What `mlops scan` exits with: without and with --strict.
EXIT_CODES = {"allowlisted": (0, 0), "unknown": (0, 1), "dangerous": (1, 1), "unscannable": (2, 2), "malformed": (2, 2)}
NOTHING_SUPPORTED = 3


class Wrong(AssertionError):
    pass


def made(maker, python, folder):
    """The expectations of what `models/make_MAKER.py` makes, or None where its library is not installed."""
    folder.mkdir(parents=True, exist_ok=True)
    result = subprocess.run([python, "-B", MODELS / f"make_{maker}.py", folder], check=False, text=True, capture_output=True)
    if result.returncode == CANNOT:
        print(f"skipped: {maker} by {python}: {result.stderr.strip()}", file=sys.stderr)
        return None
    if result.returncode != 0:
        raise Wrong(f"make_{maker}.py by {python}:\n{result.stderr}")
    for line in result.stdout.splitlines():
        print(line, file=sys.stderr)
    return json.loads((folder / "expected.json").read_text())


class Mlops:
    def __init__(self, program, folder):
        self.program = program
        self.folder = folder  # that nobody's settings or registry are in
        self.environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "LC_ALL": "C.UTF-8", "GIT_CEILING_DIRECTORIES": str(folder)}

    def run(self, *words):
        return subprocess.run([self.program, *map(str, words)], cwd=self.folder, env=self.environment, check=False, capture_output=True)

    def answer(self, *words):
        result = self.run(*words)
        try:
            return result.returncode, json.loads(result.stdout)
        except ValueError:
            raise Wrong(f"`mlops {' '.join(map(str, words))}`: exit {result.returncode}, no JSON\n"
                        f"{result.stdout.decode(errors='replace')}{result.stderr.decode(errors='replace')}") from None

    def inspect(self, path):
        code, report = self.answer("inspect", path, "--tensors", "--json")
        if code != 0:
            raise Wrong(f"`mlops inspect {path}`: exit {code}")
        return report

    def scan(self, path, strict=False):
        """Its exit code is held against the verdict that it prints."""
        code, report = self.answer("scan", path, "--json", *(["--strict"] if strict else []))
        wanted = EXIT_CODES[report["verdict"]][strict]
        if code != wanted and not (code == NOTHING_SUPPORTED and not report["supported"]):
            raise Wrong(f"`mlops scan {path}`: exit {code} with verdict {report['verdict']}")
        return report


def why(report, most=3):
    """The findings of a scan, in few words."""
    found = [f"{finding['rule']}: {finding['what']}" for file in report["files"] for finding in file["findings"]]
    return "; ".join(found[:most]) or "no findings"
