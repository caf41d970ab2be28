#!/usr/bin/python3
"""docs/exit-codes.md has the table of `mlops help exit-codes`, row by row."""

import re
import sys

from sandbox import ROOT, compare_page, sandbox

PAGE = ROOT / "docs/exit-codes.md"
ROW = re.compile(r"^ +(\d+)  (.{12}) (.+(?:\n {8,}.+)*)$", re.MULTILINE)  # a long meaning goes on under itself

with sandbox(sys.argv[1]) as box:
    printed = ROW.findall(box.run("help", "exit-codes").stdout)
rows = [f"| {code} | {name.strip()} | {' '.join(meaning.split())} |" for code, name, meaning in printed]
page = PAGE.read_text(encoding="utf-8")
start = page.index("|---|---|---|\n") + len("|---|---|---|\n")
end = page.index("\n\n", start)
compare_page(PAGE, page[:start] + "\n".join(rows) + page[end:])
