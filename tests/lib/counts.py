#!/usr/bin/python3
"""Turns ctest's report into the one line that people and scripts read: N passed, N failed, N skipped.

A test counts as skipped only when it said so itself; one that could not be started has failed.
"""

import sys
import xml.etree.ElementTree as xml


def outcome(case):
    if case.get("status") == "run":
        return "passed"
    skipped = case.find("skipped")
    if skipped is not None and skipped.get("message", "").startswith("SKIP_"):
        return "skipped"
    return "failed"


def main(report, ctest_status):
    try:
        outcomes = [outcome(case) for case in xml.parse(report).iter("testcase")]
    except (OSError, xml.ParseError) as error:
        print(f"error: no report from ctest: {error}", file=sys.stderr)
        outcomes = []
    failed = outcomes.count("failed")
    if failed == 0 and (ctest_status != 0 or not outcomes):
        failed = 1
    print(f"{outcomes.count('passed')} passed, {failed} failed, {outcomes.count('skipped')} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
