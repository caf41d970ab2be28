#!/usr/bin/python3
"""What every command prints with --json is what docs/json.md says: every field of the tables, no other, and its type."""

import json
import re
import sqlite3
import sys

from sandbox import ROOT, sandbox

PLAIN = {
    "string": lambda v: isinstance(v, str),
    "boolean": lambda v: isinstance(v, bool),
    "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "number": lambda v: isinstance(v, (int, float)) and not isinstance(v, bool),
    "any": lambda v: True,
    "time": lambda v: isinstance(v, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z", v),
    "digest": lambda v: isinstance(v, str) and re.fullmatch(r"sha256:[0-9a-f]{64}", v),
    "id": lambda v: isinstance(v, str) and re.fullmatch(r"[a-z0-9._/-]+@\d+", v),
}


class Page:
    """The tables of the page by their headings, each with the table that it goes on from."""

    def __init__(self, text):
        self.fields = {}
        for section in re.split(r"^#{2,3} ", text, flags=re.MULTILINE)[1:]:
            heading, body = section.split("\n", 1)
            base = re.search(r"[Ee]verything of (\w+)", body)
            rows = re.findall(r"^\| `(\w+)` \| (.+?) \|", body, re.MULTILINE)
            if base or rows:
                self.fields[heading.strip("`")] = (base and base[1], dict(rows))
        self.used = set()

    def fields_of(self, name):
        self.used.add(name)
        if name not in self.fields:
            raise SystemExit(f"docs/json.md has no table for {name}")
        base, own = self.fields[name]
        return {**(self.fields_of(base) if base else {}), **own}

    def faults(self, value, kind, where):
        if kind.endswith(" or null"):
            if value is not None:
                yield from self.faults(value, kind.removesuffix(" or null"), where)
        elif kind in PLAIN:
            if not PLAIN[kind](value):
                yield f"{where}: {value!r} is not {kind}"
        elif kind.startswith("["):
            for item in value:
                yield from self.faults(item, kind[1:-1], where + "[]")
        elif kind.startswith("{"):
            for key, item in value.items():
                yield from self.faults(item, kind[1:-1], f"{where}.{key}")
        else:
            yield from self.record_faults(value, kind, where)

    def record_faults(self, value, kind, where):
        fields = self.fields_of(kind)
        if not isinstance(value, dict):
            yield f"{where}: {value!r} is not a {kind}"
            return
        for key in value.keys() - fields.keys():
            yield f"{where}: `{key}` is printed, but not in the table of {kind}"
        for key, field in fields.items():
            if key in value:
                yield from self.faults(value[key], field, f"{where}.{key}")
            else:
                yield f"{where}: `{key}` is in the table of {kind}, but not printed"


POLICY = """
[gate.production]
after = "staging"
checks = ["artifacts.intact", "smoke"]
metrics = ["auc >= production.auc"]
required = ["tag.owner"]
approvals = 1
[gate.production.warn]
metrics = ["auc >= 0.99 or auc >= 0.98"]
[check.smoke]
command = ["sh", "-c", "echo '{{\\"ok\\": 1}}' >$MLOPS_FIGURES"]
[model.churn.train]
command = ["sh", "train.sh", "{params.auc}", "{inputs.train}", "{outputs.model}"]
inputs = { train = "train.csv" }
params = { auc = 0.9 }
outputs = { model = "model/" }
metrics = "metrics.json"
seed = 7
[model.churn.monitor]
metrics = ["accuracy >= 0.5"]
"""
TRAIN = 'echo "training"; cat "$2" >"$3/weights"; echo "$1" >>"$3/weights"; echo "{\\"auc\\": $1}" >metrics.json'


STAGES = """
[model.steps.train]
params = { auc = 0.9 }
outputs = ["model"]
[model.steps.train.stage.first]
command = ["sh", "-c", "echo {params.auc} >{outputs.one}"]
outputs = { one = "one" }
code = []
[model.steps.train.stage.second]
command = ["sh", "-c", "cp {inputs.one} {outputs.model}; echo '{{\\"auc\\": {params.auc}}}' >{metrics}"]
outputs = { model = "two" }
metrics = "steps.json"
"""


def staged_documents(box):
    """Of a recipe in stages, for a model of its own."""
    (box.folder / "mlops.toml").write_text(POLICY + STAGES)
    box.shell("git add mlops.toml && git commit -q -m stages")
    yield "retrain", box.json("retrain", "steps", "--dry-run")
    yield "retrain", box.json("retrain", "steps")
    yield "retrain", box.json("retrain", "steps", "--param", "auc=0.8", "--dry-run")
    yield "retrain", box.json("retrain", "steps")


TRIGGERS = """
[model.due.train]
command = ["sh", "-c", "cat {inputs.train} >{outputs.model}"]
inputs = { train = "due.csv" }
outputs = { model = "due.bin" }
[model.due.monitor]
stage = "staging"
[model.due.retrain]
when = ["age > 1d", "dataset.train changed"]
"""


def ticked_documents(box):
    """Of a model whose data has changed."""
    (box.folder / "mlops.toml").write_text(POLICY + TRIGGERS)
    (box.folder / "due.csv").write_text("a\n1\n")
    box.shell("git add . && git commit -q -m triggers")
    yield "tick", box.json("tick")
    box.json("retrain", "due")
    box.json("promote", "due@1", "--to", "staging")
    (box.folder / "due.csv").write_text("a\n2\n")
    yield "tick", box.json("tick", "--dry-run")
    yield "tick", box.json("tick")


def documents(box):
    """(heading in the page, document) for every command, in an order that makes each have something to show."""
    (box.folder / "train.sh").write_text(TRAIN)
    (box.folder / "train.csv").write_text("a,b\n1,x\n2,y\n")
    (box.folder / "other.csv").write_text("a,c\nx,3\n")
    box.shell("git init -q -b main")
    yield "init", box.json("init")
    (box.folder / "mlops.toml").write_text(POLICY)
    (box.folder / ".gitignore").write_text("model/\nmetrics.json\n")
    box.shell("git add . && git commit -q -m first")
    yield "retrain", box.json("retrain", "churn", "--dry-run")
    yield "retrain", box.json("retrain", "churn", "-m", "first")
    yield "validate", box.json("validate", "churn@1", expect=3)
    yield "promote", box.json("promote", "churn@1", "--to", "production", "--dry-run", expect=3)
    yield "promote", box.json("promote", "churn@1", "--to", "staging")
    yield "promote", box.json("promote", "churn@1", "--to", "staging")
    yield "approve", box.json("approve", "churn@1", "--to", "production", "-m", "fine")
    yield "approvals", box.json("approvals", "churn@1")
    waive = ["waive", "churn@1", "required.tag.owner"]
    yield "waive", box.json(*waive, "--until", "14d", "-m", "on leave", "--dry-run")
    yield "waive", box.json(*waive, "--until", "14d", "-m", "on leave")
    yield "waive", box.json(*waive, "--undo", "-m", "no")
    yield "waive", box.json(*waive, "--until", "14d", "-m", "on leave")
    yield "waivers", box.json("waivers", "churn@1")
    yield "promote", box.json("promote", "churn@1", "--to", "production")
    yield "retrain", box.json("retrain", "churn", "--param", "auc=0.95", "--promote", "staging")
    yield "rollback", box.json("rollback", "churn", "--stage", "staging", "-m", "why not")
    box.shell("git commit -q --allow-empty -m second")
    yield "run", box.json("run", "--param", "auc=0.8", "--input", "train=train.csv", "--output", "model=model/", "--metrics",
                          "metrics.json", "--", "sh", "-c", "mkdir -p model; sh train.sh 0.8 train.csv model")
    yield "run", box.json("run", "--", "sh", "-c", "exit 3", expect=7)
    yield "run --dry-run", box.json("run", "--dry-run", "--", "true")
    yield "register", box.json("register", "churn", "--run", "3", "--parent", "churn@1", "--semver", "1.0.0", "-t", "team=risk")
    yield "register", box.json("register", "churn", "model", "--dry-run", "--new-version", "--metric", "auc=0.7")
    yield "run list", box.json("run", "list", "--limit", "2")
    yield "run show", box.json("run", "show", "1")
    yield "run log", box.json("run", "log", "1")
    yield "run log", box.json("run", "log", "3")
    yield "reproduce", box.json("reproduce", "churn@1")
    yield "reproduce", box.json("reproduce", "churn@1", "--dry-run")
    yield "reproduce", box.json("reproduce", "churn@1", "--param", "auc=0.7", "--input", "train=other.csv", expect=1)
    yield "run wait", box.json("run", "wait", "1")
    yield "run wait", box.json("run", "wait", "1", "--dry-run")
    yield "run stop", box.json("run", "stop", "1")
    yield "run stop", box.json("run", "stop", "1", "--dry-run")
    box.shell("mkdir -p $TMPDIR/mlops-run-left && "
              "printf 'mlops pid=1 start=1 boot=none host=%s' \"$(uname -n)\" >$TMPDIR/mlops-run-left/owner")
    yield "run gc", box.json("run", "gc")
    yield "run rerun", box.json("run", "rerun", "3")
    yield "dataset add", box.json("dataset", "add", "extra", "train.csv")
    yield "dataset add", box.json("dataset", "add", "extra", "other.csv")
    yield "dataset list", box.json("dataset", "list")
    yield "dataset show", box.json("dataset", "show", "churn.train@1")
    yield "dataset diff", box.json("dataset", "diff", "extra@1", "extra@2", expect=1)
    (box.folder / "table.csv").write_text("day,ok,size,note\n2026-01-01,true,1.5,x\n2026-01-02,false,inf,\n2026-01-03,true,2,x\n")
    yield "dataset profile", box.json("dataset", "profile", "table.csv")
    yield "dataset profile", box.json("dataset", "profile", "extra@1")
    yield "dataset show", box.json("dataset", "show", "extra@1")
    yield "dataset schema", box.json("dataset", "schema", "table.csv", "--out", "schema.toml")
    yield "dataset check", box.json("dataset", "check", "table.csv", "--schema", "schema.toml")
    yield "dataset check", box.json("dataset", "check", "other.csv", "--schema", "schema.toml", expect=1)
    yield "dataset check", box.json("dataset", "check", "table.csv", "--against", "table.csv", expect=1)
    monitored = ["monitor", "record", "churn@1", "--data", "table.csv"]
    yield "monitor record", box.json(*monitored, "--reference", "table.csv", "--dry-run")
    yield "monitor record", box.json(*monitored, "--reference", "table.csv")
    yield "monitor record", box.json(*monitored)
    (box.folder / "scores.csv").write_text("id,prediction,score\n" + "".join(f"{i},{i % 2},0.{i % 7}\n" for i in range(90)))
    (box.folder / "truths.csv").write_text("id,truth\n" + "".join(f"{i},{i % 3 % 2}\n" for i in range(90)))
    (box.folder / "held.csv").write_text("id,prediction,score,truth\n" + "".join(f"{i},{i % 2},0.{i % 9},{i % 2}\n" for i in range(90)))
    yield "monitor record", box.json("monitor", "record", "churn@1", "--predictions", "scores.csv", "--holdout", "held.csv")
    yield "monitor record", box.json("monitor", "record", "churn@1", "--outcomes", "truths.csv")
    yield "monitor record", box.json("monitor", "record", "churn@1", "--outcomes", "truths.csv")
    box.shell("printf 'day,size\\n2026-01-01,1\\n2026-01-02,2\\n' | mlops monitor record churn@1 --data - --window 1 --json >stream")
    *windows, summary = (json.loads(line) for line in (box.folder / "stream").read_text().splitlines())
    for window in windows:
        yield "monitor record", {**box.json("monitor", "record", "churn@1", "--data", "table.csv"), "batches": [window]}
    yield "monitor record --data -", summary
    yield "monitor list", box.json("monitor", "list", "churn@1")
    yield "monitor check", box.json("monitor", "check", "churn@1", "--last", "9", expect=3)
    predictions = [f"{row},{row % 2},{(row + (row < wrong)) % 2},{'big' if row < 90 else 'small'}\n"
                   for wrong in (3, 9) for row in range(99)]
    for name, rows in (("new.csv", predictions[:99]), ("old.csv", predictions[99:])):
        (box.folder / name).write_text("id,truth,prediction,size\n" + "".join(rows))
    files = ("--predictions", "new.csv", "--against", "old.csv")
    yield "compare", box.json("compare", *files, "--metric", "f1", "--metric", "accuracy", "--by", "size")
    yield "compare", box.json("compare", *files, "--margin", "0.01", "--cluster", "size", expect=3)
    log = [f"{'ab'[row % 2]},{row % 3 // 2},{row},{row % 7},2026-11-0{1 + row // 100}\n" for row in range(300)]
    (box.folder / "log.csv").write_text("arm,outcome,unit,covariate,time\n" + "".join(log))
    yield "compare --ab", box.json("compare", "--ab", "log.csv", "--effect", "0.1", expect=3)
    yield "compare --plan", box.json("compare", "--plan", "--baseline", "0.9", "--effect", "0.01")
    yield "tag", box.json("tag", "churn@1", "team=risk")
    yield "alias", box.json("alias", "churn@1", "champion")
    yield "alias MODEL", box.json("alias", "churn")
    yield "deprecate", box.json("deprecate", "churn@3", "-m", "a trial")
    yield "list", box.json("list")
    yield "list MODEL", box.json("list", "churn")
    for number in "13":
        yield "show", box.json("show", f"churn@{number}")
    yield "diff", box.json("diff", "churn@1", "churn@2", expect=1)
    yield "diff", box.json("diff", "churn@1", "churn@3", expect=1)
    (box.folder / "model.pkl").write_bytes(b"\x80\x02cos\nsystem\nU\x02id\x85R.")
    (box.folder / "train.py").write_text("model.fit(X_test, y_test)\n")
    yield "scan", box.json("scan", "model.pkl", expect=1)
    yield "scan", box.json("scan", "train.py", expect=3)
    header = json.dumps({"w": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
    weights = len(header).to_bytes(8, "little") + header + bytes(4)
    (box.folder / "model.safetensors").write_bytes(weights)
    yield "inspect", box.json("inspect", "model.safetensors", "--tensors")
    (box.folder / "signature.json").write_text('{"inputs": [{"name": "x", "dtype": "float32", "shape": [null, 2]}]}')
    box.json("register", "inside", "model.safetensors", "--signature", "signature.json")
    (box.folder / "model.safetensors").write_bytes(weights.replace(b"F32", b"I32"))
    box.json("register", "inside", "model.safetensors")
    yield "inspect", box.json("inspect", "inside@1")
    yield "scan", box.json("scan", "inside@1")
    yield "show", box.json("show", "inside@1")
    yield "diff", box.json("diff", "inside@1", "inside@2", expect=1)
    yield "report", box.json("report", "churn@1")
    yield from ticked_documents(box)
    (box.folder / "mlops.toml").write_text(POLICY + '[hooks.log]\non = ["registered"]\ncommand = ["false"]\n'
                                           '[hooks.chat]\non = ["drifted"]\nurl = "https://chat.example/"\nsecret = "CHAT"\n')
    box.shell("git add . && git commit -q -m hooks")
    box.json("register", "told", "train.csv")
    yield "hook list", box.json("hook", "list")
    yield "hook log", box.json("hook", "log")
    yield "hook deliver", box.json("hook", "deliver")
    yield "hook deliver", box.json("hook", "deliver", "--dry-run")
    yield "hook redeliver", box.json("hook", "redeliver", "--failed", expect=1)
    yield "hook test", box.json("hook", "test", "log", expect=1)
    yield "hook test", box.json("hook", "test", "chat", expect=1)
    yield "card", box.json("card", "churn@1")
    (box.folder / "holdout.csv").write_text("x,truth\n1,no\n2,yes\n3,yes\n4,no\n")
    (box.folder / "predict.sh").write_text('awk -F, \'NR == 1 { print "prediction" } NR > 1 { print ($1 > 2 ? "yes" : "no") }\' "$1" >"$2"\n')
    (box.folder / "mlops.toml").write_text(POLICY + '[model.inside.predictions]\ncommand = ["sh", "predict.sh", "{data}", "{predictions}"]\n'
                                           'data = "holdout.csv"\n')
    box.shell("git add . && git commit -q -m predictions")
    yield "importance", box.json("importance", "inside@1", "--metric", "accuracy")
    yield "importance", box.json("importance", "inside@1", "--metric", "accuracy", "--against", "@2")
    yield "history", box.json("history", "churn")
    yield "history", box.json("history", "churn", "--at", "2026-11-01")
    yield "lineage", box.json("lineage", "churn@1")
    yield "checkout", box.json("checkout", "churn@1", "out")
    for line in box.run("audit", "log", "--json").stdout.splitlines():
        yield "audit log", json.loads(line)
    yield "audit verify", box.json("audit", "verify")
    yield "config list", box.json("config", "list")
    yield "config get", box.json("config", "get", "policy.ref")
    yield "config set", box.json("config", "set", "policy.ref", "main")
    yield "config check", box.json("config", "check")
    yield "doctor", box.json("doctor")
    box.json("register", "churn", "train.csv")
    box.json("register", "churn", "other.csv", "--reference")
    for expect in (0, 0):
        yield "delete", box.json("delete", "churn@4", "-m", "a trial", expect=expect)
    yield "delete", box.json("delete", "churn@1", expect=3)
    yield "show", box.json("show", "churn@4")
    yield "show", box.json("show", "churn@5")
    yield "artifacts stats", box.json("artifacts", "stats")
    yield "artifacts gc", box.json("artifacts", "gc", "--keep", "versions")
    yield "artifacts gc", box.json("artifacts", "gc", "--keep", "versions", "--apply")
    yield "artifacts verify", box.json("artifacts", "verify")
    yield "retrain", box.json("retrain", "churn", "--on", "slurm", "--dry-run")
    (box.folder / "bin").mkdir()
    (box.folder / "bin/sbatch").write_text("#!/bin/sh\necho 345\n")
    (box.folder / "bin/sbatch").chmod(0o755)
    path = box.environment["PATH"]
    box.environment["PATH"] = f"{box.folder}/bin:{path}"
    handed_over = box.json("retrain", "churn", "--on", "slurm")
    box.environment["PATH"] = path
    yield "retrain", handed_over
    yield "run show", box.json("run", "show", str(handed_over["run"]))
    search = ("retrain", "churn", "--at", "HEAD", "--set", "auc=[0.1,0.2]", "--objective", "auc:max")
    yield "retrain", box.json(*search, "--dry-run")
    found = box.json(*search)
    yield "retrain", found
    yield "run show", box.json("run", "show", str(found["search"]["run"]))
    yield "run compare", box.json("run", "compare", *(str(trial["run"]) for trial in found["search"]["trials"]))
    yield "run diff", box.json("run", "diff", "1", "2", expect=1)
    for pack in (box.folder / ".mlops").rglob("*.pack"):
        damaged = bytes(byte ^ 0xFF for byte in pack.read_bytes())
        pack.chmod(0o644)
        pack.write_bytes(damaged)
    yield "artifacts verify", box.json("artifacts", "verify", "--read-data", expect=6)
    yield "artifacts repair", box.json("artifacts", "repair", expect=6)
    yield "validate", box.json("validate", "churn@1", expect=3)
    with sqlite3.connect(box.folder / ".mlops/registry.db") as database:
        database.execute("UPDATE tag SET value = 'edited'")
    yield "audit verify", box.json("audit", "verify", expect=6)
    yield from staged_documents(box)


def main(mlops):
    page = Page((ROOT / "docs/json.md").read_text(encoding="utf-8"))
    found = []
    with sandbox(mlops) as box:
        for command, document in documents(box):
            heading = f"mlops {command}"
            found += page.faults(document, heading, heading)
        failed = box.run("show", "churn@99", "--json", expect=4)
        found += page.faults(json.loads(failed.stderr), "Error", "an error")
    found += [f"the table of {name} was never held against anything" for name in page.fields.keys() - page.used]
    if found:
        raise SystemExit("\n".join(dict.fromkeys(found)))


main(sys.argv[1])
