#!/usr/bin/python3
"""A search whose trials run side by side, killed at any moment and resumed: every trial once, the best registered once, nothing left."""

import json
import random
import shutil
import time
from pathlib import Path

import sandbox

KILLS = 60 if sandbox.EVERYTHING else 4
TRIALS = ["1", "2", "3", "4"]

# What it leaves running has left its process group.
TRAINING = """\
setsid sh -c 'while sleep 0.05; do :; done' >/dev/null 2>&1 &
sleep 0.05
cp data.csv model.bin
echo "$1" >>model.bin
echo "{\\"auc\\": 0.$1}" >metrics.json
"""


class KilledSearch(sandbox.Test):
    def setUp(self):
        super().setUp()
        self.make_project()
        self.write("train.sh", TRAINING)
        self.git("commit", "--quiet", "--all", "--message", "daemons")
        self.words = ["-q", "retrain", "churn", "--set", f"lr=[{','.join(TRIALS)}]", "--objective", "auc:max", "--jobs", "2"]

    def runs(self):
        return json.loads(self.mlops("--json", "run", "list").stdout)["runs"]

    def killed(self, words, after):
        """Whether it came so far as to have a run that can be resumed."""
        process = self.start(sandbox.program, *words)
        time.sleep(after)
        process.kill()
        process.communicate()
        self.assert_sound("after the kill")
        searches = [run for run in self.runs() if run["search_plan"]]
        return bool(searches) and searches[0]["status"] != "succeeded"

    def assert_all_done(self):
        runs = self.runs()
        trials = sorted((run for run in runs if run["search"] == 1), key=lambda run: run["run"])
        done = [run["params"]["lr"] for run in trials if run["status"] == "succeeded"]
        self.assertEqual(sorted(map(str, done)), TRIALS, "every trial once")
        self.assertEqual({run["status"] for run in trials} - {"succeeded", "interrupted"}, set())
        self.assertEqual([run["status"] for run in runs if run["search_plan"]], ["succeeded"])
        self.assertEqual(self.numbers(), [1])
        version = json.loads(self.mlops("--json", "show", "churn@1").stdout)
        self.assertEqual(version["metrics"], {"auc": 0.4})
        self.mlops("checkout", "churn@1", self.root / "out")
        self.assertEqual((self.root / "out/model.bin").read_text(), "age,income\n31,1000.5\n4\n")
        self.run_program("rm", "-r", self.root / "out")

    def assert_nothing_left(self):
        self.assertEqual(self.processes_of_training(), [])
        self.mlops("run", "gc")  # folders that no run knew of yet
        self.assertEqual(self.trees(), 0)
        # A folder whose maker was killed before it could write its name there holds nothing, and could be anybody's.
        left = [name for name in self.left_in_tmp() if any(path.is_file() and path.stat().st_size for path in (self.tmp / name).rglob("*"))]
        self.assertEqual(left, [])
        self.assertEqual([path.name for path in Path(self.project / ".mlops").glob("searches/*")], [])

    def test_at_any_moment(self):
        restore = self.snapshot()
        start = time.monotonic()
        self.mlops(*self.words)
        usual = time.monotonic() - start
        self.assert_all_done()
        self.assert_nothing_left()
        before = self.state_of_git()
        generator = random.Random(7)
        resumed = 0
        for number in range(KILLS):
            restore()
            shutil.rmtree(self.tmp)  # which knows of work trees that the restored repository does not
            self.tmp.mkdir()
            after = usual * (number + generator.random()) / KILLS
            with self.subTest(killed_after=f"{after:.3f} s of {usual:.3f} s"):
                if not self.killed(self.words, after):
                    continue
                resumed += 1
                resume = ["-q", "retrain", "--resume", "1"]
                if number % 2 == 0 and not self.killed(resume, generator.uniform(0, usual)):
                    resume = ["run", "show", "1"]  # it had ended before
                self.mlops(*resume)
                self.assert_all_done()
                self.assert_nothing_left()
                self.assertEqual(self.state_of_git(), before)
                self.assert_sound("at the end")
        self.assertGreaterEqual(resumed, KILLS // 4, "it was killed too early or too late")


sandbox.main()
