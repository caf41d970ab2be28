#!/usr/bin/python3
"""Nobody pays for what a command does not use: libgit2 and all it brings are loaded by commands that read the repository, and only by them."""

import re

import sandbox
import strace

HEAVY = re.compile(r"lib(git2|ssh2|krb5|gssapi|mbedtls|crypto|sqlite3|curl|pq)[-.\w]*\.so")
WITHOUT_GIT = (["--version"], ["help"], ["help", "references"], ["promote", "--help"], ["completion", "bash"], ["list"], ["list", "churn"],
               ["show", "churn@1"], ["history", "churn"], ["audit", "log"], ["audit", "verify"], ["run", "list"], ["dataset", "list"],
               ["tag", "churn@1", "team=risk"], ["checkout", "churn@1", "out"], ["config", "list"])


class Loading(sandbox.Test):
    def libraries(self, *words):
        log = self.root / "opened"
        result = self.run_program("strace", "-f", "-o", log, "-e", "trace=openat", sandbox.program, *words,
                                  environment=strace.environment(self))
        self.assertEqual(result.returncode, 0, self.told(result))
        return sorted({found[0] for line in log.read_text().splitlines() if "= -1" not in line and (found := HEAVY.search(line))})

    @strace.needed
    def test_only_what_is_used(self):
        self.make_project()
        self.register()
        for words in WITHOUT_GIT:
            with self.subTest(words=words):
                self.assertEqual(self.libraries(*words), [])
        self.assertIn("libgit2", " ".join(self.libraries("promote", "churn@1", "--to", "staging", "--dry-run")))


sandbox.main()
