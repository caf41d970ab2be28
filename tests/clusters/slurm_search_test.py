#!/usr/bin/python3
"""Searches as job arrays of a real Slurm."""

import json
import signal

import one_node
import sandbox


class Search(one_node.Test):
    """Trials as one job array."""

    def setUp(self):
        super().setUp()
        self.write("train.sh", """\
lr=$1
while [ -e "$HOLD" ] && [ "$lr" = 0.3 ]; do sleep 0.1; done
[ "$lr" = 0.4 ] && exit 3
echo "trained with $lr"
echo "$lr" >model.bin
echo "{\\"auc\\": $lr}" >metrics.json
""")
        self.git("commit", "--quiet", "--all", "--message", "for a search")

    def search(self, *words):
        return self.mlops("-q", "retrain", "churn", "--on", "slurm", "--set", "lr=[0.1,0.2,0.3,0.4]", "--objective", "auc:max",
                          *words).stdout.strip()

    def trials(self, run):
        return self.run_of(run)["trials"]

    def test_one_array_and_the_best_is_registered(self):
        run = self.search("--jobs", "2", "--promote", "staging")
        job = self.run_of(run)["execution"]["job"]["id"]
        shown = self.slurm_command("scontrol", "show", "job", "-o", job)
        self.assertIn("ArrayTaskThrottle=2", shown)
        waiting = [self.start(sandbox.program, "run", "wait", run) for _ in range(3)]
        for process in waiting:
            out, err = process.communicate(timeout=120)
            self.assertEqual(process.returncode, 0, out + err)
        self.assertEqual([trial["status"] for trial in self.trials(run)], ["succeeded", "succeeded", "succeeded", "failed"])
        self.assertEqual(self.run_of(run)["best"], 3)
        self.assertEqual(self.numbers(), [1])
        self.assertEqual(len(self.run_of(run)["versions"]), 0)
        self.assertEqual(self.log("4"), "trained with 0.3\n")
        self.assertEqual(list((self.project / ".mlops/jobs").iterdir()), [])
        self.mlops("audit", "verify")

    def test_a_cancelled_trial_is_run_again(self):
        self.hold.touch()
        run = self.search()
        job = self.run_of(run)["execution"]["job"]["id"]
        self.mlops("retrain", "--resume", run, expect=8)
        self.until(lambda: self.slurm_command("squeue", "-h", "-r", "-t", "running,pending", "-o", "%i").split() == [f"{job}_3"])
        self.slurm_command("scancel", f"{job}_3")
        interrupted = self.mlops("run", "wait", run, expect=7)
        self.assertIn("1 of 4 trials did not come to an end", interrupted.stdout)
        self.assertEqual(self.run_of(run)["status"], "interrupted")
        self.hold.unlink()
        self.mlops("retrain", "--resume", run)
        self.mlops("run", "wait", run)
        self.assertEqual(self.run_of(run)["best"], 3)
        self.assertEqual(len(json.loads(self.mlops("--json", "run", "list").stdout)["runs"]), 6)

    def test_stopped_with_all_its_trials(self):
        self.hold.touch()
        run = self.search("--jobs", "1")
        self.mlops("run", "stop", run)
        self.assertEqual(self.run_of(run)["status"], "interrupted")
        self.assertEqual(self.slurm_command("squeue", "-h", "-t", "running,pending"), "")

    def test_array_killed_while_handing_over(self):
        commands = self.root / "bin"
        commands.mkdir()
        (commands / "sbatch").write_text("#!/bin/sh\n/usr/bin/sbatch \"$@\"\nkill -KILL $PPID\nsleep 1\n")
        (commands / "sbatch").chmod(0o755)
        killed = self.run_program(sandbox.program, "retrain", "churn", "--on", "slurm", "--set", "lr=[0.1,0.2]", "--objective", "auc:max",
                                  environment={"PATH": f"{commands}:{self.environment['PATH']}"})
        self.assertEqual(killed.returncode, -signal.SIGKILL, self.told(killed))
        self.mlops("retrain", "--resume", "1")
        self.mlops("run", "wait", "1", expect=(0, 3))
        self.assertEqual(self.run_of("1")["best"], 2)
        self.assertEqual(len(json.loads(self.mlops("--json", "run", "list").stdout)["runs"]), 3)

    def test_what_looks_at_running_trials_is_refused(self):
        refused = self.mlops("retrain", "churn", "--on", "slurm", "--set", "lr=[0.1,0.2]", "--objective", "auc:max", "--budget", "1h",
                             expect=2)
        self.assertIn("budget", refused.stderr)


if __name__ == "__main__":
    sandbox.main()
