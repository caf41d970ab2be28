#!/usr/bin/python3
"""SIGKILL before any call by which a store changes, in any thread: nothing that was told as done is lost, and the command works when
run again.

One point of every call is tried, all of them with MLOPS_FAULTS=all.
"""

import os
import shutil
import signal

import keeping
import sandbox
import strace


class KilledStore(keeping.Test):
    def kill_everywhere(self, words, after_kill, after_again, expect=0):
        """From the same state again and again. `after_kill(killed)` and `after_again()` say what else must hold."""
        restore = self.snapshot()
        points = keeping.one_of_each(strace.storing_calls(self, *words))
        kills = 0
        for point in points:
            restore()
            with self.subTest(killed_before=f"{point.call} number {point.number}: {point.text[:100]}"):
                killed = strace.run(self, f"{point.call}:signal=KILL:when={point.number}", *words, threads=True)
                self.assertIn(killed.returncode, (0, -signal.SIGKILL), self.told(killed))
                kills += killed.returncode != 0
                after_kill(killed)
                self.mlops(*words, expect=expect)
                self.assert_nothing_lost("after the second try")
                after_again()
        self.assertGreater(kills, len(points) // 2, "hardly anything was killed: is anything traced?")

    @strace.needed
    def test_register(self):
        self.add_version(1)
        words = self.words_of_register(2)

        def after_kill(killed):
            if killed.stdout:
                self.assertEqual(killed.stdout, "churn@2\n")
            self.assert_nothing_lost("after the kill", (1, 2) if killed.stdout else (1,))

        self.kill_everywhere(words, after_kill, lambda: self.assertEqual(self.numbers(), [1, 2]))

    @strace.needed
    def test_checkout(self):
        self.add_version(1)
        out = self.project / "out"

        def visible():
            """What did not get a name yet stays behind, hidden, until the next checkout."""
            return {path: digest for path, digest in keeping.digests(out).items() if "/.mlops-" not in f"/{path}"}

        def after_kill(_killed):
            for path, digest in visible().items():
                self.assertEqual(digest, self.known[1].get(path), f"{path} is visible, but not whole")

        self.kill_everywhere(["checkout", "churn@1", "out"], after_kill,
                             lambda: self.assertEqual(keeping.digests(out), self.known[1]))

    @strace.needed
    def test_a_large_file_is_gone_on_with(self):
        """The second checkout writes what the killed one did not come to, and little more."""
        size = 48_000_000
        content = os.urandom(size)
        self.write("huge.bin", content)
        self.mlops("register", "churn", "huge.bin")
        words = ["-q", "checkout", "churn@1", "out"]
        killed = strace.run(self, "writev:signal=KILL:when=32", *words)
        self.assertEqual(killed.returncode, -signal.SIGKILL, self.told(killed))
        left, = (self.project / "out").iterdir()
        self.assertRegex(left.name, r"^\.mlops-[0-9a-f]+$")
        written = left.stat().st_size
        self.assertGreater(written, size // 2)
        log = self.root / "writes"
        again = self.run_program("strace", "-f", "-y", "-o", log, "-e", "trace=writev", sandbox.program, *words,
                                 environment=strace.environment(self))
        self.assertEqual(again.returncode, 0, self.told(again))
        self.assertEqual([path.name for path in (self.project / "out").iterdir()], ["huge.bin"])
        self.assertEqual((self.project / "out/huge.bin").read_bytes(), content)
        second = sum(int(line.rsplit("= ", 1)[1]) for line in log.read_text().splitlines() if "/out/" in line)
        self.assertLess(second, size - written + (2 << 20))

    @strace.needed
    def test_collect(self):
        for number in (1, 2, 3):
            self.add_version(number)
        self.delete_version(2)

        def after_again():
            self.mlops("artifacts", "gc", "--apply")
            self.assertEqual(self.leftovers(), [])
            self.assert_nothing_lost("after another collection")

        self.kill_everywhere(["artifacts", "gc", "--apply"], lambda _killed: self.assert_nothing_lost("after the kill"), after_again)

    @strace.needed
    def test_repair(self):
        for number in (1, 2):
            self.add_version(number)
        copy = self.second_copy()
        packs = sorted((self.objects / "packs").iterdir(), key=lambda path: path.stat().st_size)
        keeping.flip(packs[-1], packs[-1].stat().st_size // 2)
        self.mlops("artifacts", "verify", "--read-data", expect=6)

        def after_kill(_killed):
            self.mlops("artifacts", "verify", "--read-data", expect=(0, 6))

        self.kill_everywhere(["artifacts", "repair", "--from", str(copy)], after_kill, lambda: None)

    @strace.needed
    def test_leftovers_of_a_killed_register_are_collected(self):
        self.add_version(1)
        before = self.disk_bytes()
        words = self.words_of_register(2)
        del self.known[2]
        killed = strace.run(self, "pwrite64:signal=KILL:when=2", *words, threads=True)
        self.assertEqual(killed.returncode, -signal.SIGKILL, self.told(killed))
        shutil.rmtree(self.root / "version-2")
        self.mlops("artifacts", "gc", "--apply")
        self.assertEqual(self.leftovers(), [])
        self.assertLess(self.disk_bytes(), before + 32_768)
        self.assert_nothing_lost()


sandbox.main()
