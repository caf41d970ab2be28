#!/usr/bin/python3
"""Trainings as jobs of a real Slurm: handed over, taken in, and all that can go wrong between."""

import os
import signal

import one_node
import sandbox


class Slurm(one_node.Test):
    def test_handed_over_and_taken_in(self):
        self.hold.touch()
        run, job = self.submit("--promote", "staging")
        self.until_held(run)
        self.assertEqual(self.state(job), "RUNNING")
        shown = self.slurm_command("scontrol", "show", "job", "-o", job)
        self.assertIn(f"Comment=mlops run {run} ", shown)
        self.assertIn("Requeue=1", shown)
        self.assertIn("NumCPUs=1", shown)
        self.assertIn(f"StdOut={self.folder(run)}/log", shown)
        self.assertRegex(shown, r"JobName=mlops-[0-9a-f]{8}-1 ")
        # Nothing that looks at runs takes it for lost.
        self.mlops("run", "list")
        self.mlops("run", "gc")
        self.mlops("-q", "retrain", "churn", environment={"HOLD": "/nowhere"})
        self.assertEqual(self.run_of(run)["status"], "running")
        self.mlops("retrain", "--resume", run, expect=8)
        follower = self.start(sandbox.program, "run", "log", "-f", run)
        self.hold.unlink()
        waited = self.mlops("run", "wait", run)
        self.assertIn("staging", waited.stdout)
        self.assertIn("step 3", follower.communicate(timeout=60)[0])
        again = self.run_of(run)
        self.assertEqual(again["status"], "succeeded")
        self.assertEqual(again["environment"]["cores"], os.cpu_count())
        self.assertIsNone(again["execution"]["folder"])
        self.mlops("retrain", "--resume", run, expect=3)
        self.mlops("run", "wait", run)
        self.assertEqual(list((self.project / ".mlops/jobs").iterdir()), [])

    def test_many_who_wait_register_one_version(self):
        run, _ = self.submit()
        waiting = [self.start(sandbox.program, "-q", "run", "wait", run) for _ in range(4)]
        for process in waiting:
            out, err = process.communicate(timeout=120)
            self.assertEqual(process.returncode, 0, out + err)
        self.assert_trained(run, attempts=1)

    def test_wait_and_a_failure(self):
        self.write("train.sh", "echo no data >&2\nexit 3\n")
        self.git("commit", "--quiet", "--all", "--message", "fails")
        failed = self.mlops("retrain", "churn", "--on", "slurm", "--wait", expect=7)
        self.assertIn("`sh` exited with 3", failed.stdout)
        self.assertEqual(self.log("1"), "no data\n")
        self.assertEqual(self.run_of("1")["exit_code"], 3)
        self.assertEqual(self.numbers(), [])

    def test_preempted_and_requeued_goes_on_from_its_checkpoint(self):
        self.hold.touch()
        run, job = self.submit()
        self.until_held(run)
        other = self.slurm_command("sbatch", "--parsable", "-p", "urgent", "--exclusive", "-o", "/dev/null",
                                   "--wrap", f"while [ -e {self.hold} ]; do sleep 0.1; done").strip()
        self.until(lambda: self.state(job) == "PENDING", what="the preemption")
        self.until(lambda: self.state(other) == "RUNNING")
        self.hold.unlink()
        self.hasten(job)
        self.mlops("run", "wait", run)
        self.assert_trained(run, attempts=2)
        attempts = self.run_of(run)["execution"]["attempts"]
        self.assertEqual([attempt["failure"] for attempt in attempts], ["stopped by the cluster", ""])
        self.assertIn("attempt 2 of run", self.log(run))

    def test_time_is_nearly_up_and_it_goes_on(self):
        self.mlops("config", "set", "profile.slurm.time", "1m")
        self.mlops("config", "set", "profile.slurm.notice", "50s")
        self.hold.touch()
        run, job = self.submit()
        self.until_held(run)
        self.until(lambda: "told to stop" in self.log(run), what="the warning")
        self.hold.unlink()
        self.until(lambda: self.state(job) == "PENDING", what="being put back")
        self.hasten(job)
        self.mlops("run", "wait", run)
        self.assert_trained(run, attempts=2)
        attempts = self.run_of(run)["execution"]["attempts"]
        self.assertEqual(attempts[0]["failure"], "stopped near the end of its job's time")

    def test_time_limit_of_the_recipe(self):
        self.write("mlops.toml", one_node.POLICY.replace("resources", "timeout = 1\nresources"))
        self.write("train.sh", "sleep 600\n")
        self.git("commit", "--quiet", "--all", "--message", "too long")
        failed = self.mlops("retrain", "churn", "--on", "slurm", "--wait", expect=7)
        self.assertIn("was stopped after 1.0 s, its time limit", failed.stdout)

    def test_time_of_the_job_is_up(self):
        # Who does not listen, and has no checkpoint, is ended by Slurm itself, up to a minute late.
        self.mlops("config", "set", "profile.slurm.time", "1m")
        self.write("train.sh", "sleep 600\n")
        self.git("commit", "--quiet", "--all", "--message", "too long")
        run, job = self.submit()
        self.until(lambda: self.state(job) == "RUNNING")
        self.slurm_command("scontrol", "update", f"JobId={job}", "TimeLimit=0")
        failed = self.mlops("run", "wait", run, expect=7)
        self.assertIn(f"the time of job {job} of slurm was up", failed.stdout)
        self.assertEqual(self.run_of(run)["status"], "failed")

    def test_node_is_lost(self):
        self.hold.touch()
        run, job = self.submit()
        self.until_held(run)
        self.end_process("slurmd.pid", signal.SIGKILL)
        for pid in self.processes_of_job():
            os.kill(pid, signal.SIGKILL)
        node = self.slurm_command("sinfo", "-h", "-o", "%n").split()[0]
        self.slurm_command("scontrol", "update", f"NodeName={node}", "State=DOWN", "Reason=lost")
        self.until(lambda: self.state(job) == "PENDING", what="being put back")
        self.mlops("retrain", "--resume", run, expect=8)
        self.hold.unlink()
        self.assertEqual(self.starter("node").returncode, 0)
        self.slurm_command("scontrol", "update", f"NodeName={node}", "State=RESUME", expect=None)
        self.hasten(job)
        self.mlops("run", "wait", run)
        self.assert_trained(run, attempts=2)
        self.assertEqual(self.run_of(run)["execution"]["attempts"][0]["failure"], "lost with its node")

    def test_cancelled_by_hand_and_resumed(self):
        self.hold.touch()
        run, job = self.submit()
        self.until_held(run)
        self.slurm_command("scancel", job)
        cancelled = self.mlops("run", "wait", run, expect=7)
        self.assertIn(f"job {job} of slurm was cancelled", cancelled.stdout)
        self.assertEqual(self.run_of(run)["status"], "interrupted")
        self.hold.unlink()
        self.mlops("retrain", "--resume", run)
        self.assertNotEqual(self.run_of(run)["execution"]["job"]["id"], job)
        self.mlops("run", "wait", run)
        self.assert_trained(run, attempts=2)

    def test_stopped(self):
        self.hold.touch()
        run, job = self.submit()
        self.until_held(run)
        stopped = self.mlops("run", "stop", run)
        self.assertIn("is stopped: interrupted", stopped.stdout)
        self.assertEqual(self.state(job), "CANCELLED")
        second, job = self.submit()
        self.until_held(second)
        self.mlops("run", "stop", second, "--now")
        self.assertEqual(self.run_of(second)["status"], "interrupted")
        self.assertEqual(self.numbers(), [])

    def test_controller_is_away_and_comes_back(self):
        self.hold.touch()
        run, _ = self.submit()
        self.until_held(run)
        self.end_process("slurmctld.pid")
        self.environment["SLURM_CONF_TIMEOUT"] = "1"
        unheard = self.mlops("retrain", "--resume", run, expect=8)
        self.assertIn("nobody can tell", unheard.stderr)
        waiting = self.start(sandbox.program, "run", "wait", run)
        self.assertEqual(self.run_of(run)["status"], "running")
        refused = self.mlops("retrain", "churn", "--on", "slurm", expect=8)
        self.assertIn("Slurm does not answer", refused.stderr)
        self.assertEqual(self.starter("controller").returncode, 0)
        self.hold.unlink()
        out, err = waiting.communicate(timeout=120)
        self.assertEqual(waiting.returncode, 0, out + err)
        self.assertEqual(self.run_of(run)["status"], "succeeded")
        # What could not be handed over then is handed over now, once.
        self.mlops("retrain", "--resume", "2")
        self.mlops("run", "wait", "2")
        self.assertEqual(self.run_of("2")["status"], "succeeded")
        jobs = self.slurm_command("squeue", "-h", "-t", "all", "-o", "%i").split()
        self.assertEqual(len(jobs), 2)

    def test_killed_while_handing_over(self):
        # As if mlops died between sbatch and the note of it: the job is found again by its name.
        record = self.root / "bin/sbatch"
        record.parent.mkdir()
        record.write_text("#!/bin/sh\n/usr/bin/sbatch \"$@\"\nkill -KILL $PPID\nsleep 1\n")
        record.chmod(0o755)
        killed = self.run_program(sandbox.program, "-q", "retrain", "churn", "--on", "slurm",
                                  environment={"PATH": f"{record.parent}:{self.environment['PATH']}"})
        self.assertEqual(killed.returncode, -signal.SIGKILL, self.told(killed))
        self.mlops("retrain", "--resume", "1")
        self.mlops("run", "wait", "1")
        self.assert_trained("1", attempts=1)
        self.assertEqual(len(self.slurm_command("squeue", "-h", "-t", "all", "-o", "%i").split()), 1)

    def test_killed_while_taking_in(self):
        run, job = self.submit()
        self.until(lambda: self.state(job) == "COMPLETED")
        self.start(sandbox.program, "run", "wait", run).send_signal(signal.SIGKILL)
        self.mlops("retrain", "--resume", run)
        self.assert_trained(run, attempts=1)

    def test_refused_by_slurm(self):
        self.mlops("config", "set", "profile.slurm.partition", "nowhere")
        refused = self.mlops("retrain", "churn", "--on", "slurm", expect=3)
        self.assertIn("invalid partition", refused.stderr)
        self.mlops("config", "set", "profile.slurm.partition", "short")
        self.mlops("config", "set", "profile.slurm.time", "2h")
        refused = self.mlops("retrain", "churn", "--on", "slurm", expect=3)
        self.assertIn("Requested time limit is invalid", refused.stderr)
        self.assertEqual(list((self.project / ".mlops/jobs").iterdir()), [])
        self.assertEqual(self.run_of("2")["status"], "failed")

    def test_no_slurm_here(self):
        without = self.root / "without"
        without.mkdir()
        for name in ("git", "env", "sh"):
            (without / name).symlink_to(f"/usr/bin/{name}")
        missing = self.mlops("retrain", "churn", "--on", "slurm", expect=4,
                             environment={"PATH": f"{sandbox.program.parent}:{without}"})
        self.assertIn("`sbatch` is not here", missing.stderr)


