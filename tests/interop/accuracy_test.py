#!/usr/bin/python3
"""What docs/accuracy.md says, by the libraries that it names: see tests/accuracy/accuracy.py.

    accuracy_test.py MLOPS BIN

BIN is the folder of a virtual environment with the packages below.
"""
# from PyPI: fairlearn==0.15.0 MLstatkit==0.1.91 pandas==2.3.3 scikit-learn==1.9.1 scipy==1.17.1 statsmodels==0.15.0

import os
import sys
from pathlib import Path

root, mlops, python = Path(__file__).resolve().parents[2], Path(sys.argv[1]).resolve(), Path(sys.argv[2]).absolute() / "python"
os.execv(python, [python, "-B", root / "tests/accuracy/accuracy.py", mlops, mlops.parent / "library_figures", root / "docs/accuracy.md"])
