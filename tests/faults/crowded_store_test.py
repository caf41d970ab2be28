#!/usr/bin/python3
"""Eight processes register, two check out, one collects garbage, all at once: nothing is lost, and nothing leaks.

Ten seconds of it, two minutes with MLOPS_FAULTS=all.
"""

import random
import re
import shutil
import threading
import time

import keeping
import sandbox
import strace

SECONDS = 120 if sandbox.EVERYTHING else 8
REGISTERING, CHECKING_OUT = 8, 2
# What an empty store may hold: its folders have no blocks of their own here.
EMPTY_BYTES = 64 << 10


class CrowdedStore(keeping.Test):
    def setUp(self):
        super().setUp()
        self.versions = {}    # what was told as registered and not deleted since: "model-3@7" -> digests
        self.lock = threading.Lock()
        self.problems = []
        self.collections = 0
        self.shared = random.Random(0).randbytes(300_000)

    def in_a_loop(self, work, number):
        """Until the time is over, or somebody saw a problem."""
        generator = random.Random(number)
        end = time.monotonic() + SECONDS
        try:
            while time.monotonic() < end and not self.problems:
                work(number, generator)
        except AssertionError as error:
            self.problems.append(str(error))

    def register_and_delete(self, number, generator):
        folder = self.project / f"source-{number}"
        own = generator.randbytes(20_000)
        at = generator.randrange(len(self.shared))
        self.write(f"{folder.name}/large.bin", self.shared[:at] + own + self.shared[at:])
        self.write(f"{folder.name}/small.bin", own[:500])
        told = self.mlops("-q", "register", f"model-{number}", folder.name).stdout
        self.assertRegex(told, rf"^model-{number}@\d+\n$")
        with self.lock:
            self.versions[told.strip()] = keeping.digests(folder)
        if generator.random() < 0.4:
            self.delete(generator.choice([version for version in self.versions_now() if version.startswith(f"model-{number}@")]))

    def versions_now(self):
        with self.lock:
            return sorted(self.versions)

    def delete(self, version):
        with self.lock:
            del self.versions[version]
        self.mlops("delete", version, "--force", "-m", "no longer wanted", "--yes")

    def check_out(self, number, generator):
        versions = self.versions_now()
        if not versions:
            return
        version = generator.choice(versions)
        with self.lock:
            expected = self.versions.get(version)
        out = self.tmp / f"out-{number}"
        result = self.mlops("-q", "checkout", version, out, expect=None)
        with self.lock:
            is_there = version in self.versions
        if is_there:
            self.assertEqual(result.returncode, 0, self.told(result))
            self.assertEqual(keeping.digests(out), expected, version)
        shutil.rmtree(out, ignore_errors=True)

    def collect(self, _number, _generator):
        self.mlops("artifacts", "gc", "--apply")
        self.collections += 1

    def test_nothing_is_lost_and_nothing_leaks(self):
        work = [self.register_and_delete] * REGISTERING + [self.check_out] * CHECKING_OUT + [self.collect]
        threads = [threading.Thread(target=self.in_a_loop, args=(one, number)) for number, one in enumerate(work)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(self.problems, [])
        self.assertGreater(len(self.versions), REGISTERING)
        self.assertGreater(self.collections, 0)
        self.assert_nothing_lost()
        self.assert_sound()
        for version, expected in self.versions.items():
            out = self.tmp / "out"
            self.mlops("-q", "checkout", version, out)
            self.assertEqual(keeping.digests(out), expected, version)
            shutil.rmtree(out)
        for version in self.versions_now():
            self.delete(version)
        collected = self.mlops("artifacts", "gc", "--apply")
        self.assertEqual(self.leftovers(), [], self.told(collected))
        self.assertLess(self.disk_bytes(), EMPTY_BYTES, self.told(collected))
        self.assertFalse(re.search("lost|damaged", self.mlops("artifacts", "verify", "--read-data").stdout))

    @strace.needed
    def test_a_register_that_begins_within_a_collection(self):
        """Both slowed down, the one where it looks through folders, the others where they have files that are not complete."""
        def slow(call, milliseconds, *words):
            tracer = ["strace", "-f", "-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={call}:delay_enter={1000 * milliseconds}"]
            return self.start(*tracer, sandbox.program, *words, environment=strace.environment(self))

        self.register("first.bin", "first")
        running = [slow("getdents64", 300, "artifacts", "gc", "--apply")]
        for number in range(40):
            name = self.write(f"source-{number}.bin", self.shared[number:]).name
            running.append(slow("fsync", 300, "-q", "register", f"model-{number}", name))
            time.sleep(0.2)
        for process in running:
            out, err = process.communicate(timeout=120)
            self.assertEqual(process.returncode, 0, out + err)
        self.assert_sound()


sandbox.main()
