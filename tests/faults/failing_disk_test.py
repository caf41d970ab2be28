#!/usr/bin/python3
"""A full disk, a failing fsync, a folder that can't be written: a clear word, a documented exit code, nothing half-done.

A sample of the points is tried, all of them with MLOPS_FAULTS=all.
"""

import os
import subprocess
import unittest

import sandbox
import strace

SAMPLE = 8


class FailingDisk(sandbox.Test):
    def setUp(self):
        super().setUp()
        self.make_project()
        self.register("first.bin", "first")
        self.mlops("promote", "churn@1", "--to", "staging")

    def assert_whole(self, when):
        """Sound, and either before or after the change: whatever the registry names can be had."""
        self.assert_sound(when)
        numbers = self.numbers()
        self.assertIn(numbers, ([1], [1, 2]))
        self.mlops("checkout", f"churn@{numbers[-1]}", self.tmp / "out", "--force")

    def fail_everywhere(self, words, calls, error, said):
        """Every (or a sample) of the calls fails once with the error; then the disk is well again."""
        restore = self.snapshot()
        points = [point for point in strace.changing_calls(self, *words) if point.call in calls]
        self.assertGreater(len(points), 0)
        restore()
        refused = 0
        for point in sandbox.spread(points, SAMPLE):
            restore()
            with self.subTest(error=error, call=f"{point.call} number {point.number}: {point.text[:100]}"):
                result = strace.run(self, f"{point.call}:error={error}:when={point.number}", *words)
                self.assertIn(result.returncode, sandbox.DOCUMENTED, self.told(result))
                self.assertNotIn("internal error", result.stderr)
                if result.returncode != 0:
                    refused += 1
                    self.assertRegex(result.stderr, said, self.told(result))
                self.assert_whole("after the error")
                self.mlops(*words)
                self.assert_whole("after the second try")
        return refused

    def words_of_register(self):
        self.write("big.bin", b"m" * 2_000_000)
        self.write("second.bin", b"second")
        return ["-q", "register", "churn", "big.bin", "second.bin", "--tag", "team=risk"]

    @strace.needed
    def test_full_disk(self):
        words = self.words_of_register()
        refused = self.fail_everywhere(words, ("pwrite64", "fallocate"), "ENOSPC", r"[Nn]o space left")
        self.assertGreater(refused, SAMPLE // 2)

    @strace.needed
    def test_full_disk_while_objects_are_written(self):
        self.fail_everywhere(self.words_of_register(), ("write", "mkdir"), "ENOSPC", r"[Nn]o space left")

    @strace.needed
    def test_failing_fsync(self):
        refused = self.fail_everywhere(self.words_of_register(), ("fsync", "fdatasync"), "EIO", r"Input/output error|disk I/O error")
        self.assertGreater(refused, SAMPLE // 2)

    @strace.needed
    def test_failing_promote(self):
        self.write("second.bin", b"second")
        self.mlops("register", "churn", "second.bin", "--metric", "auc=0.9")
        words = ["-q", "promote", "churn@2", "--to", "staging"]
        self.fail_everywhere(words, ("fdatasync", "pwrite64", "unlink"), "EIO", r"Input/output error|disk I/O error")

    @strace.needed
    def test_read_only_file_system(self):
        calls = ("openat", "rename", "renameat2", "mkdir", "unlink", "link", "fchmod")
        self.fail_everywhere(self.words_of_register(), calls, "EROFS", r"Read-only file system|can't be written|disk I/O error|unable to open database file")

    def test_small_disk(self):
        """A real file system that gets full, where that may be mounted."""
        disk = self.root / "disk"
        disk.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk]
        if os.geteuid() != 0 or subprocess.run(mount, stderr=subprocess.DEVNULL, check=False).returncode != 0:
            self.skipTest("may not mount a small disk here")
        self.addCleanup(subprocess.run, ["umount", "--lazy", disk], check=False)
        self.run_program("cp", "-r", self.database, self.project / ".mlops/objects", disk)
        self.environment["MLOPS_REGISTRY"] = str(disk)
        registered = 0
        for size in (400_000, 400_000, 1_500_000, 300_000, 200_000, 100_000, 50_000, 20_000, 10_000, 5_000, 1, 1, 1):
            self.write("model.bin", os.urandom(size))
            result = self.mlops("-q", "register", "churn", "model.bin", expect=(0, 1))
            registered += result.returncode == 0
            if result.returncode != 0:
                self.assertRegex(result.stderr, r"[Nn]o space left")
        self.assertGreater(registered, 1)
        self.mlops("audit", "verify")
        self.mlops("doctor")
        self.assertEqual(self.numbers(), list(range(1, 2 + registered)))

    def test_limit_on_file_size(self):
        self.write("big.bin", os.urandom(2_000_000))
        limited = self.run_program("bash", "-c", f"ulimit -f 500; exec '{sandbox.program}' register churn big.bin")
        self.assertNotEqual(limited.returncode, 0)
        self.assertEqual(limited.returncode, 1, f"ended by a signal instead of saying why\n{self.told(limited)}")
        self.assertIn("File too large", limited.stderr)
        self.assert_whole("after the limit")
        self.mlops("register", "churn", "big.bin")

    @unittest.skipIf(os.geteuid() == 0 and not os.path.exists("/usr/bin/setpriv"), "root may write everywhere")
    def test_folder_without_the_right_to_write(self):
        self.write("second.bin", b"second")
        self.run_program("chmod", "-R", "a+rX,a-w", self.project)
        self.run_program("chmod", "a+rx", self.root)
        self.addCleanup(self.run_program, "chmod", "-R", "u+w", self.project)
        as_nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
        changes = [["register", "churn", "second.bin"], ["promote", "churn@1", "--to", "production"], ["tag", "churn@1", "a=b"],
                   ["alias", "churn@1", "champion"], ["dataset", "add", "train", "data.csv"]]
        environment = {"HOME": "/nonexistent", "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}
        for words in changes:
            with self.subTest(words=words):
                result = self.run_program(*as_nobody, sandbox.program, *words, environment=environment)
                self.assertEqual(result.returncode, 1, self.told(result))
                self.assertRegex(result.stderr, r"[Pp]ermission|can't be written|can't write")
        for words in (["list"], ["show", "churn@1"], ["history", "churn"], ["audit", "verify"], ["doctor"], ["lineage", "churn@1"]):
            with self.subTest(words=words):
                result = self.run_program(*as_nobody, sandbox.program, *words, environment=environment)
                self.assertEqual(result.returncode, 0, self.told(result))


sandbox.main()
