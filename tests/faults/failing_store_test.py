#!/usr/bin/python3
"""Errors and lies of the disk below a store, and files that change while they are read: a clear word, a documented exit code, never a
success whose bytes are not there.

One point of every call is tried, all of them with MLOPS_FAULTS=all.
"""

import contextlib
import itertools
import os
import random
import re
import signal
import time
from pathlib import Path

import keeping
import sandbox
import strace

WRITING = ("write", "pwrite64", "writev", "pwritev", "fallocate", "ftruncate", "copy_file_range")
NAMING = ("openat", "mkdir", "mkdirat", "rename", "renameat", "renameat2", "link", "linkat")
SYNCING = ("fsync", "fdatasync", "sync_file_range")
SAID = (r"[Nn]o space left|Input/output error|disk I/O error|[Qq]uota|disk is full|[Pp]ermission denied|can't|unable to open database"
        r"|readonly database|locked")
RACES = 60 if sandbox.EVERYTHING else 8
SOURCE_BYTES = 24 << 20


def children(process):
    return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def state(process):
    """The letter that ps shows: T for one that is stopped."""
    return Path(f"/proc/{process}/stat").read_text().rsplit(") ", 1)[1][0]


class FailingStore(keeping.Test):
    def fail_everywhere(self, words, calls, error):
        """Each of the calls fails once; then the disk is well again."""
        restore = self.snapshot()
        points = [point for point in keeping.one_of_each(strace.storing_calls(self, *words)) if point.call in calls]
        self.assertGreater(len(points), 0)
        known = dict(self.known)
        for point in points:
            restore()
            with self.subTest(error=error, call=f"{point.call} number {point.number}: {point.text[:100]}"):
                result = strace.run(self, f"{point.call}:error={error}:when={point.number}", *words, threads=True)
                self.assertIn(result.returncode, sandbox.DOCUMENTED, self.told(result))
                self.assertNotIn("internal error", result.stderr)
                # A `write` may have been the one that tells why.
                if result.returncode != 0 and (result.stderr or point.call != "write"):
                    self.assertRegex(result.stderr, SAID, self.told(result))
                self.known = {number: known[number] for number in known if number in self.numbers()}
                self.assert_nothing_lost("after the error")
                self.mlops(*words)
                self.known = known
                self.assert_nothing_lost("after the second try")

    def prepared(self, command):
        self.add_version(1)
        if command == "register":
            return self.words_of_register(2)
        if command == "checkout":
            return ["-q", "checkout", "churn@1", str(self.project / "out")]
        self.add_version(2)
        self.add_version(3)
        self.delete_version(2)
        return ["artifacts", "gc", "--apply"]

    @strace.needed
    def test_full_disk_in_register(self):
        self.fail_everywhere(self.prepared("register"), WRITING + NAMING, "ENOSPC")

    @strace.needed
    def test_full_disk_in_checkout(self):
        self.fail_everywhere(self.prepared("checkout"), WRITING + NAMING, "ENOSPC")

    @strace.needed
    def test_full_disk_in_a_collection(self):
        self.fail_everywhere(self.prepared("gc"), WRITING + NAMING, "ENOSPC")

    @strace.needed
    def test_spent_quota(self):
        self.fail_everywhere(self.prepared("register"), WRITING, "EDQUOT")

    @strace.needed
    def test_broken_disk(self):
        self.fail_everywhere(self.prepared("register"), WRITING + SYNCING, "EIO")

    @strace.needed
    def test_broken_disk_in_a_collection(self):
        self.fail_everywhere(self.prepared("gc"), WRITING + SYNCING + ("unlink", "unlinkat"), "EIO")

    @strace.needed
    def test_permission_lost(self):
        self.fail_everywhere(self.prepared("register"), NAMING, "EACCES")

    @strace.needed
    def test_a_failed_sync_is_not_tried_again(self):
        """The kernel reports it once and drops the pages: a second success would be a lie."""
        restore = self.snapshot()
        words = self.words_of_register(1)
        log = self.root / "syncs"
        synced = [point for point in strace.storing_calls(self, *words, calls=("fsync", "fdatasync"))]
        for point in synced:
            restore()
            with self.subTest(call=point.text[:100]):
                self.run_program("strace", "-f", "-y", "-o", log, "-e", "trace=fsync,fdatasync", "-e",
                                 f"inject={point.call}:error=EIO:when={point.number}", sandbox.program, *words,
                                 environment=strace.environment(self))
                lines = log.read_text(errors="replace").splitlines()
                failed = [i for i, line in enumerate(lines) if "(INJECTED)" in line]
                paths = {found[1] for i in failed if (found := re.search(r"sync\(\d+<([^>]*)>", lines[i]))}
                again = [line for line in lines[failed[-1] + 1:] if any(f"<{path}>" in line for path in paths)] if failed else []
                self.assertEqual([line for line in again if ".mlops/objects" in line or ".mlops/tmp" in line], [])

    def lie(self, words, calls, retval):
        """Calls on files of the store that say they were done, and were not. What other files they hit is not judged."""
        restore = self.snapshot()
        judged = 0
        log = self.root / "lies"
        known = dict(self.known)
        for point in keeping.one_of_each(strace.storing_calls(self, *words, calls=calls)):
            restore()
            with self.subTest(call=point.text[:100]):
                result = self.run_program("strace", "-f", "-y", "-o", log, "-e", f"trace={point.call}", "-e",
                                          f"inject={point.call}:retval={retval}:when={point.number}", sandbox.program, *words,
                                          environment=strace.environment(self))
                self.assertIn(result.returncode, sandbox.DOCUMENTED, self.told(result))
                lies = [line for line in log.read_text(errors="replace").splitlines() if "(INJECTED)" in line]
                if not lies or not all(re.search(r"\.mlops/(objects|tmp)", line) and "registry.db" not in line for line in lies):
                    continue
                judged += 1
                self.known = {number: known[number] for number in known if number in self.numbers()}
                self.assertTrue(result.returncode != 0 or 2 in self.known or "checkout" in words)
                self.assert_nothing_lost(f"after {lies[0][:100]}, exit {result.returncode}")
        self.known = known
        return judged

    @strace.needed
    def test_a_write_that_lies(self):
        self.add_version(1)
        self.assertGreater(self.lie(self.words_of_register(2), ("write", "pwrite64", "writev", "pwritev"), 1), 0)

    @strace.needed
    def test_a_name_that_was_not_given(self):
        self.add_version(1)
        self.lie(self.words_of_register(2), ("rename", "renameat", "renameat2", "link", "linkat"), 0)

    def register_while_the_disk_lies(self, words, environment):
        """What is in the file of a pack changes after it was written, just before it is made durable."""
        process = self.start("strace", "-f", "-o", "/dev/null", "-e", "trace=fsync", "-e", "inject=fsync:signal=STOP:when=1",
                             sandbox.program, *words, environment=strace.environment(self) | environment)
        end = time.monotonic() + 60
        stopped, packs = [], []
        while not (stopped and packs):
            self.assertLess(time.monotonic(), end, "it did not stop")
            self.assertIsNone(process.poll(), "it was not stopped")
            packs = [path for path in (self.registry / "tmp").iterdir() if path.read_bytes().endswith(b"MLOPSEND")]
            stopped = [child for child in children(process.pid) if state(child) in "Tt"]
            time.sleep(0.01)
        pack, = packs
        keeping.flip(pack, pack.stat().st_size // 2)
        # The second thread to come to an fsync of its own stops there, too.
        while process.poll() is None:
            for child in stopped:
                with contextlib.suppress(ProcessLookupError):  # strace ends a little after the program
                    os.kill(child, signal.SIGCONT)
            time.sleep(0.05)
        out, err = process.communicate(timeout=60)
        return process.returncode, out, err

    @strace.needed
    def test_a_disk_that_keeps_something_else(self):
        """No length shows it; reading back does. Of a large file nobody else reads the middle while it is registered."""
        self.add_version(1)
        restore = self.snapshot()
        self.write("large.bin", random.Random(1).randbytes(24 << 20))
        code, out, err = self.register_while_the_disk_lies(["-q", "register", "churn", "large.bin"], {})
        self.assertEqual((code, out), (0, "churn@2\n"), err)
        self.mlops("artifacts", "verify", "--read-data", expect=6)
        restore()
        code, out, err = self.register_while_the_disk_lies(self.words_of_register(2), {"MLOPS_ARTIFACTS_READ_BACK": "true"})
        self.assertEqual((code, out), (1, ""), err)
        self.assertRegex(err, r"/tmp/\S+` does not hold what was written to it: the chunk at byte \d+ is damaged")
        self.assertIn("check it before anything else", err)
        self.assertEqual(self.numbers(), [1])
        self.assertEqual(self.leftovers(), [])
        self.environment["MLOPS_ARTIFACTS_READ_BACK"] = "true"
        self.mlops(*self.words_of_register(2))
        self.assert_nothing_lost()

    @strace.needed
    def test_what_is_read_back_comes_from_the_disk(self):
        """The kernel is told to forget each pack between its fsync and its reading."""
        self.add_version(1)
        log = self.root / "calls"
        result = self.run_program("strace", "-f", "-y", "-o", log, "-e", "trace=fsync,fadvise64,pread64,renameat2", sandbox.program,
                                  *self.words_of_register(2),
                                  environment=strace.environment(self) | {"MLOPS_ARTIFACTS_READ_BACK": "true"})
        self.assertEqual(result.returncode, 0, self.told(result))
        calls = {}
        for line in log.read_text(errors="replace").splitlines():
            if found := re.search(r"(\w+)\(.*?/\.mlops/tmp/([^>\"/]+)", line):
                calls.setdefault(found[2], []).append(found[1])
        self.assertTrue(calls)
        for name, of_pack in calls.items():
            with self.subTest(pack=name):
                self.assertEqual([call for call, _ in itertools.groupby(of_pack)], ["fsync", "fadvise64", "pread64", "renameat2"])

    def race(self, name, disturb, check):
        """Registers the file while it is disturbed at some moment; `check(result)` when it said that it was done."""
        start = time.monotonic()
        self.mlops("-q", "register", "churn", name)
        usual = time.monotonic() - start
        generator = random.Random(7)
        for _ in range(RACES):
            self.write(name, os.urandom(8) + b"\0" * (SOURCE_BYTES - 16) + os.urandom(8))
            process = self.start(sandbox.program, "-q", "register", "churn", name)
            time.sleep(generator.uniform(0, usual))
            disturb(self.project / name)
            out, err = process.communicate(timeout=120)
            self.assertIn(process.returncode, (0, 2), f"{out}{err}")
            if process.returncode == 0:
                check(out.strip())
            else:
                self.assertIn(name, err)
        self.assertEqual(self.run_program(sandbox.program, "artifacts", "verify", "--read-data").returncode, 0)

    def test_a_file_that_shrinks(self):
        self.write("model.bin", b"\0" * SOURCE_BYTES)

        def check(version):
            self.mlops("-q", "checkout", version, self.tmp / "out", "--force")
            self.assertIn((self.tmp / "out/model.bin").stat().st_size, (SOURCE_BYTES, 1000))

        self.race("model.bin", lambda path: os.truncate(path, 1000), check)

    def test_a_file_that_changes(self):
        self.write("model.bin", b"\0" * SOURCE_BYTES)
        states = []

        def disturb(path):
            """First its beginning, then its end: a new end with an old beginning was never there."""
            states.clear()
            with open(path, "r+b", buffering=0) as file:
                def state():
                    return os.pread(file.fileno(), 8, 0), os.pread(file.fileno(), 8, SOURCE_BYTES - 8)
                states.append(state())
                for at in (0, SOURCE_BYTES - 8):
                    os.pwrite(file.fileno(), os.urandom(8), at)
                    states.append(state())

        def check(version):
            self.mlops("-q", "checkout", version, self.tmp / "out", "--force")
            stored = (self.tmp / "out/model.bin").read_bytes()
            self.assertIn((stored[:8], stored[-8:]), states, "a state that the file never had")

        self.race("model.bin", disturb, check)

    def limit_file_size(self, command):
        """A write that is done in part, then refused."""
        words = self.prepared(command)
        if command == "register":
            self.write(self.root / "version-2/own.bin", os.urandom(1_000_000))
            self.known[2] = keeping.digests(self.root / "version-2")
        known = dict(self.known)
        limited = self.run_program("bash", "-c", 'ulimit -f 300; exec "$0" "$@"', sandbox.program, *words)
        self.assertIn(limited.returncode, sandbox.DOCUMENTED, f"ended by a signal instead of saying why\n{self.told(limited)}")
        self.known = {number: known[number] for number in known if number in self.numbers()}
        self.assert_nothing_lost("after the limit")
        self.mlops(*words)
        self.known = known
        self.assert_nothing_lost("after the second try")
        return limited.returncode

    def test_limit_on_file_size_in_register(self):
        self.assertEqual(self.limit_file_size("register"), 1)

    def test_limit_on_file_size_in_checkout(self):
        self.assertEqual(self.limit_file_size("checkout"), 1)

    def test_limit_on_file_size_in_a_collection(self):
        self.limit_file_size("gc")


sandbox.main()