class Accounts(one_node.Test):
    """Slurm's accounting, played by a stand-in: what it says counts, and what it does not say is no answer."""

    slurm_lines = "MinJobAge=2"

    def sacct(self, script):
        commands = self.root / "bin"
        commands.mkdir(exist_ok=True)
        (commands / "sacct").write_text("#!/bin/sh\n" + script)
        (commands / "sacct").chmod(0o755)
        self.environment["PATH"] = f"{commands}:{self.environment['PATH']}"

    def forgotten_job(self):
        self.hold.touch()
        run, job = self.submit()
        self.until_held(run)
        self.slurm_command("scancel", job)
        self.until(lambda: self.state(job) == "", seconds=90, what="forgetting")
        return run, job

    def test_accounting_that_knows_how_it_ended(self):
        run, job = self.forgotten_job()
        self.sacct(f"echo '{job}|CANCELLED by 0'\n")
        self.mlops("run", "wait", run, expect=7)
        self.assertEqual(self.run_of(run)["status"], "interrupted")

    def test_accounting_that_refuses_is_not_heard(self):
        self.sacct("echo 'sacct: error: slurm_persist_conn_open: Connection refused' >&2\nexit 1\n")
        run, _ = self.forgotten_job()
        self.mlops("run", "wait", run, expect=8)
        self.assertEqual(self.run_of(run)["status"], "running")
        self.mlops("run", "stop", run)
        self.assertEqual(self.run_of(run)["status"], "interrupted")


