#!/usr/bin/python3
"""Searching beside others: Optuna asked through its own command line, and twelve trials of a second each, two at a time, beside a
plain shell and, with MLOPS_INTEROP=all, `dvc exp run --queue`.

    search_test.py MLOPS BIN

BIN is the folder of a virtual environment with the packages below.
"""
# from PyPI: optuna dvc

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

mlops, peers = str(Path(sys.argv[1]).resolve()), Path(sys.argv[2]).absolute()
TRIALS = 12
TRAIN = """\
import json, os, sys, time
params = json.load(open(os.environ["MLOPS_PARAMS"])) if "MLOPS_PARAMS" in os.environ else json.load(open("params.json"))
time.sleep(params["rest"])
os.makedirs("model", exist_ok=True)
json.dump(params, open("model/weights.json", "w"))
json.dump({"loss": (params["x"] - 0.3) ** 2 + (params["y"] - 4) ** 2}, open("metrics.json", "w"))
"""
POLICY = """\
[model.m.train]
command = ["/usr/bin/python3", "train.py"]
outputs = { model = "model/" }
metrics = "metrics.json"
objective = "loss:min"
[model.m.train.params]
x    = { default = 0.5, min = 0, max = 1 }
y    = { default = 1, min = 0, max = 11 }
rest = 0
"""
DVC_YAML = """\
stages:
  train:
    cmd: /usr/bin/python3 train.py
    deps: [train.py]
    params: [params.json:]
    outs: [model]
    metrics: [{metrics.json: {cache: false}}]
"""


class Search(unittest.TestCase):
    def setUp(self):
        self.root = Path(tempfile.mkdtemp(prefix="mlops-interop-"))
        self.addCleanup(shutil.rmtree, self.root, ignore_errors=True)
        self.environment = {
            "PATH": f"{peers}:/usr/bin:/bin", "HOME": str(self.root), "LC_ALL": "C.UTF-8", "TMPDIR": str(self.root),
            "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CEILING_DIRECTORIES": str(self.root), "DVC_NO_ANALYTICS": "1",
            "MLOPS_ACTOR": "Ada <ada@example.org>", "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.org",
            "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.org",
        }

    def run_in(self, folder, *argv, status=0):
        result = subprocess.run([str(word) for word in argv], cwd=folder, env=self.environment, check=False, text=True, capture_output=True)
        self.assertEqual(result.returncode, status, f"`{' '.join(map(str, argv))}`\n{result.stdout}{result.stderr}")
        return result.stdout

    def project(self, name, files):
        folder = self.root / name
        folder.mkdir()
        self.run_in(folder, "git", "init", "--quiet", "--initial-branch=main")
        for path, text in files.items():
            (folder / path).write_text(text)
        return folder

    def commit(self, folder):
        self.run_in(folder, "git", "add", ".")
        self.run_in(folder, "git", "commit", "--quiet", "--message", "a project")
        return folder

    def our_project(self):
        folder = self.project("ours", {"train.py": TRAIN, "mlops.toml": POLICY})
        self.run_in(folder, mlops, "init")
        return self.commit(folder)

    def test_optuna_is_asked_and_told(self):
        if not (peers / "optuna").exists():
            self.skipTest("optuna is not here")
        folder = self.our_project()
        words = ("retrain", "m", "--set", "x", "--set", "y", "--search", "optuna", "--sample", TRIALS, "--jobs", 2)
        found = json.loads(self.run_in(folder, mlops, *words, "--json"))
        trials = found["search"]["trials"]
        self.assertEqual([trial["trial"] for trial in trials], list(range(1, TRIALS + 1)))
        self.assertEqual({trial["status"] for trial in trials}, {"succeeded"})
        for trial in trials:
            self.assertTrue(0 <= trial["params"]["x"] <= 1, trial)
            self.assertIn(trial["params"]["y"], range(12), trial)
        self.assertGreater(len({trial["params"]["x"] for trial in trials}), TRIALS // 2)
        best = min(trials, key=lambda trial: trial["value"])
        self.assertEqual(found["search"]["best"], best["trial"])
        self.assertEqual(found["version"], "m@1")
        self.assertEqual(list((folder / ".mlops").rglob("optuna.db")), [])

    def test_twelve_trials_of_a_second(self):
        """What each adds to the six seconds that two workers need."""
        times = {}

        def timed(name, folder, *argv):
            start = time.monotonic()
            out = self.run_in(folder, *argv)
            times[name] = time.monotonic() - start
            return out

        ours = self.our_project()
        values = ",".join(str(y) for y in range(TRIALS))
        timed("mlops retrain --jobs 2", ours, mlops, "retrain", "m", "--param", "rest=1", "--set", f"y=[{values}]", "--jobs", 2)
        self.assertEqual(len(self.run_in(ours, mlops, "run", "list", "--where", "search = 1", "-q").split()), TRIALS)

        shell = self.project("shell", {"train.py": TRAIN})
        for y in range(TRIALS):
            (shell / str(y)).mkdir()
            (shell / f"{y}/params.json").write_text(json.dumps({"x": 0.5, "y": y, "rest": 1}))
        timed("a plain shell", shell, "sh", "-c",
              f"seq 0 {TRIALS - 1} | xargs -P 2 -I N sh -c 'cd N && python3 ../train.py'")

        # Its queue starts and imports DVC anew for each trial: minutes of two cores.
        if (peers / "dvc").exists() and os.environ.get("MLOPS_INTEROP") == "all":
            theirs = self.project("theirs", {"train.py": TRAIN, "dvc.yaml": DVC_YAML,
                                             "params.json": json.dumps({"x": 0.5, "y": 1, "rest": 1})})
            self.run_in(theirs, peers / "dvc", "init", "--quiet")
            self.commit(theirs)
            start = time.monotonic()
            self.run_in(theirs, peers / "dvc", "exp", "run", "--queue", "-S", f"params.json:y={values}")
            self.run_in(theirs, peers / "dvc", "queue", "start", "-j", "2")
            deadline = start + 300
            while time.monotonic() < deadline:
                status = self.run_in(theirs, peers / "dvc", "queue", "status")
                if status.count("Success") + status.count("Failed") >= TRIALS:
                    break
                time.sleep(0.5)
            times["dvc exp run --queue, -j 2"] = time.monotonic() - start
            print(f"\n  dvc: {status.count('Success')} of {TRIALS} succeeded", file=sys.stderr)
        print("\n" + "\n".join(f"  {name:28}{seconds:8.2f} s" for name, seconds in times.items()), file=sys.stderr)


unittest.main(argv=sys.argv[:1], verbosity=2)
