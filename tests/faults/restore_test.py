#!/usr/bin/python3
"""Should this program ever be gone: examples/restore/restore.py gives every file back with nothing but Python's standard library."""

import hashlib
import random
import re
from pathlib import Path

import keeping
import sandbox

SCRIPT = Path(__file__).resolve().parents[2] / "examples/restore/restore.py"


class Restore(keeping.Test):
    def restore(self, what, target):
        return self.run_program(SCRIPT, self.registry, what, target)

    def test_a_version(self):
        for number in (1, 2):
            self.add_version(number)
        for number in (1, 2):
            out = self.tmp / f"out-{number}"
            restored = self.restore(f"churn@{number}", out)
            self.assertEqual(restored.returncode, 0, self.told(restored))
            self.assertEqual(keeping.digests(out), self.known[number])
        self.assertEqual(self.restore("churn@9", self.tmp / "none").returncode, 1)

    def test_one_file(self):
        """So large that the list of its chunks is cut into chunks as well."""
        content = random.Random(1).randbytes(150_000_000)
        self.write("huge.bin", content)
        self.mlops("register", "churn", "huge.bin")
        digest = hashlib.sha256(content).hexdigest()
        restored = self.restore(f"sha256:{digest}", self.tmp / "huge.bin")
        self.assertEqual(restored.returncode, 0, self.told(restored))
        self.assertEqual(hashlib.sha256((self.tmp / "huge.bin").read_bytes()).hexdigest(), digest)

    def test_damage_is_told(self):
        self.add_version(1)
        pack = max((self.objects / "packs").iterdir(), key=lambda path: path.stat().st_size)
        keeping.flip(pack, pack.stat().st_size // 2)
        restored = self.restore("churn@1", self.tmp / "out")
        self.assertEqual(restored.returncode, 1)
        self.assertRegex(restored.stderr, r"missing or damaged|not what was stored")

    def test_it_is_short(self):
        """What a person can read before trusting it."""
        lines = SCRIPT.read_text(encoding="utf-8").splitlines()
        self.assertLessEqual(len(lines), 120)
        imported = set(re.findall(r"^(?:import|from) (\w+)", "\n".join(lines), re.MULTILINE))
        self.assertLessEqual(imported, {"hashlib", "sqlite3", "struct", "subprocess", "sys", "pathlib"})


sandbox.main()
