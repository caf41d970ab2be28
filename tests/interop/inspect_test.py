#!/usr/bin/python3
"""Files that other libraries write, and what those say of them, beside what `mlops inspect` and `mlops scan` say.

    inspect_test.py MLOPS BIN

BIN is the folder of a virtual environment with what can be installed of the packages below; Debian's Python is asked as well, for
its libraries are years older. Where neither has a library, its test is skipped.
"""
# from PyPI: safetensors gguf onnx xgboost-cpu lightgbm h5py keras jax scikit-learn lz4 mlflow-skinny pandas

import shutil
import sys
import tempfile
import unittest
from pathlib import Path

import judge

mlops = Path(sys.argv[1]).resolve()
PYTHONS = {"PyPI": str(Path(sys.argv[2]).absolute() / "python"), "Debian": judge.DEBIAN}
MAKERS = ["safetensors", "gguf", "onnx", "torch", "xgboost", "lightgbm", "hdf5", "keras", "sklearn", "numpy", "mlflow", "huggingface"]
MOST_SHOWN = 40


def compared_tensors(wanted, found):
    """None stands for what the library doesn't tell."""
    found = sorted(([tensor["name"], tensor["dtype"], tensor["shape"], tensor["bytes"]] for tensor in found or []), key=lambda t: t[0])
    wanted = sorted(wanted, key=lambda tensor: tensor[0] or "")
    if len(wanted) != len(found):
        missing = {tensor[0] for tensor in wanted} - {tensor[0] for tensor in found}
        yield f"{len(found)} tensors instead of {len(wanted)}; missing {sorted(map(str, missing))[:5]}"
        return
    for theirs, ours in zip(wanted, found):
        if any(value is not None and value != other for value, other in zip(theirs, ours)):
            yield f"tensor {ours} instead of {theirs}"


def compared(wanted, found, where):
    """Objects may have more keys than are wanted; a list of all that differs."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        return [line for key, value in wanted.items() for line in compared(value, found.get(key), f"{where}.{key}")]
    if isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        return [line for at, (one, other) in enumerate(zip(wanted, found)) for line in compared(one, other, f"{where}[{at}]")]
    return [] if wanted == found else [f"{where} is {found!r} instead of {wanted!r}"]


def scalars(value):
    if isinstance(value, dict):
        return [scalar for key, part in value.items() for scalar in [key, *scalars(part)]]
    if isinstance(value, list):
        return [scalar for part in value for scalar in scalars(part)]
    return [value]


def told(report):
    """All that it says, under whatever name."""
    return [*scalars(report["facts"]), *scalars(report["hyperparameters"]), *scalars(report["signature"]), *(report[key] for key in ("architecture", "format_version", "producer")),
            *report["libraries"].values()]


def differences(wanted, report):
    wanted = {"problems": [], **wanted}
    if wanted["problems"] is None:
        del wanted["problems"]
    tensors, format_names = wanted.pop("tensors", None), wanted.pop("format", None)
    about, opsets = wanted.pop("about", {}), wanted.pop("opsets", {})
    if format_names and report["format"] not in ([format_names] if isinstance(format_names, str) else format_names):
        yield f"format is {report['format']!r} instead of {format_names!r}"
    if tensors is not None:
        yield from compared_tensors(tensors, report["tensors"])
        if report["tensor_count"] != len(tensors):
            yield f"tensor_count is {report['tensor_count']} instead of {len(tensors)}"
    all_told = told(report)
    for name, value in about.items():
        for part in value if isinstance(value, list) else [] if value is None else [value]:
            if part not in all_told:
                yield f"nothing says {name} {part!r}"
    found = {domain or "ai.onnx": version for domain, version in report["facts"].get("opset_imports", {}).items()}
    if opsets != found:
        yield f"opsets are {found} instead of {opsets}"
    for key, value in wanted.items():
        yield from compared(value, report[key], key)


class Inspect(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="mlops-interop-"))
        cls.mlops = judge.Mlops(mlops, cls.folder)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder, ignore_errors=True)

    def judge_all(self, maker, origin):
        folder = self.folder / f"{maker}-{origin}"
        models = judge.made(maker, PYTHONS[origin], folder)
        if models is None:
            self.skipTest(f"{maker} is not here")
        wrong = []
        for model in models:
            path, verdict = model.pop("path"), model.pop("verdict")
            try:
                wrong += [f"{path}: {line}" for line in differences(model, self.mlops.inspect(folder / path))]
                scan = self.mlops.scan(folder / path)
                if verdict and scan["verdict"] not in ([verdict] if isinstance(verdict, str) else verdict):
                    wrong.append(f"{path}: verdict is {scan['verdict']} instead of {verdict}: {judge.why(scan)}")
            except judge.Wrong as error:
                wrong.append(str(error))
        print(f"\n  {maker} by {origin}: {len(models)} models", file=sys.stderr)
        shutil.rmtree(folder)
        if wrong:
            self.fail(f"{len(wrong)} differences\n  " + "\n  ".join(wrong[:MOST_SHOWN]))

    def test_missing_path(self):
        for command in ("inspect", "scan"):
            self.assertEqual(self.mlops.run(command, self.folder / "nothing").returncode, 4, command)


for each_maker in MAKERS:
    for each_origin in PYTHONS:
        setattr(Inspect, f"test_{each_maker}_of_{each_origin}", lambda self, maker=each_maker, origin=each_origin: self.judge_all(maker, origin))

unittest.main(argv=sys.argv[:1], verbosity=2)
