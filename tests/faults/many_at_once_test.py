#!/usr/bin/python3
"""Sixteen processes change one registry at the same time."""

import json
import re

import sandbox

RIVALS = 16


class ManyAtOnce(sandbox.Test):
    def setUp(self):
        super().setUp()
        self.make_project()

    def together(self, commands):
        """Starts all of the commands, then waits for each: [(exit code, stdout, stderr)]."""
        processes = [self.start(sandbox.program, *words) for words in commands]
        results = []
        for process in processes:
            out, err = process.communicate(timeout=240)
            results.append((process.returncode, out, err))
            self.assertIn(process.returncode, sandbox.DOCUMENTED, err)
            self.assertNotIn("database is locked", out + err)
            self.assertNotIn("internal error", err)
        return results

    def holders(self):
        """{stage: version}, as `show` of every version tells it, so that two holders of one stage are seen."""
        holders = []
        for number in self.numbers():
            shown = json.loads(self.mlops("--json", "show", f"churn@{number}").stdout)
            holders += [(stage, number) for stage in shown["stages"]]
        self.assertEqual(len(holders), len(dict(holders)), f"two hold one stage: {holders}")
        return dict(holders)

    def test_registering_and_promoting_loses_no_version(self):
        for i in range(RIVALS):
            self.write(f"model-{i}.bin", f"weights {i}")
        script = ('version=$("$0" -q register churn "model-$1.bin" --metric auc=0.9) || exit\n'
                  'echo "$version"\n"$0" -q promote "$version" --to staging')
        processes = [self.start("/bin/sh", "-c", script, sandbox.program, i) for i in range(RIVALS)]
        registered, promoted = [], []
        for process in processes:
            out, err = process.communicate(timeout=240)
            self.assertIn(process.returncode, (0, 5), f"{out}{err}")
            self.assertNotIn("database is locked", out + err)
            version = int(re.match(r"churn@(\d+)\n", out).group(1))
            registered.append(version)
            if process.returncode == 0:
                promoted.append(version)
            else:
                self.assertRegex(err, r"is now held by churn@\d+, promoted by Ada")
        self.assertEqual(sorted(registered), list(range(1, RIVALS + 1)))
        self.assertEqual(self.numbers(), list(range(1, RIVALS + 1)))
        self.assertGreaterEqual(len(promoted), 1)
        self.assertIn(self.holders()["staging"], promoted)
        history = json.loads(self.mlops("--json", "history", "churn", "--limit", "1000").stdout)
        self.assertEqual(len(promoted), len(history["entries"]))
        self.assert_sound()

    def test_compare_and_set_has_one_winner(self):
        for i in range(RIVALS + 1):
            self.register(f"model-{i}.bin", f"weights {i}")
        self.mlops("promote", "churn@1", "--to", "staging")
        results = self.together(
            [["-q", "promote", f"churn@{i + 2}", "--to", "staging", "--expect", "1"] for i in range(RIVALS)])
        winners = [f"churn@{i + 2}" for i, (code, _, _) in enumerate(results) if code == 0]
        self.assertEqual(len(winners), 1, results)
        for code, _, err in results:
            self.assertIn(code, (0, 5), err)
            if code == 5:
                self.assertIn(f"held by {winners[0]}", err)
        self.assertEqual(f"churn@{self.holders()['staging']}", winners[0])
        self.assert_sound()

    def test_the_same_file_becomes_one_version(self):
        self.write("model.bin", "the same weights")
        results = self.together([["-q", "register", "churn", "model.bin"]] * RIVALS)
        self.assertEqual({(code, out) for code, out, _ in results}, {(0, "churn@1\n")}, results)
        self.assertEqual(self.numbers(), [1])
        self.assert_sound()

    def test_the_same_batch_counts_once_and_every_outcome_is_joined(self):
        self.write("inputs.csv", "age\n" + "".join(f"{20 + i % 40}\n" for i in range(90)))
        self.write("scores.csv", "id,prediction,score\n" + "".join(f"{i},{i % 2},0.{i % 9}\n" for i in range(160)))
        for rival in range(RIVALS):
            self.write(f"truths-{rival}.csv", "id,truth\n" + "".join(f"{i},{i % 3 % 2}\n" for i in range(rival * 10, rival * 10 + 10)))
        self.register("model.bin", "weights")
        record = ["monitor", "record", "churn@1"]
        same = self.together([[*record, "--data", "inputs.csv", "--reference", "inputs.csv"]] * RIVALS)
        self.assertEqual({code for code, _, _ in same}, {0})
        self.assertEqual(sum("recorded batch 1" in out for _, out, _ in same), 1)
        self.mlops(*record, "--predictions", "scores.csv")
        joined = self.together([[*record, "--outcomes", f"truths-{rival}.csv"] for rival in range(RIVALS)])
        # Whoever lost too many races says so, and tries again.
        for rival, (code, _, err) in enumerate(joined):
            self.assertIn(code, (0, 8), err)
            if code == 8:
                self.mlops(*record, "--outcomes", f"truths-{rival}.csv")
        batches = json.loads(self.mlops("--json", "monitor", "list", "churn@1").stdout)["batches"]
        self.assertEqual(sorted((batch["rows"], batch["predictions"] and batch["predictions"]["known"]) for batch in batches),
                         [(90, None), (160, 160)])
        self.assert_sound()

    def test_bumping_gives_every_version_its_own_number(self):
        for i in range(RIVALS):
            self.write(f"model-{i}.bin", f"weights {i}")
        results = self.together(
            [["-q", "register", "churn", f"model-{i}.bin", "--bump", "minor"] for i in range(RIVALS)])
        self.assertEqual({code for code, _, _ in results}, {0}, results)
        for minor in range(1, RIVALS + 1):
            self.mlops("show", f"churn@0.{minor}.0")
        self.assert_sound()

    def test_one_semver_goes_to_one_version(self):
        for i in range(RIVALS):
            self.write(f"model-{i}.bin", f"weights {i}")
        results = self.together(
            [["-q", "register", "churn", f"model-{i}.bin", "--semver", "1.0.0"] for i in range(RIVALS)])
        self.assertEqual(sorted(code for code, _, _ in results), [0] + [5] * (RIVALS - 1), results)
        self.assertEqual(self.numbers(), [1])
        self.assert_sound()

    def test_making_the_registry_sixteen_times_makes_one(self):
        (self.project / "sub").mkdir()
        results = self.together([["-C", "sub", "init"]] * RIVALS)
        self.assertEqual({code for code, _, _ in results}, {0}, results)
        made = self.project / "sub/.mlops"
        self.assertEqual(sorted(path.name for path in made.iterdir() if path.name != "objects"),
                         [".gitignore", "config.toml", "registry.db"])
        self.assertTrue((self.project / "sub/mlops.toml").exists())
        self.mlops("-C", "sub", "audit", "verify")
        self.mlops("-C", "sub", "doctor")

    def test_readers_see_whole_changes_while_others_write(self):
        for i in range(RIVALS):
            self.write(f"model-{i}.bin", f"weights {i}")
        commands = []
        for i in range(RIVALS):
            commands.append(["-q", "register", "churn", f"model-{i}.bin", "--tag", "team=risk"])
            commands.append(["audit", "verify"])
        results = self.together(commands)
        self.assertEqual({code for code, _, _ in results}, {0}, results)


sandbox.main()
