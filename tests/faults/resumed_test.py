#!/usr/bin/python3
"""A retraining killed at each of its steps goes on where it stood, and nothing is registered twice."""

import json
import os
import signal
import time

import sandbox
import strace

# Counts its attempts where checkpoints go, so that a test sees whether it was run again, and from what.
TRAINING = """\
echo "attempt $MLOPS_ATTEMPT" >>"$MLOPS_CHECKPOINT_DIR/attempts"
cat "$MLOPS_CHECKPOINT_DIR/attempts"
cp data.csv model.bin
echo '{"auc": 0.91}' >metrics.json
"""

STEPS = {
    "materialise": "the commit is checked out",
    "run": "the command runs",
    "register": "the result is registered",
    "promote": "the version goes through the gate",
}


class Resumed(sandbox.Test):
    def setUp(self):
        super().setUp()
        self.make_project()
        self.write("train.sh", TRAINING)
        self.git("commit", "--quiet", "--all", "--message", "with checkpoints")

    def only_run(self):
        runs = json.loads(self.mlops("--json", "run", "list").stdout)["runs"]
        self.assertEqual(len(runs), 1)
        return runs[0]

    @strace.needed
    def test_killed_before_each_change(self):
        words = ["-q", "retrain", "churn", "--promote", "staging"]
        restore = self.snapshot()
        before = self.state_of_git()
        points = strace.changing_calls(self, *words)
        seen = set()
        for point in sandbox.spread(points, 40):
            restore()
            self.run_program("rm", "-rf", self.tmp)
            self.tmp.mkdir()
            with self.subTest(killed_before=f"{point.call} number {point.number}: {point.text[:100]}"):
                killed = strace.run(self, f"{point.call}:signal=KILL:when={point.number}", *words)
                if killed.returncode == 0:
                    continue
                self.assert_sound("after the kill")
                runs = json.loads(self.mlops("--json", "run", "list").stdout)["runs"]
                if not runs or not runs[0]["execution"]["step"]:
                    continue  # killed before there was a run, or when all was done
                step = runs[0]["execution"]["step"]
                seen.add(step)
                resumed = self.mlops("-q", "retrain", "--resume", "1")
                self.assertEqual(resumed.stdout, "churn@1\n")
                self.assertEqual(self.numbers(), [1])
                self.assertEqual(self.only_run()["status"], "succeeded")
                history = json.loads(self.mlops("--json", "history", "churn").stdout)["entries"]
                self.assertEqual([change["stage"] for change in history], ["staging"], step)
                self.assertEqual(self.trees(), 0)
                self.assertEqual(self.left_in_tmp(), [])
                self.assertEqual(self.state_of_git(), before)
                self.assert_sound("after going on")
                self.mlops("retrain", "--resume", "1", expect=3)
        self.assertEqual(seen, set(STEPS), "some step was never killed")

    def kill_in_training(self):
        """Kills mlops, and nothing else, while its command runs."""
        self.write("train.sh", TRAINING + f"touch '{self.tmp}/started'\nwhile [ \"$MLOPS_ATTEMPT\" = 1 ] && [ -e \"$MLOPS_PARAMS\" ]; do sleep 0.05; done\n")
        self.git("commit", "--quiet", "--all", "--message", "endless at first")
        process = self.start(sandbox.program, "retrain", "churn")
        end = time.monotonic() + 60
        while not (self.tmp / "started").exists():
            self.assertLess(time.monotonic(), end, "the training did not start")
            time.sleep(0.01)
        process.kill()
        process.communicate()

    def test_goes_on_with_its_checkpoints(self):
        self.kill_in_training()
        self.assertEqual(json.loads(self.mlops("--json", "run", "show", "1").stdout)["lost"], True)
        resumed = self.mlops("retrain", "--resume", "1")
        self.assertIn("registered churn@1", resumed.stdout)
        self.assertIn("attempt 1\nattempt 2\n", self.mlops("run", "log", "1").stdout)
        self.assertEqual(self.trees(), 0)
        self.assertEqual(self.left_in_tmp(), [])
        self.assertEqual(self.processes_of_training(), [])
        self.assert_sound()

    def test_goes_on_after_another_command_has_closed_it(self):
        self.kill_in_training()
        other = self.mlops("run", "--", "true")
        self.assertIn("mlops retrain --resume 1", other.stderr)
        run = json.loads(self.mlops("--json", "run", "show", "1").stdout)
        self.assertEqual((run["status"], run["lost"]), ("interrupted", False))
        self.assertIn("attempt 1", self.mlops("run", "log", "1").stdout)
        self.assertEqual(self.mlops("-q", "retrain", "--resume", "1").stdout, "churn@1\n")
        self.assertEqual(self.left_in_tmp(), [])

    def test_goes_on_when_its_folder_is_gone(self):
        self.kill_in_training()
        self.run_program("rm", "-rf", *[path for path in self.tmp.iterdir() if path.name.startswith("mlops-")])
        self.write("train.sh", "exit 9\n")  # the commit counts, not the folder
        resumed = self.mlops("retrain", "--resume", "1")
        self.assertIn("checking the commit out again", resumed.stderr)
        self.assertIn("registered churn@1", resumed.stdout)
        self.assertEqual(self.left_in_tmp(), [])
        self.assertEqual(self.trees(), 0)

    def test_is_removed_by_gc(self):
        self.kill_in_training()
        self.assertEqual(self.trees(), 1)
        would = self.mlops("run", "gc", "--dry-run").stdout
        self.assertIn("would remove", would)
        self.assertEqual(self.trees(), 1)
        self.assertIn("run 1", self.mlops("run", "gc").stdout)
        self.assertEqual(self.trees(), 0)
        self.assertEqual(self.left_in_tmp(), [])
        self.assertEqual(self.processes_of_training(), [])
        self.mlops("retrain", "--resume", "1", expect=3)
        self.assertIn("nothing was left behind", self.mlops("run", "gc").stdout)

    def test_gc_removes_what_its_maker_could_not_name(self):
        """A kill between making the folder and writing there whose it is."""
        for name, minutes, has_file in (("empty", 2, False), ("unnamed", 2, True), ("new", 0, False)):
            folder = self.tmp / f"mlops-run-{name}"
            folder.mkdir(mode=0o700)
            if has_file:
                (folder / "owner").touch()
            made = time.time() - 60 * minutes
            os.utime(folder, (made, made))
        self.mlops("run", "gc")
        self.assertEqual(self.left_in_tmp(), ["mlops-run-new"])

    def test_only_one_goes_on(self):
        self.kill_in_training()
        both = [self.start(sandbox.program, "-q", "retrain", "--resume", "1") for _ in range(2)]
        results = [process.communicate() + (process.returncode,) for process in both]
        codes = sorted(result[2] for result in results)
        self.assertEqual(codes[0], 0, results)
        self.assertIn(codes[1], (3, 5, 8), results)
        self.assertEqual(self.numbers(), [1])
        self.assertEqual(self.left_in_tmp(), [])
        self.assert_sound()

    def stop(self, *words):
        self.write("train.sh", f"trap '' TERM INT\ntouch '{self.tmp}/started'\nwhile :; do sleep 0.05; done\n")
        process = self.start(sandbox.program, "run", "--", "sh", "train.sh")
        end = time.monotonic() + 60
        while not (self.tmp / "started").exists():
            self.assertLess(time.monotonic(), end, "the command did not start")
            time.sleep(0.01)
        stopped = self.mlops("run", "stop", "1", *words)
        self.assertIn("run 1 is stopped: interrupted", stopped.stdout)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 128 + signal.SIGTERM)
        self.assertEqual(self.only_run()["status"], "interrupted")
        self.assertIn("had ended already", self.mlops("run", "stop", "1").stdout)
        self.assert_sound()

    def test_a_command_that_ignores_sigterm_can_be_stopped(self):
        self.stop()

    def test_a_command_can_be_stopped_now(self):
        start = time.monotonic()
        self.stop("--now")
        self.assertLess(time.monotonic() - start, 9, "it waited for the command")

    def test_a_second_ctrl_c_is_immediate(self):
        self.write("train.sh", f"trap '' TERM INT\ntouch '{self.tmp}/started'\nwhile :; do sleep 0.05; done\n")
        process = self.start(sandbox.program, "run", "--", "sh", "train.sh")
        end = time.monotonic() + 60
        while not (self.tmp / "started").exists():
            self.assertLess(time.monotonic(), end, "the command did not start")
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        time.sleep(0.3)
        self.assertIsNone(process.poll(), "it ignores the first one")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=5)
        self.assertEqual(process.returncode, 128 + signal.SIGINT)
        self.assertEqual(self.only_run()["status"], "interrupted")
        self.assertEqual(self.left_in_tmp(), [])

    def test_checkpoints_outlive_an_interruption(self):
        self.write("train.sh", TRAINING + f"touch '{self.tmp}/started'\nwhile [ \"$MLOPS_ATTEMPT\" = 1 ] && [ -e \"$MLOPS_PARAMS\" ]; do sleep 0.05; done\n")
        self.git("commit", "--quiet", "--all", "--message", "endless at first")
        process = self.start(sandbox.program, "retrain", "churn")
        end = time.monotonic() + 60
        while not (self.tmp / "started").exists():
            self.assertLess(time.monotonic(), end, "the training did not start")
            time.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 128 + signal.SIGTERM)
        self.assertIn("mlops retrain --resume 1", err)
        self.assertEqual(self.mlops("-q", "retrain", "--resume", "1").stdout, "churn@1\n")
        self.assertIn("attempt 1\nattempt 2\n", self.mlops("run", "log", "1").stdout)
        self.assertEqual(self.left_in_tmp(), [])

    def test_works_in_a_shallow_clone_in_a_linked_work_tree_and_with_a_detached_head(self):
        self.write("note.txt", "more")
        self.git("add", ".")
        self.git("commit", "--quiet", "--message", "more")
        shallow = self.root / "shallow"
        self.run_program("git", "clone", "--quiet", "--depth", "1", f"file://{self.project}", shallow)
        linked = self.root / "linked"
        self.git("worktree", "add", "--quiet", "--detach", linked)
        for folder in (shallow, linked):
            with self.subTest(folder=folder.name):
                self.mlops("init", "-q", cwd=folder)
                self.assertEqual(self.mlops("-q", "retrain", "churn", cwd=folder).stdout, "churn@1\n")
                self.assertEqual(self.mlops("-q", "reproduce", "churn", cwd=folder).stdout, "F4\n")
        self.git("checkout", "--quiet", "--detach")
        self.assertEqual(self.mlops("-q", "retrain", "churn").stdout, "churn@1\n")
        self.assertEqual(self.mlops("-q", "reproduce", "churn").stdout, "F4\n")
        self.assertEqual(self.left_in_tmp(), [])


sandbox.main()
