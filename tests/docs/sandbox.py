"""A folder of its own for a test of the documentation: fixed clock, host and user, nobody's settings."""

import contextlib
import json
import os
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CLOCK = "2026-11-01T09:00:00Z"


class Sandbox:
    def __init__(self, mlops, root):
        self.mlops = mlops
        self.folder = root / "project"
        self.folder.mkdir()
        (root / "tmp").mkdir()
        self.environment = {
            "PATH": f"{Path(mlops).parent}:/usr/bin:/bin", "HOME": str(root), "TMPDIR": str(root / "tmp"), "LC_ALL": "C.UTF-8",
            "MLOPS_ACTOR": "Ada <ada@example.org>", "MLOPS_TEST_CLOCK": CLOCK, "MLOPS_TEST_HOST": "testhost",
            "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.org", "GIT_AUTHOR_DATE": CLOCK,
            "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.org", "GIT_COMMITTER_DATE": CLOCK,
            "GCOV_ERROR_FILE": "/dev/null",
        }
        self.environment.update({name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")})

    def shell(self, command):
        subprocess.run(["sh", "-ec", command], cwd=self.folder, env=self.environment, check=True, stdout=subprocess.DEVNULL)

    def run(self, *words, expect=0):
        done = subprocess.run([self.mlops, *words], cwd=self.folder, env=self.environment, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, check=False)
        if done.returncode != expect:
            raise SystemExit(f"mlops {' '.join(words)}: exit {done.returncode}, expected {expect}\n{done.stderr}")
        return done

    def json(self, *words, expect=0):
        return json.loads(self.run("--json", *words, expect=expect).stdout)


@contextlib.contextmanager
def sandbox(mlops):
    with tempfile.TemporaryDirectory(prefix="mlops-docs.") as root:
        yield Sandbox(mlops, Path(root).resolve())


def compare_page(path, expected):
    """A generated page; MLOPS_TEST_ACCEPT=1 writes it anew."""
    present = path.read_text(encoding="utf-8") if path.exists() else ""
    if present == expected:
        return
    if os.environ.get("MLOPS_TEST_ACCEPT"):
        path.write_text(expected, encoding="utf-8")
        print(f"accepted: {path}")
        return
    import difflib
    for line in difflib.unified_diff(present.splitlines(), expected.splitlines(), f"{path.name} (in docs)",
                                     f"{path.name} (from the program)", lineterm=""):
        print(line)
    raise SystemExit("\nto accept it: MLOPS_TEST_ACCEPT=1 tests/run docs/")