class Secrets(one_node.Test):
    def test_secrets_reach_the_job_and_no_log(self):
        self.write("mlops.toml", one_node.POLICY + '[model.churn.train.env]\nsecrets = ["TOKEN"]\n')
        self.write("train.sh", one_node.TRAINING + 'echo "with $TOKEN"\n')
        self.git("commit", "--quiet", "--all", "--message", "with a secret")
        self.mlops("retrain", "churn", "--on", "slurm", expect=4)
        self.environment["TOKEN"] = "open-sesame"
        run, job = self.submit()
        self.until(lambda: self.state(job) == "COMPLETED")
        del self.environment["TOKEN"]
        # Its value is needed to keep it out of what is kept; nothing is lost meanwhile.
        refused = self.mlops("run", "wait", run, expect=4)
        self.assertIn("TOKEN", refused.stderr)
        self.environment["TOKEN"] = "open-sesame"
        self.assertIn("with [TOKEN]", self.log(run))
        self.mlops("run", "wait", run)
        self.assertIn("with [TOKEN]", self.log(run))
        self.assertNotIn("open-sesame", self.log(run))


class ShortMemory(one_node.Test):
    slurm_lines = "MinJobAge=2"

    def test_forgotten_by_slurm_is_not_failed(self):
        self.hold.touch()
        run, job = self.submit()
        self.until_held(run)
        self.slurm_command("scancel", job)
        # Slurm forgets it, and without accounting nobody knows how it ended.
        self.until(lambda: self.state(job) == "", seconds=90, what="forgetting")
        forgotten = self.mlops("run", "wait", run, expect=8)
        self.assertIn("no longer", forgotten.stderr)
        self.assertEqual(self.run_of(run)["status"], "running")
        self.hold.unlink()
        self.mlops("retrain", "--resume", run)
        self.mlops("run", "wait", run)
        self.assert_trained(run, attempts=2)

    def test_result_is_there_though_slurm_has_forgotten(self):
        run, job = self.submit()
        self.until(lambda: self.state(job) == "", seconds=90, what="forgetting")
        self.mlops("run", "wait", run)
        self.assert_trained(run, attempts=1)


if __name__ == "__main__":
    sandbox.main()
