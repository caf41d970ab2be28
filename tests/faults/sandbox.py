"""A project with a registry in a folder of its own, for tests that break things around the real program.

    class SomeTest(sandbox.Test):
        def test_something(self): self.mlops("list")

A file of tests ends with `sandbox.main()` and is run as `FILE.py MLOPS [test_name…]`. MLOPS_FAULTS=all tries every point where
otherwise a sample does.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SKIPPED = 77
EVERYTHING = os.environ.get("MLOPS_FAULTS") == "all"
# The documented exit codes (docs/exit-codes.md), but for 130 and 143.
DOCUMENTED = range(9)
KEPT_FROM_OUTSIDE = ("ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS", "GCOV_PREFIX", "GCOV_PREFIX_STRIP")

TRAINING = """\
echo "training with $1"
cp data.csv model.bin
echo "$1" >>model.bin
echo '{"auc": 0.91}' >metrics.json
"""

POLICY = """\
[stages]
order = ["staging", "production"]

[gate.production]
metrics = ["auc >= 0.5"]

[model.churn.train]
command = ["sh", "train.sh", "{params.lr}"]
inputs  = { train = "data.csv" }
params  = { lr = 0.1 }
outputs = { model = "model.bin" }
metrics = "metrics.json"
"""

program = Path("mlops")


def clean_environment(root):
    environment = {
        "PATH": f"{program.parent}:/usr/bin:/bin:/usr/sbin:/sbin", "HOME": str(root / "home"), "TMPDIR": str(root / "tmp"),
        "LC_ALL": "C.UTF-8", "TZ": "UTC", "MLOPS_ACTOR": "Ada <ada@example.org>",
        "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "GIT_CEILING_DIRECTORIES": str(root),
        "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.org",
        "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.org",
        # With coverage, a killed program would leave a half-written profile among those that count.
        "GCOV_PREFIX": str(root / "profile"), "GCOV_ERROR_FILE": "/dev/null",
    }
    environment.update({name: os.environ[name] for name in KEPT_FROM_OUTSIDE if name in os.environ})
    return environment


class Test(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.root = Path(tempfile.mkdtemp(prefix="mlops-faults-"))
        self.addCleanup(shutil.rmtree, self.root, ignore_errors=True)
        for name in ("home", "tmp", "project"):
            (self.root / name).mkdir()
        self.tmp, self.project = self.root / "tmp", self.root / "project"
        self.environment = clean_environment(self.root)

    # Running things

    def start(self, *argv, environment=None, **options):
        return subprocess.Popen(
            [str(word) for word in argv], env=self.environment | (environment or {}), text=True, errors="backslashreplace",
            **({"cwd": self.project, "stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options))

    def run_program(self, *argv, environment=None, timeout=120, **options):
        process = self.start(*argv, environment=environment, **options)
        try:
            out, err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            self.fail(f"`{' '.join(map(str, argv))}` did not end within {timeout} s")
        return subprocess.CompletedProcess(argv, process.returncode, out, err)

    def mlops(self, *words, expect=0, **options):
        """Runs the program; `expect` is an exit code, several, or None for any documented one."""
        result = self.run_program(program, *words, **options)
        codes = DOCUMENTED if expect is None else expect if isinstance(expect, (list, tuple)) else [expect]
        self.assertIn(result.returncode, codes, self.told(result))
        self.assertNotIn("internal error", result.stderr or "")
        if result.returncode not in (0, 1) and result.stderr is not None and "diff" not in words:
            self.assertRegex(result.stdout + result.stderr, r"\S", f"{self.told(result)}: not a word about it")
        return result

    def git(self, *words):
        result = self.run_program("git", *words)
        self.assertEqual(result.returncode, 0, self.told(result))
        return result.stdout

    @staticmethod
    def told(result):
        return f"`{' '.join(map(str, result.args))}` exit {result.returncode}\n{result.stdout}{result.stderr}"

    # The project

    def make_project(self):
        """A committed project with a registry and a recipe, and nothing registered."""
        self.git("init", "--quiet", "--initial-branch=main")
        self.write("mlops.toml", POLICY)
        self.write("train.sh", TRAINING)
        self.write("data.csv", "age,income\n31,1000.5\n")
        self.write(".gitignore", "*.bin\n")
        self.mlops("init")
        self.git("add", ".")
        self.git("commit", "--quiet", "--message", "a project")

    def write(self, name, content):
        path = self.project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    @property
    def database(self):
        return self.project / ".mlops/registry.db"

    def register(self, name="model.bin", content="weights", *words, **options):
        self.write(name, content)
        return self.mlops("-q", "register", "churn", name, "--metric", "auc=0.9", *words, **options)

    def numbers(self):
        """Of all versions of churn, in order; none before its first registration."""
        listed = self.mlops("--json", "list", "churn", "--limit", "1000", expect=(0, 4)).stdout or '{"versions": []}'
        return sorted(version["number"] for version in json.loads(listed)["versions"])

    def snapshot(self):
        """Keeps the project as it is; the function it returns brings that state back."""
        kept = self.root / "kept"
        shutil.copytree(self.project, kept, symlinks=True)

        def restore():
            shutil.rmtree(self.project)
            shutil.copytree(kept, self.project, symlinks=True)

        return restore

    # What must hold afterwards

    def trees(self):
        return len(self.git("worktree", "list").splitlines()) - 1

    def left_in_tmp(self):
        return [path.name for path in self.tmp.iterdir() if path.name.startswith("mlops-")]

    def processes_of_training(self):
        """Whatever still works below the folders of this test."""
        working = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if (process / "cwd").readlink().is_relative_to(self.tmp):
                    working.append((process / "cmdline").read_text())
            except OSError:
                continue
        return working

    def assert_sound(self, when=""):
        for words in (["doctor"], ["audit", "verify"]):
            result = self.run_program(program, *words)
            self.assertEqual(result.returncode, 0, f"{when}: not sound\n{self.told(result)}")

    def state_of_git(self):
        """What a person would miss if it changed: tree, index, stash, branches."""
        index = self.project / ".git/index"
        return {
            "status": self.git("--no-optional-locks", "status", "--porcelain=v2", "--branch"),
            "index": self.git("ls-files", "--stage"), "index file": index.read_bytes() if index.exists() else b"",
            "stash": self.git("stash", "list"), "refs": self.git("for-each-ref"),
        }


def spread(points, most):
    """At most so many of the points, evenly over all of them, the last one included."""
    if EVERYTHING or len(points) <= most:
        return points
    return [points[round(i * (len(points) - 1) / (most - 1))] for i in range(most)]


def exit_of(status):
    return 128 - status if status < 0 else status


def main():
    global program
    if len(sys.argv) < 2:
        raise SystemExit(f"usage: {sys.argv[0]} MLOPS [test_name...]")
    program = Path(sys.argv[1]).resolve()
    wanted = sys.argv[2:]
    suite = unittest.TestSuite()
    for test in flatten(unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"])):
        if not wanted or test.id().rsplit(".", 1)[-1] in wanted:
            suite.addTest(test)
    if suite.countTestCases() == 0:
        raise SystemExit(f"no test {' or '.join(wanted)} in {sys.argv[0]}")
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    result = unittest.TextTestRunner(verbosity=2).run(suite)
    if not result.wasSuccessful():
        sys.exit(1)
    sys.exit(SKIPPED if len(result.skipped) == result.testsRun else 0)


def flatten(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from flatten(test)
        else:
            yield test
