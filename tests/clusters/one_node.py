"""A Slurm of one node for one test: started and ended by it, on loopback, with everything in the test's own folder."""

import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "faults"))
import sandbox  # noqa: E402

STARTER = Path(__file__).resolve().parent.parent / "lib/slurm"

# Goes on from its checkpoint; how far it gets at once, and what it does then, are files that a test writes.
TRAINING = """\
echo "attempt $MLOPS_ATTEMPT of run $MLOPS_RUN_ID"
trap 'echo "told to stop"; exit 1' TERM
for step in 1 2 3; do
  grep -qx "$step" "$MLOPS_CHECKPOINT_DIR/steps" 2>/dev/null && continue
  echo "$step" >>"$MLOPS_CHECKPOINT_DIR/steps"
  echo "step $step"
  while [ "$step" = 2 ] && [ -e "$HOLD" ]; do sleep 0.1; done
done
cp data.csv model.bin
echo '{"auc": 0.91}' >metrics.json
"""

POLICY = sandbox.POLICY.replace('metrics = "metrics.json"', 'metrics = "metrics.json"\nresources = { cpu = 1, memory = "300 MB" }')

# The same in stages: `train` waits while `HOLD` is there, and leaves something beside its input, as caches do.
STAGES = """\
[stages]
order = ["staging", "production"]

[model.churn.train]
inputs    = { raw = "data.csv" }
params    = { least = 0, lr = 0.1 }
outputs   = ["model"]
resources = { cpu = 1, memory = "300 MB" }

[model.churn.train.stage.prepare]
command = ["sh", "prepare.sh", "{params.least}", "{inputs.raw}", "{outputs.clean}"]
code    = ["prepare.sh"]
outputs = { clean = "work/" }

[model.churn.train.stage.train]
command = ["sh", "train.sh", "{params.lr}", "{inputs.clean}", "{outputs.model}"]
code    = ["train.sh"]
outputs = { model = "model.bin" }

[model.churn.train.stage.evaluate]
command = ["sh", "evaluate.sh", "{inputs.model}"]
code    = ["evaluate.sh"]
metrics = "metrics.json"
"""

STAGE_SCRIPTS = {
    "prepare.sh": """\
set -e
echo "preparing with $1, attempt $MLOPS_ATTEMPT"
tail -n +2 "$2" >"$3/clean.csv"
""",
    "train.sh": """\
set -e
echo "training with $1, attempt $MLOPS_ATTEMPT"
echo "seen" >"$2/cache"
echo "$MLOPS_ATTEMPT" >>"$MLOPS_CHECKPOINT_DIR/begun"
while [ -e "$HOLD" ]; do sleep 0.1; done
{ cat "$2/clean.csv"; echo "lr $1"; } >"$3"
""",
    "evaluate.sh": """\
set -e
[ -z "$MLOPS_INPUT_CLEAN$MLOPS_OUTPUT_MODEL" ] || exit 9
echo "evaluating"
printf '{"auc": 0.9%s}\\n' "$(wc -l <"$1")" >"$MLOPS_METRICS"
""",
}


def two_free_ports():
    """Below those that the system gives away by itself."""
    for _ in range(1000):
        port = random.randrange(10000, 30000, 2)
        try:
            with socket.socket() as first, socket.socket() as second:
                first.bind(("127.0.0.1", port))
                second.bind(("127.0.0.1", port + 1))
                return port
        except OSError:
            continue
    raise AssertionError("no free ports")


