#!/usr/bin/python3
"""Every relative link in the pages leads to a file, and to a heading in it where one is named."""

import re

from sandbox import ROOT

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
SOURCE = re.compile(r"`((?:src|include|tests|examples|docs)/[\w./-]+)`")


def anchors(page):
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def faults(page):
    text = page.read_text(encoding="utf-8")
    for target in LINK.findall(text):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists():
            yield f"{page.relative_to(ROOT)}: no file {target}"
        elif anchor and anchor not in anchors(file):
            yield f"{page.relative_to(ROOT)}: no heading {target}"
    if page.name == "commands.md":  # made from the help, whose examples name other projects' files
        return
    for path in SOURCE.findall(text):
        if not (ROOT / path).exists():
            yield f"{page.relative_to(ROOT)}: no file {path} in the repository"


found = [fault for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))] for fault in faults(page)]
if found:
    raise SystemExit("\n".join(found))
