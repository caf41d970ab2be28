#!/usr/bin/python3
"""docs/commands.md is what `mlops help --markdown` prints."""

import sys

from sandbox import ROOT, compare_page, sandbox

with sandbox(sys.argv[1]) as box:
    compare_page(ROOT / "docs/commands.md", box.run("help", "--markdown").stdout)
