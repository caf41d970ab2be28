#!/usr/bin/python3
"""Malicious files and clean ones, judged by `mlops scan` and by the scanners of PyPI.

    scan_test.py MLOPS BIN

BIN is the folder of a virtual environment with what can be installed of the packages below. Judged are attacks that are made here,
the test files that modelaudit ships in its source package, and each folder that is named in MLOPS_CORPORA, separated by colons.

Where the files are attacks, nothing that any scanner flags may be allowlisted here. With MLOPS_INTEROP=all they are asked about clean
models, too (some minutes); what they flag of those is only told.
"""
# from PyPI: picklescan fickling modelscan modelaudit

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest
from collections import Counter
from pathlib import Path

import judge

mlops = Path(sys.argv[1]).resolve()
python = str(Path(sys.argv[2]).absolute() / "python")
PEERS = ["picklescan", "fickling", "modelscan", "modelaudit"]
PEER_SCANNERS = Path(__file__).resolve().parent / "peer_scanners.py"
MOST_SHOWN = 60
# Real models: of these nothing may be said but that they are clean.
CLEAN = ["sklearn", "numpy", "hdf5", "xgboost"]
# What the corpora themselves call clean: some scanner flags most of these.
CLEAN_BY_NAME = re.compile(r"(^|[/_-])(safe|benign)|(^|/)(new_)?pytorch_model\.bin$|(^|/)(int|object)_array")
everything = os.environ.get("MLOPS_INTEROP") == "all"


def peers_on(folder):
    """{peer: {path: verdict}}, of those that are installed."""
    answers = {}
    for peer in PEERS:
        result = subprocess.run([python, "-B", PEER_SCANNERS, peer, folder], check=False, text=True, capture_output=True)
        if result.returncode == judge.CANNOT:
            continue
        if result.returncode != 0:
            raise judge.Wrong(f"{peer} on {folder}:\n{result.stderr[-2000:]}")
        answers[peer] = json.loads(result.stdout)
    return answers


def corpus_of_modelaudit(folder):
    """Its source package has the files that it tests itself with; nothing of it is run."""
    result = subprocess.run([python, "-m", "pip", "--disable-pip-version-check", "download", "--quiet", "--no-deps", "--no-binary", "modelaudit",
                             "--dest", folder, "modelaudit"], check=False, text=True, capture_output=True)
    packages = list(folder.glob("modelaudit-*.tar.gz"))
    if result.returncode != 0 or not packages:
        return None
    files = folder / "files"
    with tarfile.open(packages[0]) as archive:
        for entry in archive:
            parts = Path(entry.name).parts
            if entry.isfile() and parts[1:3] == ("tests", "assets") and ".." not in parts and not entry.name.endswith(".py"):
                path = files.joinpath(*parts[3:])
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(archive.extractfile(entry).read())
    return files


# Flagged by others for what is no code: a loss that is only a name, for which the caller has to bring the function; a text that
# spells a command; a pickle within a pickle that holds nothing but plain values.
EXPLAINED = {"samples/keras/loss_injection.h5", "samples/pickles/simple_nested.pkl"}


class Scan(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="mlops-interop-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.mlops = judge.Mlops(mlops, self.folder)

    def told(self, title, ours, theirs):
        lines = [f"\n  {title}: {len(ours)} files", f"    {'mlops':12}{dict(Counter(ours.values()))}"]
        lines += [f"    {peer:12}{dict(Counter(answers[path] for path in ours if path in answers))}" for peer, answers in theirs.items()]
        print("\n".join(lines), file=sys.stderr)

    def fail_with(self, wrong):
        if wrong:
            self.fail(f"{len(wrong)} wrong\n  " + "\n  ".join(wrong[:MOST_SHOWN]))

    def judge_made(self, maker, origin=judge.DEBIAN, peers=True):
        folder = self.folder / maker
        models = judge.made(maker, origin, folder)
        if models is None:
            self.skipTest(f"{maker} is not here")
        wrong, ours = [], {}
        for model in models:
            path, verdicts = folder / model["path"], model["verdict"]
            verdicts = [verdicts] if isinstance(verdicts, str) else verdicts
            report = self.mlops.scan(path)
            ours[str(path)] = report["verdict"]
            if report["verdict"] not in verdicts:
                wrong.append(f"{model['path']}: {report['verdict']} instead of {' or '.join(verdicts)}: {judge.why(report)}")
            self.mlops.scan(path, strict=True)
        self.told(maker, ours, peers_on(folder) if peers else {})
        self.fail_with(wrong)

    def judge_corpus(self, folder):
        """What a scanner flags is not allowlisted here, and what is clean is not dangerous."""
        theirs = peers_on(folder)
        if not theirs:
            self.skipTest("no scanner of PyPI is here")
        wrong, ours = [], {}
        for path in sorted(next(iter(theirs.values()))):
            report = self.mlops.scan(path)
            ours[path] = report["verdict"] if report["supported"] else "unsupported"
            name = str(Path(path).relative_to(folder))
            by = [peer for peer, answers in theirs.items() if answers[path] == "flagged"]
            if CLEAN_BY_NAME.search(name):
                if ours[path] == "dangerous":
                    wrong.append(f"{name}: dangerous, but clean by its name: {judge.why(report)}")
            elif name in EXPLAINED:
                continue
            elif by and ours[path] == "allowlisted":
                wrong.append(f"{name}: allowlisted, but flagged by {', '.join(by)}")
        self.told(str(folder), ours, theirs)
        self.fail_with(wrong)

    def test_attacks(self):
        self.judge_made("attacks")

    def test_malicious_files_of_the_example(self):
        self.judge_made("malicious")

    def test_corpus_of_modelaudit(self):
        folder = corpus_of_modelaudit(self.folder)
        if folder is None:
            self.skipTest("the source package of modelaudit can't be had here")
        self.judge_corpus(folder)

    def test_other_corpora(self):
        folders = [Path(folder).resolve() for folder in os.environ.get("MLOPS_CORPORA", "").split(":") if folder]
        if not folders:
            self.skipTest("MLOPS_CORPORA names no folder")
        for folder in folders:
            with self.subTest(folder=folder):
                self.judge_corpus(folder)

    def test_a_folder_is_as_bad_as_its_worst_file(self):
        folder = self.folder / "malicious"
        judge.made("malicious", judge.DEBIAN, folder)
        report = self.mlops.scan(folder)
        self.assertEqual(report["verdict"], "dangerous")
        alone = {path.name: self.mlops.scan(path)["verdict"] for path in folder.iterdir()}
        self.assertEqual({file["path"]: file["verdict"] for file in report["files"]}, alone)


for each_maker in CLEAN:
    setattr(Scan, f"test_clean_models_of_{each_maker}", lambda self, maker=each_maker: self.judge_made(maker, peers=everything))

unittest.main(argv=sys.argv[:1], verbosity=2)
