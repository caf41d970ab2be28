#!/usr/bin/env python3
"""Writes notebooks.json: the same small notebook as nbformat writes it in its versions 4 and 3.

Usage: python3 -m venv V && V/bin/pip install nbformat==5.11.1 && V/bin/python notebooks.py > notebooks.json
"""

import json
import sys

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output


def main():
    cells = [
        new_markdown_cell("# Title"),
        new_code_cell("import random\nx = random.random()", execution_count=2),
        new_code_cell("x / 0", execution_count=1,
                      outputs=[new_output("error", ename="ZeroDivisionError", evalue="division by zero", traceback=["Traceback"])]),
        new_code_cell("print(x)", outputs=[]),
    ]
    notebook = new_notebook(cells=cells, metadata={"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}})
    versions = {}
    for version in (4, 3):
        text = nbformat.writes(nbformat.convert(notebook, version), version=version)
        versions[str(version)] = text
    json.dump(versions, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
