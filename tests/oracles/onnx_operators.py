#!/usr/bin/env python3
"""Writes src/formats/onnx/standard_operators.inc: the operators that ONNX itself defines, of all its versions.

Needs the package `onnx`, as new as can be had, and adds to what is there, so that no operator of an older release is lost:

    pip install onnx && python3 tests/oracles/onnx_operators.py
"""
import collections
import pathlib
import re
import textwrap

import onnx.defs

TARGET = pathlib.Path(__file__).parents[2] / "src/formats/onnx/standard_operators.inc"
# Only named in the specification of training, and removed from the registry before it was ever in a release.
ALSO = {"ai.onnx.training": {"GraphCall", "Gradient"}, "ai.onnx.preview.training": {"GraphCall"}}


def known():
    found = collections.defaultdict(set)
    if TARGET.is_file():
        for domain, names in re.findall(r'\{"([^"]+)",\s*((?:"[^"]*"\s*)+)\}', TARGET.read_text(encoding="utf-8")):
            found[domain].update("".join(re.findall(r'"([^"]*)"', names)).split())
    for schema in onnx.defs.get_all_schemas_with_history():
        found[schema.domain or "ai.onnx"].add(schema.name)
    for domain, names in ALSO.items():
        found[domain].update(names)
    return found


def main():
    lines = ["// Made by tests/oracles/onnx_operators.py: domain, and sorted names between spaces.\n"]
    for domain, names in sorted(known().items()):
        lines.append(f'{{"{domain}",\n')
        for line in textwrap.wrap(" ".join(sorted(names)), 112):
            lines.append(f' " {line}"\n')
        lines.append(' " "},\n')
    TARGET.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
