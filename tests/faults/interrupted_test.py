#!/usr/bin/python3
"""Ctrl-C, SIGTERM, and a reader or a disk behind stdout that goes away."""

import json
import signal
import subprocess
import time

import sandbox


class Interrupted(sandbox.Test):
    def setUp(self):
        super().setUp()
        self.make_project()

    def wait_for(self, condition, what):
        end = time.monotonic() + 60
        while not condition():
            self.assertLess(time.monotonic(), end, f"waited in vain for {what}")
            time.sleep(0.01)

    def stop_training(self, sent, code):
        """Stops a retrain in the middle of its training; the shell and its child must be gone with it."""
        self.write("train.sh", f"trap '' HUP\necho started\ntouch '{self.tmp}/started'\nsleep 600 & echo $! >'{self.tmp}/child'\nwait\n")
        self.git("commit", "--quiet", "--all", "--message", "a long training")
        before = self.state_of_git()
        process = self.start(sandbox.program, "retrain", "churn")
        self.wait_for((self.tmp / "started").exists, "the training")
        self.wait_for(lambda: (self.tmp / "child").exists() and (self.tmp / "child").read_text().strip(), "its child")
        process.send_signal(sent)
        out, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, code, out + err)
        self.assertIn("interrupted", err)
        child = (self.tmp / "child").read_text().strip()
        self.assertEqual(self.run_program("ps", "-o", "stat=", "-p", child).stdout.strip().replace("Z", ""), "", "its child still runs")
        runs = json.loads(self.mlops("--json", "run", "list").stdout)["runs"]
        self.assertEqual([run["status"] for run in runs], ["interrupted"])
        self.assertIn("started", self.mlops("run", "log", "1").stdout)
        self.mlops("show", "churn@1", expect=4)
        self.assertEqual(len(self.git("worktree", "list").splitlines()), 1)
        self.assertEqual([path.name for path in self.tmp.iterdir() if path.name.startswith("mlops-")], [])
        self.assertEqual(self.state_of_git(), before)
        self.assert_sound()

    def test_ctrl_c_in_a_training(self):
        self.stop_training(signal.SIGINT, 130)

    def test_sigterm_in_a_training(self):
        self.stop_training(signal.SIGTERM, 143)

    def stop_watching(self, sent, code):
        """Two windows are full and recorded; the open one is lost, and it is said."""
        self.write("train.csv", "age\n" + "".join(f"{20 + i % 40}\n" for i in range(90)))
        self.register("model.bin", "weights")
        process = self.start(sandbox.program, "monitor", "record", "churn@1", "--data", "-", "--window", "10", "--reference", "train.csv",
                             stdin=subprocess.PIPE)
        process.stdin.write("age\n" + "".join(f"{30 + i}\n" for i in range(25)))
        process.stdin.flush()

        def batches():
            return json.loads(self.mlops("--json", "monitor", "list", "churn@1").stdout)["batches"]

        self.wait_for(lambda: len(batches()) == 2, "two windows")
        process.send_signal(sent)
        process.wait(timeout=60)  # its input stays open meanwhile
        out, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, code, out + err)
        self.assertIn("5 rows of the window that was open are not recorded", err)
        self.assertEqual([batch["rows"] for batch in batches()], [10, 10])
        self.assert_sound()

    def test_ctrl_c_in_a_stream(self):
        self.stop_watching(signal.SIGINT, 130)

    def test_sigterm_in_a_stream(self):
        self.stop_watching(signal.SIGTERM, 143)

    def stop_registering(self, sent, code):
        """A file so large that the signal arrives while it is read."""
        with open(self.project / "huge.bin", "wb") as file:
            file.truncate(3_000_000_000)
        process = self.start(sandbox.program, "register", "churn", "huge.bin")
        # The unfinished object is the sign that copying began.
        registry = self.project / ".mlops"
        before = {path for path in registry.rglob("*") if path.is_file()}

        def new_files():
            return {path for path in registry.rglob("*") if path.is_file()} - before

        try:
            self.wait_for(lambda: new_files() or process.poll() is not None, "the first object")
            process.send_signal(sent)
            out, err = process.communicate(timeout=60)
        finally:
            process.kill()
        if process.returncode == 1 and "No space left" in err:
            self.skipTest("the disk has no room for the file")
        self.assertEqual(process.returncode, code, out + err)
        self.assertIn("interrupted", err)
        self.assertEqual(out, "")
        self.assertEqual(new_files(), set())
        self.mlops("list")
        self.assert_sound()

    def test_ctrl_c_while_registering(self):
        self.stop_registering(signal.SIGINT, 130)

    def test_sigterm_while_registering(self):
        self.stop_registering(signal.SIGTERM, 143)

    def test_stdout_on_a_full_device(self):
        self.register()
        for words in (["list"], ["show", "churn@1"], ["--json", "list", "churn"], ["history", "churn"], ["help"], ["--version"],
                      ["audit", "log"], ["lineage", "churn@1"], ["config", "list"], ["doctor"]):
            with self.subTest(words=words), open("/dev/full", "w", encoding="utf-8") as full:
                result = self.mlops(*words, stdout=full, expect=1)
                self.assertIn("No space left on device", result.stderr)

    def test_a_change_told_to_a_full_device_is_still_whole(self):
        self.write("model.bin", "weights")
        with open("/dev/full", "w", encoding="utf-8") as full:
            self.mlops("register", "churn", "model.bin", stdout=full, expect=1)
        self.assertEqual(self.mlops("-q", "register", "churn", "model.bin").stdout, "churn@1\n")
        self.assert_sound()

    def test_a_reader_that_leaves(self):
        for i in range(60):
            self.write("model.bin", f"weights {i}")
            self.mlops("register", "churn", "model.bin", "-m", "x" * 2000)
        for words in ("list churn --limit 1000", "--json list churn --limit 1000", "audit log", "show churn@1", "help"):
            with self.subTest(words=words):
                result = self.run_program("bash", "-c", f"set -o pipefail; '{sandbox.program}' {words} | head -n 1")
                self.assertEqual((result.returncode, result.stderr), (0, ""))
                self.assertEqual(len(result.stdout.splitlines()), 1)

    def test_closed_streams(self):
        """`>&-`: a file that the program opens itself must never become its stdout."""
        self.write("model.bin", "weights")
        for closing in (">&-", "2>&-", "<&-", ">&- 2>&- <&-"):
            with self.subTest(closing=closing):
                self.write("model.bin", f"weights {closing}")
                result = self.run_program("bash", "-c", f"'{sandbox.program}' register churn model.bin {closing}")
                self.assertIn(result.returncode, (0, 1), self.told(result))
                self.assert_sound(closing)

    def test_a_held_lock_is_waited_for_no_longer_than_told(self):
        self.register()
        holder = self.start("python3", "-c", "import sqlite3, sys\n"
                            "db = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
                            "db.execute('BEGIN EXCLUSIVE')\nprint('held', flush=True)\nsys.stdin.read()", self.database,
                            stdin=-1)
        self.assertEqual(holder.stdout.readline(), "held\n")
        for words in (["tag", "churn@1", "a=b"], ["list"], ["promote", "churn@1", "--to", "staging"]):
            result = self.mlops(*words, environment={"MLOPS_BUSY_TIMEOUT": "1"}, expect=8, timeout=60)
            self.assertIn("another process", result.stderr)
            self.assertNotIn("database is locked", result.stderr)
        holder.communicate("")
        self.mlops("tag", "churn@1", "a=b")


sandbox.main()
