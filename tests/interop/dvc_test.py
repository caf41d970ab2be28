#!/usr/bin/python3
"""DVC and this program keep the same folder: both give back what they were given, and the times stand beside each other.

    dvc_test.py MLOPS BIN

BIN is the folder of a virtual environment with the package below.
"""
# from PyPI: dvc

import hashlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

mlops, dvc = str(Path(sys.argv[1]).resolve()), str(Path(sys.argv[2]).absolute() / "dvc")
FILES, LARGE_BYTES = 500, 64 << 20
if not Path(dvc).exists():
    print("skipped: dvc is not here", file=sys.stderr)
    sys.exit(77)


def digests(folder):
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.rglob("*")) if path.is_file()}


class Dvc(unittest.TestCase):
    def setUp(self):
        self.root = Path(tempfile.mkdtemp(prefix="mlops-interop-"))
        self.addCleanup(shutil.rmtree, self.root, ignore_errors=True)
        self.environment = {
            "PATH": f"{Path(dvc).parent}:/usr/bin:/bin", "HOME": str(self.root), "LC_ALL": "C.UTF-8", "TMPDIR": str(self.root),
            "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CEILING_DIRECTORIES": str(self.root), "DVC_NO_ANALYTICS": "1",
            "MLOPS_ACTOR": "Ada <ada@example.org>",
        }
        self.times = {}

    def run_in(self, folder, *argv, timed=None):
        os.sync()
        start = time.monotonic()
        result = subprocess.run([str(word) for word in argv], cwd=folder, env=self.environment, check=False, text=True, capture_output=True)
        if timed:
            self.times[timed] = time.monotonic() - start
        self.assertEqual(result.returncode, 0, f"`{' '.join(map(str, argv))}`\n{result.stdout}{result.stderr}")
        return result.stdout

    def make_model(self, folder):
        generator = random.Random(1)
        (folder / "layers").mkdir(parents=True)
        (folder / "model.bin").write_bytes(generator.randbytes(LARGE_BYTES))
        for number in range(FILES):
            (folder / f"layers/{number}.bin").write_bytes(generator.randbytes(generator.randrange(1, 20_000)))
        (folder / "empty").write_bytes(b"")

    def test_the_same_folder(self):
        theirs, ours = self.root / "theirs", self.root / "ours"
        for project in (theirs, ours):
            self.make_model(project / "model")
        expected = digests(theirs / "model")

        self.run_in(theirs, dvc, "init", "--no-scm")
        self.run_in(theirs, dvc, "add", "--quiet", "model", timed="dvc add")
        shutil.rmtree(theirs / "model")
        self.run_in(theirs, dvc, "checkout", "--quiet", timed="dvc checkout")
        self.assertEqual(digests(theirs / "model"), expected)

        self.run_in(ours, mlops, "init")
        self.assertEqual(self.run_in(ours, mlops, "-q", "register", "churn", "model", timed="mlops register"), "churn@1\n")
        self.run_in(ours, mlops, "-q", "checkout", "churn@1", "out", timed="mlops checkout")
        self.assertEqual(digests(ours / "out"), expected)

        # What DVC wrote is one more source of the same version.
        self.assertEqual(self.run_in(ours, mlops, "-q", "register", "churn", theirs / "model"), "churn@1\n")
        print("\n" + "\n".join(f"  {name:16}{seconds:8.2f} s" for name, seconds in self.times.items()), file=sys.stderr)


unittest.main(argv=sys.argv[:1], verbosity=2)
