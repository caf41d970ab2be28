#!/usr/bin/python3
"""The runner of command tests, tried on transcripts of plain shell commands."""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

RUNNER = Path(__file__).resolve().parent / "runner"

GOOD = """\
# Output, errors, the exit code.
$ echo out; echo err >&2; exit 3
out
! err
[exit 3]

# Folder, variables and files are kept.
$ mkdir a && cd a && export COLOUR=red

$ pwd; echo $COLOUR > ../file; cat ../file
$DIR/a
red
$ cat <<end
> first
>
> last
> end
first

last

# What looks like the format is marked; what changes has a wildcard.
$ echo '$ x'; echo '[exit 1]'; printf 'no end'
\\$ x
\\[exit 1]
no end
[no newline]
$ echo took $$ s
took [..] s
$ nosuchcommand
! bash: nosuchcommand: command not found
[exit 127]
$ echo "$HOME $MLOPS_ACTOR $MLOPS_TEST_CLOCK"; env | grep -c SECRET
$HOME Ada <ada@example.org> 2026-11-01T09:00:00Z
0
[exit 1]
"""


def run(text, **environment):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "case.test"
        path.write_text(text)
        result = subprocess.run([sys.executable, "-B", RUNNER, "/usr/bin/true", path], capture_output=True, text=True,
                                env={**os.environ, "SECRET": "x", "MLOPS_TEST_ACCEPT": "", **environment})
        return result.returncode, result.stdout + result.stderr, path.read_text()


class RunnerTest(unittest.TestCase):
    def test_a_true_transcript_passes_and_stays_as_it_is(self):
        self.assertEqual(run(GOOD), (0, "", GOOD))

    def test_every_kind_of_difference_fails_and_is_shown(self):
        for right, wrong in (("\nout\n", "\nouch\n"), ("! err", "err"), ("[exit 3]", "[exit 4]"), ("\n[no newline]", ""),
                             ("took [..] s", "took [..] m"), ("first\n\nlast\n\n", "first\nlast\n\n")):
            with self.subTest(wrong=wrong):
                self.assertEqual(GOOD.count(right), 1)
                code, said, _ = run(GOOD.replace(right, wrong))
                self.assertEqual(code, 1)
                self.assertIn("@@", said)

    def test_a_missing_line_and_an_extra_line_fail(self):
        self.assertEqual(run("$ echo a; echo b\na\n")[0], 1)
        self.assertEqual(run("$ echo a\na\nb\n")[0], 1)

    def test_accepting_writes_what_was_printed_and_keeps_the_rest(self):
        broken = GOOD.replace("\nout\n", "\nouch\n").replace("red\n$", "blue\n$").replace("[exit 127]\n", "")
        code, _, text = run(broken, MLOPS_TEST_ACCEPT="1")
        self.assertEqual((code, text), (0, GOOD))

    def test_text_outside_commands_and_files_without_commands_are_refused(self):
        self.assertEqual(run("hello\n$ true\n")[0], 1)
        self.assertEqual(run("# nothing\n")[0], 1)


if __name__ == "__main__":
    unittest.main()
