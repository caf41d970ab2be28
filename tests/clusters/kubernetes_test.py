#!/usr/bin/python3
"""Trainings as jobs of Kubernetes, through a stand-in for kubectl (tests/clusters/kubectl): no live cluster takes part."""

import json
import os
import signal
import time
from pathlib import Path

import one_node
import sandbox


class Kubernetes(sandbox.Test):
    def setUp(self):
        super().setUp()
        self.state = self.root / "standin"
        self.state.mkdir()
        commands = self.root / "bin"
        commands.mkdir()
        (commands / "kubectl").symlink_to(Path(__file__).resolve().parent / "kubectl")
        self.hold = self.root / "hold"
        self.environment |= {"STANDIN": str(self.state), "HOLD": str(self.hold),
                             "PATH": f"{commands}:{self.environment['PATH']}"}
        self.addCleanup(self.end_pods)
        self.make_project()
        self.write("mlops.toml", one_node.POLICY)
        self.write("train.sh", one_node.TRAINING)
        self.git("commit", "--quiet", "--all", "--message", "with checkpoints")
        for key, value in {"kind": "kubernetes", "folder": self.root / "shared", "image": "registry.example/train@sha256:" + "0" * 64,
                           "claim": "training", "namespace": "ml"}.items():
            self.mlops("config", "set", f"profile.cloud.{key}", value)

    def end_pods(self):
        for file in self.state.glob("*.pid"):
            try:
                os.killpg(int(file.read_text()), signal.SIGKILL)
            except ProcessLookupError:
                pass

    def submit(self, *words):
        return self.mlops("-q", "retrain", "churn", "--on", "cloud", *words).stdout.strip()

    def run_of(self, run):
        return json.loads(self.mlops("--json", "run", "show", run).stdout)

    def until(self, true, what="it"):
        end = time.monotonic() + 60
        while not true():
            self.assertLess(time.monotonic(), end, f"{what} did not come true")
            time.sleep(0.1)

    def until_held(self, run):
        steps = Path(self.run_of(run)["execution"]["folder"]) / "checkpoints/steps"
        self.until(lambda: steps.exists() and steps.read_text().endswith("2\n"), "the second step")

    def calls(self):
        return (self.state / "calls").read_text().splitlines()

    def test_handed_over_followed_and_taken_in(self):
        self.hold.touch()
        run = self.submit("--promote", "staging")
        self.until_held(run)
        follower = self.start(sandbox.program, "run", "log", "-f", run)
        self.until(lambda: "step 2" in self.mlops("run", "log", run).stdout, "the log")
        self.mlops("retrain", "--resume", run, expect=8)
        self.hold.unlink()
        self.mlops("run", "wait", run)
        self.assertEqual(self.numbers(), [1])
        self.assertEqual(self.run_of(run)["status"], "succeeded")
        lines = ["attempt 1 of run 1", "step 1", "step 2", "step 3"]
        self.assertEqual(self.mlops("run", "log", run).stdout.splitlines(), lines)
        self.assertEqual(follower.communicate(timeout=60)[0].splitlines(), lines)
        self.assertTrue(all(call.startswith("--namespace ml ") for call in self.calls()))
        self.assertEqual(list(self.state.glob("*.job")), [])
        self.assertEqual(list((self.root / "shared").iterdir()), [])

    def tick(self):
        told = json.loads(self.mlops("--json", "tick").stdout)["models"][0]
        return told["standing"], (told["firing"] or {}).get("outcome")

    def test_a_trigger_hands_its_training_over_and_a_later_tick_takes_it_in(self):
        self.mlops("retrain", "churn", "--promote", "production", environment={"HOLD": "/nowhere"})
        self.write("mlops.toml", one_node.POLICY + """
[model.churn.retrain]
when = ["dataset.train changed"]
promote = "staging"
""")
        self.write("data.csv", "age,income\n31,1000.5\n32,2000\n")
        self.git("commit", "--quiet", "--all", "--message", "more data, and a trigger")
        self.mlops("config", "set", "on", "cloud")
        self.hold.touch()
        self.assertEqual(self.tick(), ("running", "running"))
        self.until_held("2")
        for _ in range(7):
            self.assertEqual(self.tick(), ("running", "running"))
        self.hold.unlink()
        ended = Path(self.run_of("2")["execution"]["folder"]) / "job/exit.json"
        self.until(ended.exists, "the end of the job")
        self.assertEqual(self.tick(), ("done", "promoted"))
        self.assertEqual(self.numbers(), [1, 2])
        self.assertEqual(self.tick(), ("quiet", None))
        self.assertEqual(self.numbers(), [1, 2])

    def test_a_killed_pod_begins_again(self):
        self.hold.touch()
        run = self.submit()
        self.until_held(run)
        for file in self.state.glob("*.pid"):
            os.killpg(int(file.read_text()), signal.SIGKILL)
        self.hold.unlink()
        self.mlops("run", "wait", run)
        attempts = self.run_of(run)["execution"]["attempts"]
        self.assertEqual([attempt["failure"] for attempt in attempts], ["lost with its node", ""])

    def in_stages(self, **scripts):
        self.write("mlops.toml", one_node.STAGES)
        for name, script in (one_node.STAGE_SCRIPTS | {f"{name}.sh": text for name, text in scripts.items()}).items():
            self.write(name, script)
        self.git("add", ".")
        self.git("commit", "--quiet", "--message", "in stages")

    def stages_of(self, run):
        return [(stage["name"], stage["status"]) for stage in self.run_of(run)["execution"]["stages"]]

    def test_stages_are_one_job(self):
        self.in_stages()
        run = self.submit()
        self.mlops("run", "wait", run)
        self.assertEqual(self.stages_of(run), [(name, "succeeded") for name in ("prepare", "train", "evaluate")])
        self.assertEqual(self.mlops("run", "log", run).stdout.splitlines(),
                         ["[mlops: stage prepare]", "preparing with 0, attempt 1", "[mlops: stage train]", "training with 0.1, attempt 1",
                          "[mlops: stage evaluate]", "evaluating"])
        self.assertEqual(self.mlops("run", "log", run, "--stage", "train").stdout, "training with 0.1, attempt 1\n")
        self.mlops("retrain", "churn", "--param", "lr=0.2", "--on", "local")
        self.assertEqual(self.stages_of("2"), [("prepare", "reused"), ("train", "succeeded"), ("evaluate", "succeeded")])
        self.assertEqual(list((self.root / "shared").iterdir()), [])

    def test_stages_of_a_lost_job_are_not_run_again(self):
        self.in_stages(train='echo "training"\ncp "$2/clean.csv" "$3"\n', evaluate="""\
echo "evaluating, attempt $MLOPS_ATTEMPT"
echo x >"$MLOPS_CHECKPOINT_DIR/begun"
while [ -e "$HOLD" ]; do sleep 0.1; done
echo '{"auc": 0.9}' >metrics.json
""")
        self.hold.touch()
        run = self.submit()
        begun = Path(self.run_of(run)["execution"]["folder"]) / "stages/evaluate/checkpoints/begun"
        self.until(begun.exists, "the evaluation")
        self.assertEqual(self.stages_of(run), [("prepare", "succeeded"), ("train", "succeeded"), ("evaluate", "running")])
        next(self.state.glob("*.job")).unlink()
        self.end_pods()
        self.hold.unlink()
        self.mlops("retrain", "--resume", run, "--wait")
        self.assertEqual(self.stages_of(run), [(name, "succeeded") for name in ("prepare", "train", "evaluate")])
        self.assertEqual(self.mlops("run", "log", run).stdout, "[mlops: stage evaluate]\nevaluating, attempt 2\n")

    def test_killed_while_handing_stages_over(self):
        # As if mlops died between the request and the note of it: the job is found again, and what it has to do is known.
        self.in_stages()
        self.mlops("retrain", "churn", "--param", "lr=0.2", "--on", "local")
        self.hold.touch()
        killing = self.root / "killing/kubectl"
        killing.parent.mkdir()
        killing.write_text(f'#!/bin/sh\n{self.root}/bin/kubectl "$@"\nkill -KILL $PPID\nsleep 1\n')
        killing.chmod(0o755)
        killed = self.run_program(sandbox.program, "-q", "retrain", "churn", "--param", "lr=0.1", "--on", "cloud",
                                  environment={"PATH": f"{killing.parent}:{self.environment['PATH']}"})
        self.assertEqual(killed.returncode, -signal.SIGKILL, self.told(killed))
        begun = Path(self.run_of("2")["execution"]["folder"]) / "stages/train/checkpoints/begun"
        self.until(begun.exists, "the training")
        self.mlops("retrain", "--resume", "2")
        self.hold.unlink()
        self.mlops("run", "wait", "2")
        self.assertEqual(self.stages_of("2"), [("prepare", "reused"), ("train", "succeeded"), ("evaluate", "succeeded")])
        self.assertEqual(len(self.run_of("2")["execution"]["attempts"]), 2)
        self.assertEqual(len([call for call in self.calls() if " create " in call]), 1)

    def test_a_job_that_was_lost_when_all_stages_were_done(self):
        self.in_stages()
        run = self.submit()
        last_word = Path(self.run_of(run)["execution"]["folder"]) / "job/exit.json"
        self.until(last_word.exists, "the end of the job")
        log = self.mlops("run", "log", run).stdout
        last_word.unlink()
        next(self.state.glob("*.job")).unlink()
        self.mlops("retrain", "--resume", run)
        self.assertEqual(self.stages_of(run), [(name, "succeeded") for name in ("prepare", "train", "evaluate")])
        self.assertEqual(self.mlops("run", "log", run).stdout, log)
        self.assertEqual(self.numbers(), [1])

    def test_what_a_stage_wrote_must_stay_so(self):
        self.in_stages(train='echo changed >>"$2/clean.csv"\ncp "$2/clean.csv" "$3"\n')
        failed = self.mlops("retrain", "churn", "--on", "cloud", "--wait", expect=7)
        self.assertIn("the stage `prepare` failed: its output `clean` was changed by a later stage", failed.stdout)
        self.assertEqual(self.numbers(), [])

    def test_one_job_runs_one_stage_at_a_time(self):
        self.in_stages()
        refused = self.mlops("retrain", "churn", "--on", "cloud", "--jobs", "2", expect=2)
        self.assertIn("one after the other", refused.stderr)
        refused = self.mlops("retrain", "churn", "--on", "cloud", "--set", "lr=[0.1,0.2]", "--objective", "auc:max", expect=2)
        self.assertIn("has stages", refused.stderr)
        planned = self.mlops("retrain", "churn", "--on", "cloud", "-n", "-o", "yaml").stdout
        self.assertEqual([name for name in one_node.STAGE_SCRIPTS if f"# stage {name.removesuffix('.sh')}" in planned],
                         list(one_node.STAGE_SCRIPTS))

    def test_a_failure_is_final(self):
        self.write("train.sh", "echo no data >&2\nexit 3\n")
        self.git("commit", "--quiet", "--all", "--message", "fails")
        failed = self.mlops("retrain", "churn", "--on", "cloud", "--wait", expect=7)
        self.assertIn("`sh` exited with 3", failed.stdout)
        self.assertEqual(self.mlops("run", "log", "1").stdout, "no data\n")
        self.write("mlops.toml", one_node.POLICY + '[model.churn.train.env]\nsetup = ["sh", "-c", "exit 4"]\n')
        self.git("commit", "--quiet", "--all", "--message", "fails before")
        failed = self.mlops("retrain", "churn", "--on", "cloud", "--wait", expect=7)
        self.assertIn("the setup of its environment failed: `sh` exited with 4", failed.stdout)
        self.assertEqual(self.run_of("2")["execution"]["attempts"], [])

    def test_stopped(self):
        for words in ([], ["--now"]):
            self.hold.touch()
            run = self.submit()
            self.until_held(run)
            self.mlops("run", "stop", run, *words)
            self.assertEqual(self.run_of(run)["status"], "interrupted")
        self.hold.unlink()
        self.mlops("retrain", "--resume", "1", "--wait")
        self.assertEqual(self.numbers(), [1])

    def test_the_server_is_away(self):
        (self.state / "away").touch()
        unheard = self.mlops("retrain", "churn", "--on", "cloud", expect=8)
        self.assertIn("connection refused", unheard.stderr)
        self.assertEqual(self.run_of("1")["status"], "interrupted")
        (self.state / "away").unlink()
        self.hold.touch()
        self.mlops("retrain", "--resume", "1")
        self.until_held("1")
        (self.state / "away").touch()
        self.mlops("retrain", "--resume", "1", expect=8)
        self.assertEqual(self.run_of("1")["status"], "running")
        (self.state / "away").unlink()
        self.hold.unlink()
        self.mlops("run", "wait", "1")
        self.assertEqual(self.numbers(), [1])

    def test_refused(self):
        (self.state / "refuse").write_text('Error from server (Forbidden): jobs.batch is forbidden: exceeded quota: gpus')
        refused = self.mlops("retrain", "churn", "--on", "cloud", expect=3)
        self.assertIn("exceeded quota: gpus", refused.stderr)
        self.assertEqual(list((self.root / "shared").iterdir()), [])

    def test_a_deleted_job_is_not_failed(self):
        self.hold.touch()
        run = self.submit()
        self.until_held(run)
        next(self.state.glob("*.job")).unlink()
        self.end_pods()
        self.mlops("run", "wait", run, expect=8)
        self.assertEqual(self.run_of(run)["status"], "running")
        self.mlops("run", "stop", run)
        self.assertEqual(self.run_of(run)["status"], "interrupted")

    def test_what_the_profile_lacks_is_said_before_anything_is_done(self):
        self.mlops("config", "set", "profile.cloud.image", "--unset")
        refused = self.mlops("retrain", "churn", "--on", "cloud", expect=2)
        self.assertIn("no `image`", refused.stderr)


if __name__ == "__main__":
    sandbox.main()
