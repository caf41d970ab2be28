#!/usr/bin/python3
"""A database that is not what it was: cut off, overwritten, of another kind, or of a later program. Nothing may crash on it, hang, or
make it worse; what is wrong is said with exit 6 (or 1 for a newer schema), and `doctor` sees it.

A sample of the damages is tried, more of them with MLOPS_FAULTS=all.
"""

import random
import shutil
import sqlite3

import sandbox

DAMAGES = 400 if sandbox.EVERYTHING else 12
READING = (["list"], ["list", "churn"], ["show", "churn@1"], ["history", "churn"], ["lineage", "churn@2"], ["audit", "log"],
           ["diff", "churn@1", "churn@2"], ["run", "list"], ["dataset", "list"], ["validate", "churn@2", "--dry-run"])
CHANGING = (["tag", "churn@1", "team=risk"], ["promote", "churn@2", "--to", "staging"], ["-q", "register", "churn", "third.bin"])


class DamagedRegistry(sandbox.Test):
    def setUp(self):
        super().setUp()
        self.make_project()
        self.register("first.bin", "first", "--data", "train=data.csv")
        self.register("second.bin", "second", "--parent", "churn@1", "--semver", "1.2.0")
        self.mlops("promote", "churn@1", "--to", "staging")
        self.write("third.bin", "third")
        self.healthy = self.root / "healthy.db"
        shutil.copy(self.database, self.healthy)

    def heal(self):
        shutil.copy(self.healthy, self.database)

    def test_not_a_database(self):
        contents = {
            "nothing": b"", "one byte": b"S", "text": b"not a database\n" * 1000, "zeros": bytes(8192),
            "a header and no more": self.healthy.read_bytes()[:100], "half a page": self.healthy.read_bytes()[:2048],
        }
        for name, content in contents.items():
            self.database.write_bytes(content)
            for words in READING + CHANGING:
                with self.subTest(content=name, words=words):
                    result = self.mlops(*words, expect=6)
                    self.assertIn("registry.db", result.stderr)
            with self.subTest(content=name, words="doctor"):
                self.mlops("doctor", expect=1)
                self.mlops("init", expect=(0, 5, 6))
                self.assertEqual(self.database.read_bytes(), content, "what is left of it must stay as it is")

    def test_another_database(self):
        self.database.unlink()
        with sqlite3.connect(self.database) as other:
            other.execute("CREATE TABLE recipes(name TEXT)")
        for words in (["list"], ["tag", "churn@1", "a=b"], ["audit", "verify"]):
            with self.subTest(words=words):
                self.assertIn("not a registry", self.mlops(*words, expect=6).stderr)

    def test_a_folder_or_a_pipe_in_its_place(self):
        self.database.unlink()
        self.database.mkdir()
        self.mlops("list", expect=6, timeout=20)
        self.database.rmdir()
        self.run_program("mkfifo", self.database)
        self.mlops("list", expect=6, timeout=20)
        self.mlops("tag", "churn@1", "a=b", expect=6, timeout=20)
        self.mlops("doctor", expect=1, timeout=20)

    def test_gone(self):
        self.database.unlink()
        for words in (["list"], ["tag", "churn@1", "a=b"]):
            self.assertIn("mlops init", self.mlops(*words, expect=4).stderr)

    def test_of_a_newer_program(self):
        with sqlite3.connect(self.database) as database:
            database.execute("PRAGMA user_version = 999")
        content = self.database.read_bytes()
        for words in READING + CHANGING:
            with self.subTest(words=words):
                self.assertIn("newer", self.mlops(*words, expect=1).stderr)
        self.mlops("doctor", expect=1)
        self.assertEqual(self.database.read_bytes(), content)

    def test_cut_off(self):
        whole = self.healthy.read_bytes()
        pages = len(whole) // 4096
        for kept in sandbox.spread(list(range(1, pages)), 6):
            with self.subTest(pages_kept=kept):
                self.database.write_bytes(whole[:kept * 4096])
                for words in (*READING, ["audit", "verify"], *CHANGING):
                    result = self.mlops(*words, expect=(0, 6), timeout=60)
                    self.assertNotIn("Traceback", result.stderr)
                self.database.write_bytes(whole[:kept * 4096])
                self.mlops("doctor", expect=1)

    def test_overwritten_bytes(self):
        """Whatever they hit, no command crashes or hangs; and what `audit verify` calls sound shows the same as before."""
        whole = self.healthy.read_bytes()
        shown = {tuple(words): self.mlops(*words).stdout for words in (["--json", "show", "churn@1"], ["--json", "history", "churn"])}
        generator = random.Random(7)
        for number in range(DAMAGES):
            damaged = bytearray(whole)
            start = generator.randrange(100, len(whole))
            for position in range(start, min(start + generator.choice([1, 4, 64, 512]), len(whole))):
                damaged[position] = generator.randrange(256)
            with self.subTest(damage=number, position=start):
                self.database.write_bytes(damaged)
                verified = self.mlops("audit", "verify", expect=(0, 6), timeout=60)
                for words in sandbox.spread(list(READING), 4):
                    self.mlops(*words, expect=(0, 1, 4, 5, 6), timeout=60)
                if verified.returncode == 0:
                    for words, before in shown.items():
                        result = self.mlops(*words, expect=(0, 6))
                        if result.returncode == 0:
                            self.assertEqual(result.stdout, before)
                self.mlops("doctor", expect=(0, 1), timeout=60)
                for words in CHANGING:
                    self.mlops(*words, expect=None, timeout=60)

    def test_edited_records(self):
        """Rows changed by a valid statement: SQLite finds nothing, the audit does."""
        edits = ["UPDATE metric SET value = 0.99", "DELETE FROM event WHERE sequence = 3", "UPDATE event SET actor = 'Eve'",
                 "UPDATE version SET digest = zeroblob(32) WHERE number = 1", "DELETE FROM stage_holder", "UPDATE stage_change SET actor = 'Eve'",
                 "INSERT INTO tag VALUES (1, 'team', 'risk')", "UPDATE log_head SET size = 1", "UPDATE model SET last_number = 1",
                 "UPDATE version_file SET size = 3", "DELETE FROM version_file", "UPDATE dataset SET row_count = 9",
                 "UPDATE metric SET model_id = 9", "UPDATE version SET semver_key = 'zzz' WHERE semver IS NOT NULL", "UPDATE event SET kind = 'alias.set'"]
        for edit in edits:
            with self.subTest(edit=edit):
                self.heal()
                with sqlite3.connect(self.database) as database:
                    for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                        database.execute(f"DROP TRIGGER {trigger}")
                    database.execute(edit)
                result = self.mlops("audit", "verify", expect=6)
                self.assertRegex(result.stdout + result.stderr, r"event|metric|version|stage|tag|dataset|log|model|SemVer")

    def test_damaged_objects(self):
        objects = sorted(path for path in (self.project / ".mlops/objects").rglob("*") if path.is_file())
        self.assertGreater(len(objects), 3)
        found = 0
        for path in objects:
            content = path.read_bytes()
            for damage in (b"", content + b"x", bytes([content[0] ^ 1]) + content[1:], None):
                with self.subTest(object=path.name, damage=damage and damage[:20]):
                    path.chmod(0o644)
                    path.unlink() if damage is None else path.write_bytes(damage)
                    for number in (1, 2):
                        out = self.tmp / "out"
                        result = self.mlops("checkout", f"churn@{number}", out, expect=(0, 4, 6))
                        found += result.returncode != 0
                        if result.returncode == 0:
                            self.assertEqual({path.read_text() for path in out.iterdir()}, {("first", "second")[number - 1]})
                        shutil.rmtree(out, ignore_errors=True)
                    self.mlops("validate", "churn@2", expect=(0, 3))
                    path.unlink(missing_ok=True)
                    path.write_bytes(content)
        self.assertGreaterEqual(found, 8)
        self.assert_sound()

    def test_registering_again_mends_a_lost_object(self):
        objects = [path for path in (self.project / ".mlops/objects").rglob("*") if path.is_file()]
        for path in objects:
            path.chmod(0o644)
            path.unlink()
        self.mlops("doctor", expect=1)
        self.write("data.csv", "age,income\n31,1000.5\n")
        for name, content in (("first.bin", "first"), ("second.bin", "second")):
            self.write(name, content)
            self.mlops("register", "churn", name, "--data", "train=data.csv")
        self.assert_sound("after registering again")


sandbox.main()