class Test(sandbox.Test):
    slurm_lines = ""

    def setUp(self):
        super().setUp()
        self.slurm = self.root / "slurm"
        self.environment["SLURM_CONF"] = str(self.slurm / "slurm.conf")
        self.hold = self.root / "hold"
        self.environment["HOLD"] = str(self.hold)
        os.chmod(self.root, 0o755)
        self.start_slurm()
        self.make_project()
        self.write("mlops.toml", POLICY)
        self.write("train.sh", TRAINING)
        self.git("commit", "--quiet", "--all", "--message", "with checkpoints")

    def start_slurm(self):
        self.addCleanup(self.starter, "stop")
        for _ in range(5):
            environment = {"SLURM_PORT": str(two_free_ports()), "SLURM_LINES": self.slurm_lines}
            started = self.starter("start", environment)
            if "Address already in use" not in started.stderr:
                break
            self.starter("stop")
        if started.returncode == sandbox.SKIPPED:
            self.skipTest(started.stderr.strip())
        self.assertEqual(started.returncode, 0, started.stderr)

    def starter(self, what, environment=None):
        # Daemons keep what they are given open, so their output goes to files of their own.
        log = self.root / "starter"
        with open(log, "w", encoding="utf-8") as out:
            result = subprocess.run(["bash", STARTER, what, self.slurm], env=self.environment | (environment or {}),
                                    stdin=subprocess.DEVNULL, stdout=out, stderr=out, check=False)
        result.stderr = log.read_text(encoding="utf-8")
        return result

    # Looking at Slurm

    def slurm_command(self, *words, expect=0):
        result = self.run_program(*words)
        if expect is not None:
            self.assertEqual(result.returncode, expect, self.told(result))
        return result.stdout

    def state(self, job):
        return self.slurm_command("squeue", "-h", "-t", "all", "-j", job, "-o", "%T", expect=None).strip()

    def hasten(self, job):
        """A job that is put back into the queue begins two minutes later; a test has no time for that. But slurmd refuses one that begins
        again within the second in which it was put back."""
        asked = time.monotonic()

        def begins():
            nonlocal asked
            if self.state(job) == "PENDING" and time.monotonic() > asked + 3:
                asked = time.monotonic()
                self.slurm_command("scontrol", "update", f"JobId={job}", "StartTime=now", expect=None)
            return self.state(job) not in ("PENDING", "REQUEUED")

        self.until(begins, what="beginning again", told=lambda: self.slurm_command("scontrol", "show", "job", job, expect=None))

    def end_process(self, pid_file, with_signal=signal.SIGTERM):
        pid = int((self.slurm / pid_file).read_text())
        os.kill(pid, with_signal)
        self.until(lambda: not Path(f"/proc/{pid}").exists() or "Z" in Path(f"/proc/{pid}/stat").read_text().split()[2])

    def processes_of_job(self):
        """Of any job of this Slurm, with the daemon's helpers that look after it."""
        found = []
        for folder in Path("/proc").iterdir():
            if not folder.name.isdigit():
                continue
            try:
                environment = (folder / "environ").read_bytes().split(b"\0")
                words = (folder / "cmdline").read_bytes()
            except OSError:
                continue
            ours = f"SLURM_CONF={self.slurm}/slurm.conf".encode() in environment
            if ours and (any(name.startswith(b"SLURM_JOB_ID=") for name in environment) or b"slurmstepd" in words):
                found.append(int(folder.name))
        return found

    # Runs

    def until(self, true, seconds=60, what="it", told=str):
        end = time.monotonic() + seconds
        while not true():
            if time.monotonic() > end:
                self.fail(f"{what} did not come true within {seconds} s\n{told()}")
            time.sleep(0.1)

    def submit(self, *words, **options):
        """The number of the run, and the id of its job."""
        run = self.mlops("-q", "retrain", "churn", "--on", "slurm", *words, **options).stdout.strip()
        return run, self.run_of(run)["execution"]["job"]["id"]

    def run_of(self, run):
        return json.loads(self.mlops("--json", "run", "show", run).stdout)

    def folder(self, run):
        return Path(self.run_of(run)["execution"]["folder"])

    def steps(self, run):
        file = self.folder(run) / "checkpoints/steps"
        return file.read_text().split() if file.exists() else []

    def until_held(self, run):
        self.until(lambda: self.steps(run)[-1:] == ["2"], what="the second step")

    def log(self, run):
        return self.mlops("run", "log", run).stdout

    def assert_trained(self, run, attempts):
        self.assertEqual(self.numbers(), [1])
        shown = self.run_of(run)
        self.assertEqual(shown["status"], "succeeded")
        self.assertEqual(len(shown["execution"]["attempts"]), attempts, shown["execution"]["attempts"])
        self.assertEqual(shown["metrics"], {"auc": 0.91})
        self.assertIsNone(shown["execution"]["folder"])
        steps = re.findall(r"step (\d)", self.log(run))
        self.assertEqual(steps, ["1", "2", "3"])
        self.mlops("audit", "verify")
