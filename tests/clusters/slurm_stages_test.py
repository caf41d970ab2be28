#!/usr/bin/python3
"""Recipes with stages as jobs of a real Slurm."""

import re

import one_node
import sandbox


class Stages(one_node.Test):
    """A recipe in stages as one job."""

    def setUp(self):
        super().setUp()
        self.write("mlops.toml", one_node.STAGES)
        for name, script in one_node.STAGE_SCRIPTS.items():
            self.write(name, script)
        self.write(".gitignore", "*.bin\n")
        self.git("add", ".")
        self.git("commit", "--quiet", "--message", "in stages")

    def stages(self, run):
        return {stage["name"]: stage for stage in self.run_of(run)["execution"]["stages"]}

    def standing(self, run):
        return [(name, stage["status"], stage["reused_from"]) for name, stage in self.stages(run).items()]

    def commit(self, name, text):
        self.write(name, text)
        self.git("commit", "--quiet", "--all", "--message", name)

    def test_trained_and_reused_by_a_job_and_here(self):
        run, job = self.submit("--promote", "staging")
        waited = self.mlops("run", "wait", run)
        self.assertIn("staging", waited.stdout)
        here = self.mlops("--json", "retrain", "churn", "--fresh", "--on", "local")
        self.assertEqual(self.numbers(), [1], "the same, bit for bit")
        there, local = self.stages("1"), self.stages("2")
        for name, stage in there.items():
            self.assertEqual(stage["status"], "succeeded")
            for key in ("key", "depends", "command", "outputs", "metrics", "failure"):
                self.assertEqual(stage[key], local[name][key], f"{key} of {name}")
            self.assertEqual([attempt["exit_code"] for attempt in stage["attempts"]], [0])
            self.assertLessEqual(stage["started_at"], stage["ended_at"])
        self.assertEqual(self.run_of(run)["metrics"], {"auc": 0.92})
        self.assertEqual(self.log(run), self.log("2"))
        self.assertEqual(self.log(run).splitlines()[:2], ["[mlops: stage prepare]", "preparing with 0, attempt 1"])
        # The next job has what a param of training changes, and gets from the store what that needs.
        self.mlops("retrain", "churn", "--param", "lr=0.2", "--on", "slurm", "--wait")
        self.assertEqual(self.standing("3"), [("prepare", "reused", 2), ("train", "succeeded", None), ("evaluate", "succeeded", None)])
        self.assertNotIn("preparing", self.log("3"))
        # What jobs did counts here, and where nothing is left to do there is no job.
        self.mlops("retrain", "churn", "--param", "lr=0.2", "--on", "local")
        self.mlops("retrain", "churn", "--param", "lr=0.2", "--on", "slurm")
        for run in ("4", "5"):
            self.assertEqual(self.standing(run), [("prepare", "reused", 2), ("train", "reused", 3), ("evaluate", "reused", 3)])
        self.assertIsNone(self.run_of("5")["execution"]["job"])
        self.assertEqual(list((self.project / ".mlops/jobs").iterdir()), [])
        self.mlops("audit", "verify")

    def test_a_stage_that_fails_is_named(self):
        self.commit("train.sh", "exit 3\n")
        failed = self.mlops("retrain", "churn", "--on", "slurm", "--wait", expect=7)
        self.assertIn("the stage `train` failed: `sh` exited with 3", failed.stdout)
        self.assertEqual([status for _, status, _ in self.standing("1")], ["succeeded", "failed", "waiting"])
        self.assertEqual(self.stages("1")["train"]["attempts"][0]["exit_code"], 3)
        self.assertNotIn("evaluating", self.log("1"))
        self.assertEqual(self.numbers(), [])
        # As far as it came it counts; and what a stage must write is asked for before the next one begins.
        self.commit("train.sh", "true\n")
        failed = self.mlops("retrain", "churn", "--on", "slurm", "--wait", expect=7)
        self.assertIn("the stage `train` failed: the command wrote nothing to its output `model`", failed.stdout)
        self.assertEqual([status for _, status, _ in self.standing("2")], ["reused", "failed", "waiting"])

    def test_requeued_and_resumed_without_the_stage_that_is_done(self):
        self.hold.touch()
        run, job = self.submit()
        begun = self.folder(run) / "stages/train/checkpoints/begun"
        self.until(begun.exists, what="the training")
        self.slurm_command("scontrol", "requeue", job)
        self.until(lambda: self.state(job) == "PENDING", what="being put back")
        self.hasten(job)
        self.until(lambda: begun.read_text() == "1\n2\n", what="the second attempt")
        # Stopped, it is taken in as far as it came, and goes on in another job.
        self.mlops("run", "stop", run)
        self.assertEqual([status for _, status, _ in self.standing(run)][:2], ["succeeded", "interrupted"])
        self.hold.unlink()
        self.mlops("retrain", "--resume", run, "--wait")
        self.assertEqual([status for _, status, _ in self.standing(run)], ["succeeded"] * 3)
        self.assertEqual(self.log(run).count("preparing"), 1)
        self.assertEqual(len(self.stages(run)["train"]["attempts"]), 3)
        self.assertEqual(self.numbers(), [1])


if __name__ == "__main__":
    sandbox.main()
