#!/usr/bin/python3
"""Names and files that nobody expects: each is taken as it is, or refused in words with exit 2 to 5, and nothing is changed."""

import json
import os
import socket
import subprocess
import threading

import sandbox

FILES = 100_000 if sandbox.EVERYTHING else 3_000
SURPRISES = ["\N{ROCKET}", "Churn", "churn model", "churn/", "/churn", "a//b", "..", "a/../b", "x" * 300, "a/" * 200 + "b", "-churn",
             "--help me", "churn@1@2", "churn\n", "churn\x1b[31m", "\N{LATIN SMALL LETTER E WITH ACUTE}", "%s%n", "'; DROP TABLE model; --", "", " "]


class OddInput(sandbox.Test):
    def setUp(self):
        super().setUp()
        self.make_project()
        self.register("first.bin", "first")
        self.events = self.count_events()

    def count_events(self):
        return len(self.mlops("--json", "audit", "log").stdout.splitlines())

    def refused(self, *words, codes=(2, 4, 5), **options):
        result = self.mlops(*words, expect=codes, **options)
        self.assertRegex(result.stderr, r"^error: \S", self.told(result))
        self.assertNotIn("\x1b", result.stderr, "a name must not reach the terminal raw")
        self.assertLess(len(result.stderr), 2000, self.told(result))
        self.assertEqual(self.count_events(), self.events, f"{words} changed something")
        return result

    def test_surprising_names(self):
        for name in SURPRISES:
            with self.subTest(name=name):
                self.refused("register", "--", name, "first.bin")
                for words in (["show", f"{name}@1"], ["list", name], ["promote", f"{name}@1", "--to", "staging"],
                              ["promote", "churn@1", "--to", name], ["alias", "churn@1", name], ["history", name],
                              ["dataset", "add", name, "data.csv"], ["lineage", f"{name}@1"], ["validate", f"churn@{name}"]):
                    self.refused(*words[:1], *(["add", "--"] if words[0] == "dataset" else ["--"]),
                                 *words[2 if words[0] == "dataset" else 1:]
                                 ) if "--to" not in words else self.refused(*words[:2], f"--to={name}")
                self.refused("tag", "churn@1", f"{'k' * 300}{name}=value")

    def test_files_with_surprising_names(self):
        names = ["\N{ROCKET} model.bin", "with space.bin", "-rf.bin", "$(touch x).bin", "'quoted\".bin", "x" * 250]
        for name in names:
            with self.subTest(name=name):
                self.write(f"sub/{name}", name)
                version = self.mlops("-q", "register", "churn", f"sub/{name}").stdout.strip()
                self.mlops("checkout", version, self.tmp / "out")
                self.assertEqual((self.tmp / "out" / name).read_text(), name)
                self.run_program("rm", "-r", self.tmp / "out")
                os.unlink(self.project / "sub" / name)
        self.assert_sound()

    def test_files_with_impossible_names(self):
        for name in (b"line\nbreak.bin", b"not utf-8 \xff.bin", b"escape \x1b[31m.bin"):
            with self.subTest(name=name):
                folder = self.project / "sub"
                folder.mkdir(exist_ok=True)
                path = os.path.join(os.fsencode(folder), name)
                with open(path, "wb") as file:
                    file.write(b"weights")
                self.refused("register", "churn", "sub", codes=(2,))
                os.unlink(path)

    def test_what_is_not_a_file(self):
        folder = self.project / "sub"
        folder.mkdir()
        (folder / "model.bin").write_text("weights")
        os.mkfifo(folder / "pipe")
        self.refused("register", "churn", "sub", codes=(2,), timeout=20)
        self.refused("register", "churn", "sub/pipe", codes=(2,), timeout=20)
        self.refused("dataset", "add", "train", "sub/pipe", codes=(2,), timeout=20)
        os.unlink(folder / "pipe")
        with socket.socket(socket.AF_UNIX) as listener:
            os.chdir(folder)
            listener.bind("socket")
            self.refused("register", "churn", "sub", codes=(2,), timeout=20)
            os.chdir("/")
        os.unlink(folder / "socket")
        self.refused("register", "churn", "/dev/zero", codes=(2,), timeout=20)
        self.refused("register", "churn", "/dev/null", codes=(2,), timeout=20)
        os.symlink("model.bin", folder / "within")
        os.symlink("/etc/passwd", folder / "out")
        self.refused("register", "churn", "sub", codes=(2,))
        os.unlink(folder / "out")
        os.symlink("missing", folder / "dangling")
        self.refused("register", "churn", "sub", codes=(2, 4))
        os.unlink(folder / "dangling")
        os.symlink("circle", folder / "circle")
        self.refused("register", "churn", "sub", codes=(1, 2, 4))
        os.unlink(folder / "circle")
        os.symlink(".", folder / "itself")
        self.refused("register", "churn", "sub", codes=(2,), timeout=60)
        os.unlink(folder / "itself")
        self.mlops("register", "churn", "sub")

    def test_many_files(self):
        folder = self.project / "many"
        for i in range(FILES):
            if i % 1000 == 0:
                (folder / f"{i // 1000}").mkdir(parents=True)
            (folder / f"{i // 1000}/{i}.bin").write_text(str(i))
        version = self.mlops("-q", "register", "churn", "many", timeout=600).stdout.strip()
        self.assertEqual(json.loads(self.mlops("--json", "show", version, timeout=60).stdout)["files"], FILES)
        self.assertEqual(self.mlops("-q", "register", "churn", "many", timeout=600).stdout.strip(), version)
        shown = self.mlops("show", version, timeout=60).stdout
        self.assertLess(len(shown.splitlines()), 200, "nobody reads thousands of lines of files")
        self.mlops("checkout", version, self.tmp / "out", timeout=600)
        self.assertEqual(sum(len(files) for _, _, files in os.walk(self.tmp / "out")), FILES)
        self.assert_sound()

    def test_a_deep_folder(self):
        deep = self.project / "deep"
        depth = 0
        os.makedirs(deep)
        os.chdir(deep)
        while depth < 400:
            os.mkdir("d" * 10)
            os.chdir("d" * 10)
            depth += 1
        with open("model.bin", "w", encoding="utf-8") as file:
            file.write("weights")
        os.chdir("/")
        result = self.mlops("-q", "register", "churn", "deep", expect=(0, 1, 2), timeout=60)
        self.assert_sound()
        if result.returncode != 0:
            self.assertRegex(result.stderr, r"long|deep|name")
        subprocess.run(["rm", "-rf", deep], check=True)

    def test_a_file_that_changes_while_it_is_read(self):
        """Either a version of one moment, or a refusal that says why; never a version whose bytes were never together."""
        path = self.project / "moving.bin"
        path.write_bytes(bytes(40_000_000))
        stop = threading.Event()

        def scribble():
            value = 0
            with open(path, "r+b") as file:
                while not stop.is_set():
                    value = (value + 1) % 256
                    for position in range(0, 40_000_000, 1_000_000):
                        file.seek(position)
                        file.write(bytes([value]))
                    file.flush()

        thread = threading.Thread(target=scribble)
        thread.start()
        try:
            result = self.mlops("register", "churn", "moving.bin", expect=2)
        finally:
            stop.set()
            thread.join()
        self.assertIn("changed while it was read", result.stderr)
        self.assertEqual(self.count_events(), self.events)
        self.mlops("register", "churn", "moving.bin")
        self.assert_sound()

    def test_a_file_that_grows_for_ever(self):
        # Big enough that the writer is all but sure to add to it meanwhile. When it gets no turn, what was read is the file
        # as it was at one moment, and may be registered: never more, never less.
        path = self.project / "growing.bin"
        path.write_bytes(bytes(100_000_000))
        writer = self.start("bash", "-c", "while :; do head -c 300000 /dev/zero >> growing.bin; done")
        try:
            result = self.mlops("register", "churn", "growing.bin", "--json", expect=(0, 2), timeout=60)
        finally:
            writer.kill()
            writer.communicate()
        if result.returncode == 0:
            self.assertEqual((json.loads(result.stdout)["version_record"]["bytes"] - 100_000_000) % 300_000, 0)
        else:
            self.assertIn("changed while it was read", result.stderr)
        self.assert_sound()

    def test_huge_and_hostile_documents(self):
        documents = {
            "deep.json": "[" * 100_000, "deep object.json": '{"a":' * 100_000, "wide.json": '{"' + "a" * 10_000_000 + '": 1}',
            "cut.json": '{"auc": 0.9', "twice.json": '{"auc": 1, "auc": 2}', "nan.json": '{"auc": NaN}', "large.json": '{"auc": 1e999}',
            "text.json": '{"auc": "0.9"}', "bytes.json": b"\xff\xfe\x00", "empty.json": "", "null.json": "null", "list.json": "[1, 2]",
        }
        for name, content in documents.items():
            with self.subTest(document=name):
                self.write(name, content)
                self.refused("register", "churn", "first.bin", "--new-version", "--metrics", name, codes=(1, 2), timeout=60)

    def test_hostile_policies(self):
        policies = ["a = " + "[" * 100_000, "[" * 1000, "[stages]\norder = []", "[stages]\norder = ['a', 'a']", "\xff", "x" * 6_000_000,
                    "[gate.production]\nmetrics = ['auc >>= 1']", "[gate.nowhere]\nchecks = []", "[gate.production]\nafter = 'production'",
                    "[gate.production]\nmetrics = ['" + "(" * 50_000 + "']", "[gate.production]\napprovals = 99999999999999999999"]
        for policy in policies:
            with self.subTest(policy=policy[:60]):
                self.write("mlops.toml", policy.encode("latin-1"))
                self.refused("config", "check", codes=(1, 2, 4), timeout=60)
                self.git("commit", "--quiet", "--all", "--message", "a hostile policy")
                self.refused("promote", "churn@1", "--to", "staging", codes=(1, 2, 4), timeout=60)
                self.mlops("list")
                self.mlops("show", "churn@1")


sandbox.main()
