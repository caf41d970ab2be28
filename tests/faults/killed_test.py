#!/usr/bin/python3
"""SIGKILL just before any change of a file, and at any moment: the registry is sound, and the command works when run again.

A sample of the points is tried, all of them with MLOPS_FAULTS=all.
"""

import json
import os
import random
import re
import shutil
import signal
import time

import sandbox
import strace

SAMPLE = 16
RANDOM_KILLS = 200 if sandbox.EVERYTHING else 10


class Killed(sandbox.Test):
    def setUp(self):
        super().setUp()
        self.make_project()

    def kill_everywhere(self, words, check, clean_up=lambda: None):
        """Runs `words` from the same state again and again, killed at another point each time; `check(killed, again)` afterwards."""
        restore = self.snapshot()
        points = strace.changing_calls(self, *words)
        self.assertGreater(len(points), SAMPLE, "too few points: is anything traced?")
        kills = 0
        for point in sandbox.spread(points, SAMPLE):
            restore()
            clean_up()
            with self.subTest(killed_before=f"{point.call} number {point.number}: {point.text[:100]}"):
                killed = strace.run(self, f"{point.call}:signal=KILL:when={point.number}", *words)
                self.assertIn(killed.returncode, (0, -signal.SIGKILL), self.told(killed))
                kills += killed.returncode != 0
                self.assert_sound("after the kill")
                again = self.mlops(*words)
                self.assert_sound("after the second try")
                check(killed, again)
        self.assertGreater(kills, SAMPLE // 2)

    @strace.needed
    def test_init(self):
        sub = self.project / "sub"
        sub.mkdir()

        def check(_killed, _again):
            self.assertTrue((sub / "mlops.toml").read_text())
            self.mlops("-C", "sub", "doctor")
            self.mlops("-C", "sub", "audit", "verify")

        self.kill_everywhere(["-C", "sub", "init"], check)

    @strace.needed
    def test_register(self):
        self.register("first.bin", "first")
        for i in range(3):
            self.write(f"model/{i}.bin", f"weights {i}")
        self.write("big.bin", b"m" * 3_000_000)

        def check(killed, again):
            self.assertEqual(self.numbers(), [1, 2])
            self.assertEqual(again.stdout, "churn@2\n")
            if "churn@" in killed.stdout:
                self.assertEqual(killed.stdout, "churn@2\n")
            self.mlops("checkout", "churn@2", self.tmp / "out")
            self.assertEqual((self.tmp / "out/big.bin").stat().st_size, 3_000_000)
            self.run_program("rm", "-r", self.tmp / "out")

        self.kill_everywhere(["-q", "register", "churn", "model", "big.bin", "--data", "train=data.csv", "--tag", "team=risk"], check)

    @strace.needed
    def test_promote(self):
        self.register("first.bin", "first")
        self.mlops("promote", "churn@1", "--to", "staging")
        self.register("second.bin", "second")

        def check(killed, _again):
            shown = json.loads(self.mlops("--json", "show", "churn@staging").stdout)
            self.assertEqual((shown["number"], shown["stages"]), (2, ["staging"]))
            changes = json.loads(self.mlops("--json", "history", "churn").stdout)["entries"]
            self.assertEqual([change["version"] for change in changes], ["churn@2", "churn@1"])

        self.kill_everywhere(["promote", "churn@2", "--to", "staging"], check)

    def watched(self):
        """A version whose inputs, predictions and truths are at hand."""
        self.write("inputs.csv", "age,city\n" + "".join(f"{20 + i % 40},{'Oslo' if i % 3 else 'Rome'}\n" for i in range(90)))
        self.write("scores.csv", "id,prediction,score\n" + "".join(f"{i},{i % 2},0.{i % 9}\n" for i in range(90)))
        self.write("truths.csv", "id,truth\n" + "".join(f"{i},{i % 3 % 2}\n" for i in range(90)))
        self.register("first.bin", "first")

    def batches(self):
        return json.loads(self.mlops("--json", "monitor", "list", "churn@1").stdout)["batches"]

    @strace.needed
    def test_monitor_record(self):
        self.watched()

        def check(_killed, again):
            self.assertIn("batch 1", again.stdout)
            (batch,) = self.batches()
            self.assertEqual((batch["rows"], batch["predictions"]["rows"]), (90, 90))

        self.kill_everywhere(["monitor", "record", "churn@1", "--data", "inputs.csv", "--reference", "inputs.csv",
                              "--predictions", "scores.csv"], check)

    @strace.needed
    def test_monitor_outcomes(self):
        self.watched()
        self.mlops("monitor", "record", "churn@1", "--predictions", "scores.csv")

        def check(_killed, _again):
            (batch,) = self.batches()
            self.assertEqual(batch["predictions"]["known"], 90)
            self.assertIn("metrics.accuracy", batch["figures"])

        self.kill_everywhere(["monitor", "record", "churn@1", "--outcomes", "truths.csv"], check)

    @strace.needed
    def test_monitor_stream(self):
        """What was full stays: windows that were recorded before the kill are known again, and count once."""
        self.watched()
        command = f"{sandbox.program} monitor record churn@1 --data - --window 30 --reference inputs.csv <inputs.csv"

        def check(_killed, _again):
            self.assertEqual(sorted(batch["rows"] for batch in self.batches()), [30, 30, 30])

        self.mlops("monitor", "record", "churn@1", "--data", "inputs.csv", "--reference", "inputs.csv", "--dry-run")
        restore = self.snapshot()
        random.seed(1)
        for _ in range(RANDOM_KILLS):
            restore()
            process = self.start("sh", "-c", f"exec {command}")
            time.sleep(random.uniform(0, 0.15))
            process.send_signal(signal.SIGKILL)
            process.communicate()
            self.assert_sound("after the kill")
            self.run_program("sh", "-c", command)
            check(None, None)

    @strace.needed
    def test_smaller_changes(self):
        self.register("first.bin", "first")
        self.register("second.bin", "second")
        self.mlops("promote", "churn@1", "--to", "staging")
        self.mlops("promote", "churn@2", "--to", "staging")
        restore = self.snapshot()
        for words in (["dataset", "add", "train", "data.csv"], ["rollback", "churn", "--stage", "staging"],
                      ["tag", "churn@1", "team=risk"], ["alias", "churn@1", "champion"]):
            points = strace.changing_calls(self, *words)
            for point in sandbox.spread(points, SAMPLE // 4):
                restore()
                with self.subTest(words=words, killed_before=point.text[:100]):
                    strace.run(self, f"{point.call}:signal=KILL:when={point.number}", *words)
                    self.assert_sound("after the kill")
                    self.mlops(*words)
                    self.assert_sound("after the second try")
            restore()

    def trees_left(self):
        return len(self.git("worktree", "list").splitlines()) - 1

    @strace.needed
    def test_retrain(self):
        before = self.state_of_git()

        def check(killed, again):
            self.assertEqual(self.state_of_git(), before)
            numbers = self.numbers()
            self.assertEqual(numbers, [1], "the same code and data make the same files")
            self.assertIn("churn@1", again.stdout)
            self.mlops("run", "gc")  # what was kept to be resumed
            self.assertEqual(self.trees_left(), 0)

        self.kill_everywhere(["-q", "retrain", "churn"], check, clean_up=self.empty_temporary_folder)

    def empty_temporary_folder(self):
        """The snapshot does not know the worktrees of the try before."""
        shutil.rmtree(self.tmp)
        self.tmp.mkdir()

    def test_retrain_at_any_moment(self):
        """Without strace, so that the training and git run on for a while when their parent is gone."""
        self.write("train.sh", "sleep 0.05\n" + sandbox.TRAINING)
        self.git("commit", "--quiet", "--all", "--message", "slower")
        self.write("data.csv", "age,income\n31,1000.5\n32,2000\n")
        self.write("note.txt", "not committed")
        self.git("stash", "push", "--quiet", "--", "data.csv")
        self.git("add", "note.txt")
        before = self.state_of_git()
        start = time.monotonic()
        self.mlops("-q", "retrain", "churn")
        usual = time.monotonic() - start
        generator = random.Random(7)
        for number in range(RANDOM_KILLS):
            after = generator.uniform(0, usual)
            with self.subTest(killed_after=f"{after:.3f} s of {usual:.3f} s"):
                process = self.start(sandbox.program, "-q", "retrain", "churn", "--param", f"lr={number}")
                time.sleep(after)
                process.kill()
                out, _ = process.communicate()
                self.assert_sound("after the kill")
                if out:
                    self.mlops("show", out.strip())
                again = self.mlops("-q", "retrain", "churn", "--param", f"lr={number}")
                self.mlops("show", again.stdout.strip())
                self.mlops("run", "gc")  # what was kept to be resumed, or made by a git that outlived its parent
                self.assertEqual(self.trees_left(), 0)
                self.assertEqual(self.state_of_git(), before)
        self.assert_sound("at the end")
        running = [run for run in json.loads(self.mlops("--json", "run", "list").stdout)["runs"] if run["status"] == "running"]
        self.assertEqual(running, [])

    def test_registering_at_any_moment(self):
        restore = self.snapshot()
        for i in range(40):
            self.write(f"model/{i}.bin", os.urandom(50_000))
        start = time.monotonic()
        self.mlops("-q", "register", "churn", "model")
        usual = time.monotonic() - start
        restore()
        generator = random.Random(7)
        printed = set()
        for number in range(RANDOM_KILLS):
            for i in range(40):
                self.write(f"model/{i}.bin", os.urandom(50_000))
            process = self.start(sandbox.program, "-q", "register", "churn", "model")
            time.sleep(generator.uniform(0, usual))
            process.kill()
            out, _ = process.communicate()
            printed.update(re.findall(r"churn@\d+", out))
            self.assert_sound(f"after kill {number}")
            printed.add(self.mlops("-q", "register", "churn", "model").stdout.strip())
        self.assertEqual(sorted(int(version.split("@")[1]) for version in printed), self.numbers())


sandbox.main()
