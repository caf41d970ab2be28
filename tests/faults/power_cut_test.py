#!/usr/bin/python3
"""A power cut: the disk holds what was flushed to it, and nothing else. What a command told as done is there, and nothing of it is lost.

A file system in a file is mounted with a long commit interval; at the point of the cut the file is copied, as it is, and the copy
mounted: its journal is all that survives. Where that may not be done the tests are skipped.
"""

import os
import random
import shutil

import disks
import keeping
import sandbox
import strace

CUTS = 120 if sandbox.EVERYTHING else 5


class PowerCut(keeping.Test):
    def put_project_on(self, kind):
        disk = disks.Disk(self, kind)
        shutil.move(self.project, disk.folder / "project")
        self.project = disk.folder / "project"
        os.sync()
        return disk

    def after_cut(self, disk, when, check):
        """Runs the check in the project as it is after a cut."""
        disk.cut()
        before, self.project = self.project, disk.after / "project"
        try:
            self.assert_nothing_lost(when)
            self.assert_sound(when)
            check()
        finally:
            self.project = before
            disk.forget_cut()

    def cut_after_every_success(self, kind):
        disk = self.put_project_on(kind)
        for number in (1, 2, 3):
            self.add_version(number)
            self.after_cut(disk, f"after churn@{number} was told", lambda: self.assertEqual(self.numbers(), sorted(self.known)))
        self.delete_version(2)
        self.mlops("artifacts", "gc", "--apply")
        self.after_cut(disk, "after a collection", lambda: self.assertEqual(self.numbers(), [1, 3]))

    def cut_while_storing(self, kind):
        """Killed anywhere, then the power is gone at once; each time with new files."""
        disk = self.put_project_on(kind)
        self.add_version(1)
        number = 2
        points = strace.storing_calls(self, *self.words_of_register(number))
        generator = random.Random(7)
        for _ in range(CUTS):
            point = generator.choice(points)
            number += 1
            words = self.words_of_register(number)
            killed = strace.run(self, f"{point.call}:signal=KILL:when={point.number}", *words, threads=True)
            files = self.known.pop(number)
            if killed.returncode == 0:
                self.known[int(killed.stdout.split("@")[1])] = files
            with self.subTest(killed_before=f"{point.call} number {point.number}: {point.text[:100]}"):
                self.after_cut(disk, "after the cut", lambda words=words: self.mlops(*words))
            shutil.rmtree(self.root / f"version-{number}")

    def test_ext4_after_success(self):
        self.cut_after_every_success("ext4")

    @strace.needed
    def test_ext4_while_storing(self):
        self.cut_while_storing("ext4")

    def test_xfs_after_success(self):
        self.cut_after_every_success("xfs")

    @strace.needed
    def test_xfs_while_storing(self):
        self.cut_while_storing("xfs")

    def test_a_cut_takes_what_was_not_flushed(self):
        """Without this, the tests above would show nothing."""
        disk = self.put_project_on("ext4")
        (disk.folder / "not-flushed").write_bytes(b"x" * 10_000)
        disk.cut()
        lost = disk.after / "not-flushed"
        self.assertFalse(lost.exists() and lost.stat().st_size == 10_000)
        disk.forget_cut()


sandbox.main()
