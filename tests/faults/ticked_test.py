#!/usr/bin/python3
"""What triggers say is due is done once: killed at any step and run again, by two at a time, with a clock that jumps back, beside models
whose triggers or trainings are broken."""

import json
import signal
import time

import sandbox
import strace

RULES = """
[model.churn.retrain]
when     = ["dataset.train changed", "age > 30d"]
cooldown = "1d"
promote  = "staging"
"""
START = "2026-11-01T09:00:00Z"


class Ticked(sandbox.Test):
    def setUp(self):
        super().setUp()
        self.environment["MLOPS_TEST_CLOCK"] = START

    def make(self, rules=RULES, more=""):
        """churn@1 in production, trained on data that has changed since."""
        self.make_project()
        self.write("mlops.toml", sandbox.POLICY + rules + more)
        self.commit("triggers")
        self.mlops("retrain", "churn")
        self.mlops("promote", "churn@1", "--to", "production")
        self.change_data(1)

    def commit(self, message):
        self.git("add", ".")
        self.git("commit", "--quiet", "--message", message)

    def change_data(self, number):
        self.write("data.csv", f"age,income\n{number},1000.5\n")
        self.commit(f"data {number}")

    def tick(self, *words, expect=0, at=START):
        result = self.mlops("--json", "tick", *words, expect=expect, environment={"MLOPS_TEST_CLOCK": at})
        return {model["model"]: model for model in json.loads(result.stdout)["models"]} if result.stdout else {}

    def runs(self):
        return json.loads(self.mlops("--json", "run", "list", "--limit", "100").stdout)["runs"]

    def firings(self):
        log = self.mlops("--json", "audit", "log", "--kind", "firing").stdout.splitlines()
        return [json.loads(line)["kind"] for line in log]

    def test_a_due_model_is_trained_once(self):
        self.make()
        foreseen = self.tick("-n")["churn"]
        self.assertEqual(foreseen["standing"], "due")
        self.assertEqual(self.numbers(), [1])
        done = self.tick()["churn"]
        self.assertEqual((done["standing"], done["firing"]["outcome"], done["firing"]["made"]), ("done", "promoted", "churn@2"))
        self.assertEqual(self.tick()["churn"]["standing"], "quiet")
        self.assertEqual(self.numbers(), [1, 2])
        run = json.loads(self.mlops("--json", "run", "show", "2").stdout)
        self.assertEqual(run["execution"]["request"]["cause"]["firing"], 1)
        self.assertIn("dataset.train changed", run["name"])
        for words in (("history", "churn"), ("lineage", "churn@2"), ("run", "show", "2"), ("show", "churn@2")):
            self.assertIn("dataset.train changed (data.csv, trained on churn.train@1)", self.mlops(*words).stdout, words)
        self.assert_sound()

    @strace.needed
    def test_killed_before_each_change(self):
        self.make()
        restore = self.snapshot()
        points = strace.changing_calls(self, "tick")
        states = set()
        for point in sandbox.spread(points, 40):
            restore()
            self.run_program("rm", "-rf", self.tmp)
            self.tmp.mkdir()
            with self.subTest(killed_before=f"{point.call} number {point.number}: {point.text[:100]}"):
                strace.run(self, f"{point.call}:signal=KILL:when={point.number}", "tick")
                self.assert_sound("after the kill")
                begun = self.firings()
                states.add(tuple(begun))
                self.tick()
                self.assertEqual(self.numbers(), [1, 2])
                finished = [run for run in self.runs() if run["status"] == "succeeded"]
                self.assertEqual(len(finished), 2, "trained once before and once by the trigger")
                self.assertEqual(self.firings().count("firing.started"), 1)
                self.assertEqual(self.firings().count("firing.finished"), 1)
                history = json.loads(self.mlops("--json", "history", "churn", "--stage", "staging").stdout)["entries"]
                self.assertEqual(len(history), 1)
                self.assertEqual(self.tick()["churn"]["standing"], "quiet")
                self.assertEqual(self.trees(), 0)
                self.assert_sound("after going on")
        self.assertTrue({(), ("firing.started",), ("firing.started", "firing.finished")} <= states, states)

    def test_killed_in_its_training(self):
        self.make()
        self.write("train.sh", sandbox.TRAINING + f"touch '{self.tmp}/started'\n[ -e '{self.tmp}/go' ] || sleep 60\n")
        self.commit("slow")
        process = self.start(sandbox.program, "tick")
        self.wait_for("started")
        self.assertEqual(self.tick()["churn"]["standing"], "running")
        process.send_signal(signal.SIGKILL)
        process.communicate()
        (self.tmp / "go").touch()
        self.assertEqual(self.tick("-n")["churn"]["standing"], "due")
        done = self.tick()["churn"]
        self.assertEqual((done["firing"]["outcome"], done["firing"]["taken_up"]), ("promoted", 1))
        self.assertEqual(len(self.runs()), 2)
        self.assertEqual(self.processes_of_training(), [])

    def wait_for(self, name):
        end = time.monotonic() + 60
        while not (self.tmp / name).exists():
            self.assertLess(time.monotonic(), end, f"no {name}")
            time.sleep(0.02)

    def test_interrupted_by_a_person(self):
        self.make()
        self.write("train.sh", sandbox.TRAINING + f"touch '{self.tmp}/started'\n[ -e '{self.tmp}/go' ] || sleep 60\n")
        self.commit("slow")
        process = self.start(sandbox.program, "tick")
        self.wait_for("started")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130)
        (self.tmp / "go").touch()
        self.assertEqual(self.tick()["churn"]["firing"]["outcome"], "promoted")
        self.assertEqual(self.numbers(), [1, 2])

    def test_two_at_once_train_once(self):
        self.make()
        ticks = [self.start(sandbox.program, "--json", "tick") for _ in range(3)]
        standings = []
        for process in ticks:
            out, err = process.communicate(timeout=120)
            self.assertEqual(process.returncode, 0, err)
            standings.append(json.loads(out)["models"][0]["standing"])
        self.assertEqual(standings.count("done"), 1, standings)
        self.assertEqual(self.numbers(), [1, 2])
        self.assertEqual(len(self.runs()), 2)
        self.assertEqual(self.firings().count("firing.started"), 1)
        self.assert_sound()

    def test_cooldown_limit_and_a_clock_that_jumps_back(self):
        self.make(RULES.replace('cooldown = "1d"', 'cooldown = "1d"\nmax_per_week = 2'))
        self.tick()
        self.change_data(2)
        self.assertEqual(self.tick(at="2026-11-01T20:00:00Z")["churn"]["standing"], "cooling_down")
        self.assertEqual(self.tick(at="2026-11-02T09:00:00Z")["churn"]["standing"], "done")
        self.change_data(3)
        limited = self.tick(at="2026-11-05T09:00:00Z")["churn"]
        self.assertEqual((limited["standing"], limited["until"]), ("limited", "2026-11-08T09:00:00Z"))
        self.assertEqual(self.tick(at="2026-11-08T09:00:00Z")["churn"]["standing"], "done")
        # Back by months: what was done is not done again, and what is new is not held up by firings of the future.
        self.assertEqual(self.tick(at="2026-06-01T00:00:00Z")["churn"]["standing"], "quiet")
        self.change_data(4)
        self.assertEqual(self.tick(at="2026-06-01T00:00:00Z")["churn"]["standing"], "done")
        self.assert_sound()

    def test_age_is_due_again_later(self):
        self.make(RULES.replace('"dataset.train changed", ', ""))
        self.assertEqual(self.tick(at="2026-12-01T09:00:00Z")["churn"]["standing"], "quiet")
        self.assertEqual(self.tick(at="2026-12-01T09:00:01Z")["churn"]["standing"], "done")
        self.assertEqual(self.tick(at="2026-12-30T09:00:00Z")["churn"]["standing"], "quiet")
        self.assertEqual(self.tick(at="2026-12-31T09:00:02Z")["churn"]["standing"], "done")

    def test_a_refused_challenger_is_an_answer(self):
        self.make(RULES.replace('"staging"', '"production"') + '[model.churn.gate.production]\nmetrics = ["auc > production.auc"]\n')
        refused = self.tick(expect=3)["churn"]
        self.assertEqual((refused["standing"], refused["firing"]["outcome"]), ("done", "refused"))
        self.assertEqual(self.tick()["churn"]["standing"], "quiet")
        self.assertEqual(self.numbers(), [1, 2])

    def test_a_broken_model_stops_no_other(self):
        other = sandbox.POLICY[sandbox.POLICY.index("[model.churn.train]"):].replace("churn", "abba").replace(
            'command = ["sh", "train.sh", "{params.lr}"]', 'command = ["false"]').replace("data.csv", "other.csv")
        self.make(more=other + RULES.replace("churn", "abba"))
        self.write("other.csv", "a\n1\n")
        self.commit("more data")
        self.register("model.bin", "weights")
        self.mlops("register", "abba", "model.bin", "--metric", "auc=0.9", "--data", "train=other.csv")
        self.mlops("promote", "abba@1", "--to", "production")
        self.write("other.csv", "a\n2\n")
        self.commit("other data")
        models = self.tick(expect=7)
        self.assertEqual(models["abba"]["firing"]["outcome"], "failed")
        self.assertEqual(models["churn"]["firing"]["outcome"], "promoted")
        self.assertEqual({model["standing"] for model in self.tick().values()}, {"quiet"})
        # Nobody can read its data now; the other one is looked at all the same.
        (self.project / "other.csv").unlink()
        (self.project / "other.csv").symlink_to("other.csv")
        self.change_data(5)
        models = self.tick("-n", expect=None, at="2026-11-03T09:00:00Z")
        self.assertEqual(models["churn"]["standing"], "due")

    def test_a_broken_policy_changes_nothing(self):
        self.make()
        self.write("mlops.toml", sandbox.POLICY + RULES.replace("changed", "chnaged"))
        self.commit("broken")
        result = self.mlops("tick", expect=2)
        self.assertIn("chnaged", result.stderr)
        self.assertEqual(self.numbers(), [1])
        self.assertEqual(self.firings(), [])

    def test_a_newer_snapshot_is_what_is_trained_on(self):
        self.make_project()
        self.write("mlops.toml", sandbox.POLICY + RULES)
        self.commit("triggers")
        self.write("one.csv", "age\n1\n")
        self.write("two.csv", "age\n2\n")
        self.mlops("dataset", "add", "customers", "one.csv")
        self.mlops("retrain", "churn", "--input", "train=customers@1")
        self.mlops("promote", "churn@1", "--to", "production")
        self.assertEqual(self.tick()["churn"]["standing"], "quiet", "the file of the recipe is another dataset")
        self.mlops("dataset", "add", "customers", "two.csv")
        done = self.tick()["churn"]
        self.assertEqual(done["firing"]["triggers"][0]["found"], "customers@2, trained on customers@1")
        version = json.loads(self.mlops("--json", "show", "churn@2").stdout)
        self.assertEqual([use["dataset"] for use in version["data"]], ["customers@2"])
        self.assertEqual(self.tick()["churn"]["standing"], "quiet")

    def make_watched(self, more=""):
        """churn@1 in production, trained on enough rows to tell drift by."""
        self.make_project()
        self.write("data.csv", "age,income\n" + "".join(f"{i % 50},{i % 70}\n" for i in range(2000)))
        rules = RULES.replace('"dataset.train changed"', '"drift.share >= 0.5 for 2 batches"')
        self.write("mlops.toml", sandbox.POLICY + rules + more)
        self.commit("triggers")
        self.mlops("retrain", "churn")
        self.mlops("promote", "churn@1", "--to", "production")

    def test_drift_of_batches(self):
        self.make_watched()
        self.record(1, 0)
        self.record(2, 100)
        self.assertEqual(self.tick()["churn"]["standing"], "quiet")
        self.record(3, 200)
        done = self.tick()["churn"]
        self.assertEqual(done["firing"]["triggers"][0]["batches"], [3, 2])
        self.record(4, 300)
        self.assertEqual(self.tick(at="2026-11-03T09:00:00Z")["churn"]["standing"], "quiet")
        self.record(5, 400)
        self.assertEqual(self.tick(at="2026-11-03T09:00:00Z")["churn"]["standing"], "done")

    def test_hooks_are_told_of_drift_and_training(self):
        self.make_watched(f'[hooks.diary]\non = ["drifted", "retrained"]\n'
                          f'command = ["sh", "-c", "echo $MLOPS_EVENT_TEXT >>{self.root}/diary"]\n')
        for day in (1, 2, 3):
            self.record(day, 100 * (day - 1))
        self.tick()
        drifted, trained = "the data that churn@1 gets has drifted", "a training of churn succeeded, started by Ada"
        self.assertEqual((self.root / "diary").read_text().splitlines(), [trained, drifted, drifted, trained])

    def record(self, day, shift):
        rows = "".join(f"{i % 50 + shift},{i % 70 + shift}\n" for i in range(2000))
        self.write(f"day{day}.csv", "age,income\n" + rows)
        self.mlops("monitor", "record", "churn@1", "--data", f"day{day}.csv")


sandbox.main()
