#!/usr/bin/python3
"""One of the scanners of PyPI over the files of folders, as their users would run it.

    peer_scanners.py PEER FOLDER...

Prints a JSON object of "flagged", "clean", "error" or "unsupported" for each path. Each scans and none loads.
"""

import importlib.metadata
import json
import logging
import os
import signal
import sys
import zipfile
from pathlib import Path

SECONDS_PER_FILE = 20
CANNOT = 77


def picklescan(path):
    from picklescan.scanner import scan_file_path
    result = scan_file_path(path)
    if result.issues_count:
        return "flagged"
    return "error" if result.scan_err else "clean" if result.scanned_files else "unsupported"


def fickling(path):
    """It takes every file for a pickle: that its opcodes don't exist or don't fit says no more than that it is none."""
    from fickling.analysis import Severity
    from fickling.loader import scan_file, scan_zip_archive
    results = [*scan_zip_archive(path, graceful=True).values()] if zipfile.is_zipfile(path) else [scan_file(path, graceful=True)]
    reasons = [line for result in results for part in result.results for line in part.to_dict().get("analysis", "").splitlines()
               if part.severity > Severity.LIKELY_SAFE]
    if any(not reason.startswith(("The file has invalid opcode", "The pickle file has malformed opcode")) for reason in reasons):
        return "flagged"
    return "error" if reasons or any(result.errors for result in results) else "clean" if results else "unsupported"


def modelscan(path):
    from modelscan.modelscan import ModelScan
    result = ModelScan().scan(path)
    if result["issues"]:
        return "flagged"
    return "error" if result["errors"] else "clean" if result["summary"]["scanned"]["total_scanned"] else "unsupported"


def modelaudit(path):
    from modelaudit.core import scan_model_directory_or_file
    result = scan_model_directory_or_file(path, timeout=SECONDS_PER_FILE, cache_enabled=False)
    if any(issue.severity.value in ("critical", "warning") for issue in result.issues):
        return "flagged"
    return "error" if result.has_errors else "clean"


PEERS = {peer.__name__: peer for peer in (picklescan, fickling, modelscan, modelaudit)}


class TooLong(Exception):
    pass


def too_long(*_):
    raise TooLong


def judged(peer, path):
    signal.alarm(SECONDS_PER_FILE)
    try:
        return peer(str(path))
    except TooLong:
        return "error"
    except (Exception, SystemExit):  # hostile files are what they are given: some fall over
        return "error"
    finally:
        signal.alarm(0)


def main():
    name, *folders = sys.argv[1:]
    os.environ["PROMPTFOO_DISABLE_TELEMETRY"] = "1"
    logging.disable(logging.CRITICAL)
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        sys.exit(CANNOT)
    signal.signal(signal.SIGALRM, too_long)
    out, sys.stdout = sys.stdout, open(os.devnull, "w")  # what they print themselves
    paths = [path for folder in folders for path in sorted(Path(folder).rglob("*")) if path.is_file()]
    json.dump({str(path): judged(PEERS[name], path) for path in paths}, out)


if __name__ == "__main__":
    main()
