#!/usr/bin/python3
"""How long everyday commands take, as whole processes: on registries of 10^5 and 10^6 versions, and for a small registration.

The registries are made once by generate_registry and kept beside the program. Nothing here passes or fails by a time; the table
marks what is over its bound.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import measure

mlops = Path(sys.argv[1]).resolve()
generator = mlops.parent / "generate_registry"
RUNS = int(os.environ.get("MLOPS_BENCHMARK_RUNS", "50"))

POLICY = """\
[stages]
order = ["staging", "production"]

[gate.production]
checks  = ["artifacts.intact"]
after   = "staging"
metrics = ["accuracy >= 0", "auc >= production.auc - 1"]

[model."team-0/model-0000".train]
command = ["python3", "train.py"]
params  = { lr = 0.1 }
outputs = { model = "model.bin" }
"""


def registry_of(models, versions):
    """Made again when the generator is newer, for the schema may have changed."""
    folder = mlops.parent.parent / "registries" / f"{models}x{versions}"
    made = folder / "made"
    if not made.exists() or made.stat().st_mtime < generator.stat().st_mtime:
        shutil.rmtree(folder, ignore_errors=True)
        print(f"making a registry of {models} models with {versions} versions each in {folder}", file=sys.stderr)
        subprocess.run([generator, folder, str(models), str(versions)], check=True)
        made.touch()
    return folder


class Project:
    """A git repository with a policy, whose registry may be elsewhere."""

    def __init__(self, folder, registry=None):
        self.folder = Path(folder)
        self.environment = {
            "PATH": "/usr/bin:/bin", "HOME": str(folder), "MLOPS_ACTOR": "Ada <ada@example.org>", "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.org",
            "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.org",
        }
        self.run("git", "init", "--quiet", "--initial-branch=main")
        (self.folder / "mlops.toml").write_text(POLICY)
        (self.folder / "train.py").write_text("print('training')\n")
        self.run(mlops, "init")
        self.run("git", "add", ".")
        self.run("git", "commit", "--quiet", "--message", "a project")
        if registry:
            self.environment["MLOPS_REGISTRY"] = str(registry)

    def run(self, *argv):
        subprocess.run([str(word) for word in argv], cwd=self.folder, env=self.environment, check=True, stdout=subprocess.DEVNULL)

    def command(self, *words):
        return [str(mlops), "-C", str(self.folder), *words]


def measure_reading(models, versions):
    model = "team-0/model-0000"
    middle = f"{model}@{versions // 2}"
    with tempfile.TemporaryDirectory(prefix="mlops-benchmark-") as folder:
        project = Project(folder, registry_of(models, versions))
        commands = {
            "/bin/true": ["/bin/true"],
            "list": project.command("list"),
            "list MODEL": project.command("list", model),
            "list MODEL --where …": project.command("list", model, "--where", "metrics.auc>0.99 and tag.team=risk"),
            "list MODEL --sort metrics.auc": project.command("list", model, "--sort", "metrics.auc"),
            "show MODEL@N": project.command("show", middle),
            "show MODEL@production": project.command("show", f"{model}@production"),
            "promote --dry-run": project.command("promote", f"{model}@{versions // 20 * 20 - 20}", "--to", "production", "--dry-run"),
            "history": project.command("history", model),
            "history --at": project.command("history", model, "--at", "2026-01-01T05:00:00Z"),
            "lineage": project.command("lineage", middle),
            "run list": project.command("run", "list"),
            "run list --where …": project.command("run", "list", "--where", "metrics.auc>0.99 and status=succeeded"),
            "run list --sort metrics.auc": project.command("run", "list", "--sort", "metrics.auc"),
            "run show": project.command("run", "show", "1"),
            "run compare": project.command("run", "compare", "1", "2", "3"),
            "run compare --where …": project.command("run", "compare", "--where", "metrics.auc>0.99"),
            "retrain --dry-run": project.command("retrain", model, "--at", "HEAD", "--dry-run"),
            "audit log": project.command("audit", "log", "--since", "2030-01-01"),
        }
        times = measure.in_turn(commands, runs=RUNS, environment=project.environment)
    bounds = {name: 10 for name in ("list", "list MODEL", "show MODEL@N", "show MODEL@production", "promote --dry-run", "history", "lineage")}
    bounds |= {name: 20 for name in commands if name.startswith("run ")}
    measure.table(f"{models} models with {versions} versions each (whole process, warm)", times, base="/bin/true", bounds=bounds)


TRIGGERS = """
[model."{0}".monitor]
stage = "staging"
[model."{0}".train]
command = ["python3", "train.py"]
inputs  = {{ train = "train.csv" }}
outputs = {{ model = "model.bin" }}
[model."{0}".retrain]
when = ["drift.psi > 0.2 for 3 batches", "age > 36500d", "metrics.auc < 0.5", "missing.share > 0.9 for 2 batches"]
promote = "staging"
"""


def measure_ticking(models):
    """Each has a holder, three batches and four triggers, of which none is due."""
    with tempfile.TemporaryDirectory(prefix="mlops-benchmark-") as folder:
        project = Project(folder, registry_of(models, 20))
        names = (f"team-{model % 10}/model-{model:04}" for model in range(models))
        (project.folder / "mlops.toml").write_text("".join(TRIGGERS.format(name) for name in names))
        project.run("git", "commit", "--quiet", "--all", "--message", "triggers")
        commands = {"/bin/true": ["/bin/true"], "config check": project.command("config", "check", "-q"),
                    "tick": project.command("tick", "-q"), "tick --dry-run": project.command("tick", "-n", "-q")}
        told = subprocess.run(project.command("tick", "--json"), env=project.environment, check=True, capture_output=True, text=True)
        quiet = told.stdout.count('"standing": "quiet"')
        if quiet != models:
            raise SystemExit(f"{quiet} of {models} models are quiet")
        times = measure.in_turn(commands, runs=RUNS, environment=project.environment)
    measure.table(f"Looking at the triggers of {models} models, with nothing due", times, base="/bin/true", bounds={"tick": 50})


def measure_registering():
    with tempfile.TemporaryDirectory(prefix="mlops-benchmark-", dir=mlops.parent) as folder:
        project = Project(folder)
        numbers = iter(range(1_000_000))

        def new_file():
            (project.folder / "model.bin").write_bytes(next(numbers).to_bytes(8, "big") * 12_500)

        commands = {
            "/bin/true": ["/bin/true"],
            "register, 100 kB": project.command("register", "churn", "model.bin", "--metric", "auc=0.9"),
            "register again": project.command("register", "churn", "model.bin", "--metric", "auc=0.9"),
        }
        times = measure.in_turn(commands, runs=RUNS, environment=project.environment,
                                before={"register, 100 kB": new_file})
    measure.table("Registering a new file in a git repository, with its fsyncs (the same disk as the build)", times, base="/bin/true",
                  bounds={"register, 100 kB": 40})


measure_registering()
measure_ticking(1000)
measure_reading(100, 1000)
measure_reading(1, 1_000_000)
