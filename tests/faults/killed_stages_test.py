#!/usr/bin/python3
"""A training in stages, two of them side by side, killed at any moment and before calls that change files, then resumed: one version
with the right bytes, what was recorded as done is not done again, nothing left."""

import json
import os
import random
import shutil
import signal
import time

import sandbox
import strace

KILLS = 60 if sandbox.EVERYTHING else 5
SAMPLE = 10

POLICY = """\
[model.churn.train]
params  = { hold = 0.05 }
inputs  = { train = "data.csv" }
outputs = ["model"]

[model.churn.train.stage.left]
command = ["sh", "stage.sh", "left", "{inputs.train}", "{outputs.l}", "{params.hold}"]
outputs = { l = "l" }

[model.churn.train.stage.right]
command = ["sh", "stage.sh", "right", "{inputs.train}", "{outputs.r}", "{params.hold}"]
outputs = { r = "r" }

[model.churn.train.stage.join]
command = ["sh", "stage.sh", "join", "{inputs.l}", "{outputs.model}", "{params.hold}", "{inputs.r}"]
outputs = { model = "model.bin" }
metrics = "metrics.json"
"""

# Each leaves a line in a file that counts how often it ran.
STAGE = """\
echo "$1" >>"$HOME/ran"
sleep "$4"
{ echo "$1"; cat "$2" ${5+"$5"}; } >"$3"
[ "$1" != join ] || echo '{"auc": 0.9}' >metrics.json
"""

# And a process that has left its group.
DAEMON = "setsid sh -c 'while sleep 0.05; do :; done' >/dev/null 2>&1 &\n"

MODEL = "join\nleft\nage,income\n31,1000.5\nright\nage,income\n31,1000.5\n"


class KilledStages(sandbox.Test):
    def setUp(self):
        super().setUp()
        self.make_project()
        self.words = ["-q", "retrain", "churn", "--jobs", "2"]
        self.ran = self.root / "home/ran"

    def commit_stages(self, script):
        self.write("mlops.toml", POLICY)
        self.write("stage.sh", script)
        self.git("add", ".")
        self.git("commit", "--quiet", "--message", "stages")
        self.restore = self.snapshot()

    def start_again(self):
        self.restore()
        shutil.rmtree(self.tmp)  # which knows of work trees that the restored repository does not
        self.tmp.mkdir()
        self.ran.unlink(missing_ok=True)

    def newest_run(self):
        runs = json.loads(self.mlops("--json", "run", "list").stdout)["runs"]
        return json.loads(self.mlops("--json", "run", "show", str(runs[0]["run"])).stdout) if runs else None

    @staticmethod
    def done_stages(run):
        stages = ((run or {}).get("execution") or {}).get("stages") or []
        return [stage["name"] for stage in stages if stage["status"] == "succeeded"]

    def killed(self, words, after):
        process = self.start(sandbox.program, *words)
        time.sleep(after)
        process.kill()
        process.communicate()
        self.assert_sound("after the kill")

    def finish(self):
        """Goes on with what was killed, from wherever it came to."""
        run = self.newest_run()
        done = self.done_stages(run)
        ran_before = self.ran.read_text().split() if self.ran.exists() else []
        if not run or run["status"] == "failed":
            self.mlops(*self.words)
        elif run["status"] != "succeeded":
            self.mlops("-q", "retrain", "--resume", str(run["run"]))
        ran_after = self.ran.read_text().split()[len(ran_before):]
        self.assertEqual(sorted(set(done) & set(ran_after)), [], "what is recorded as done is not done again")
        self.assert_all_done()

    def assert_all_done(self):
        run = self.newest_run()
        self.assertEqual(run["status"], "succeeded")
        stages = {stage["name"]: stage["status"] for stage in run["execution"]["stages"]}
        self.assertEqual(sorted(stages), ["join", "left", "right"])
        self.assertLessEqual(set(stages.values()), {"succeeded", "reused"})
        self.assertEqual(self.numbers(), [1])
        version = json.loads(self.mlops("--json", "show", "churn@1").stdout)
        self.assertEqual(version["metrics"], {"auc": 0.9})
        self.mlops("checkout", "churn@1", self.root / "out")
        self.assertEqual((self.root / "out/model.bin").read_text(), MODEL)
        self.run_program("rm", "-r", self.root / "out")
        self.assertEqual(self.processes_of_training(), [])
        self.let_time_pass()
        self.mlops("run", "gc")
        self.assertEqual(self.trees(), 0)
        self.assertEqual(self.left_in_tmp(), [])
        self.assert_sound("at the end")

    def let_time_pass(self):
        """Of what was left without a word whose it is, only what is older than a minute is taken for left."""
        made = time.time() - 120
        for path in [*self.tmp.glob("mlops-*"), *(self.project / ".git/worktrees").glob("*")]:
            os.utime(path, (made, made))

    def test_at_any_moment(self):
        self.commit_stages(DAEMON + STAGE)
        start = time.monotonic()
        self.mlops(*self.words)
        usual = time.monotonic() - start
        self.assert_all_done()
        generator = random.Random(7)
        for number in range(KILLS):
            self.start_again()
            after = usual * (number + generator.random()) / KILLS
            with self.subTest(killed_after=f"{after:.3f} s of {usual:.3f} s"):
                self.killed(self.words, after)
                run = self.newest_run()
                if number % 2 and run and run["status"] != "succeeded":
                    self.killed(["-q", "retrain", "--resume", "1"], generator.uniform(0, usual))
                self.finish()

    @strace.needed
    def test_before_each_change(self):
        self.commit_stages(STAGE)  # the tracer would wait for a daemon
        points = strace.storing_calls(self, *self.words, calls=strace.CHANGING)
        self.assertGreater(len(points), SAMPLE, "too few points: is anything traced?")
        kills = 0
        for point in sandbox.spread(points, SAMPLE):
            self.start_again()
            with self.subTest(killed_before=f"{point.call} number {point.number}: {point.text[:100]}"):
                killed = strace.run(self, f"{point.call}:signal=KILL:when={point.number}", *self.words, threads=True)
                # Where a program that it started was killed instead, it says so.
                self.assertIn(killed.returncode, (0, 1, 7, -signal.SIGKILL), self.told(killed))
                kills += killed.returncode == -signal.SIGKILL
                self.finish()
        self.assertGreater(kills, SAMPLE // 3)


sandbox.main()
