#!/usr/bin/python3
"""How long it takes to look into a model file: large ones of which only a header need be read, pickles that must be read whole, and
small ones of every day, beside other programs on the same files. Nothing here passes or fails by a time.
"""

import argparse
import os
import pickle
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import measure
from peers import Peers
from report import print_table
from tables import made

EXAMPLES = Path(__file__).resolve().parents[2] / "examples/inspect"
sys.path.insert(0, str(EXAMPLES))

import tensor_files  # noqa: E402

HUGE_BYTES = 10 << 30
LAYERS = 300  # of a large language model with its ten or so tensors each: some hundred kilobytes of header

# As a person would have them look at one file, from Python; nothing is loaded by any.
PEERS = {
    "picklescan": "from picklescan.scanner import scan_file_path; scan_file_path(PATH)",
    "modelscan": "from modelscan.modelscan import ModelScan; ModelScan().scan(PATH)",
    "fickling": "from fickling.loader import scan_file; scan_file(PATH, graceful=True)",
    "safetensors": "from safetensors import safe_open; f = safe_open(PATH, 'np'); [f.get_slice(n).get_shape() for n in f.keys()]",
    "gguf": "from gguf import GGUFReader; [t.shape for t in GGUFReader(PATH).tensors]",
    "onnx.load": "import onnx; onnx.load(PATH)",
    "onnx.checker": "import onnx; onnx.checker.check_model(PATH)",
    "h5py": "import h5py; h5py.File(PATH).visititems(lambda n, d: None)",
}
PACKAGES = {"onnx.load": "onnx", "onnx.checker": "onnx"}


def names_of_layers():
    parts = ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj", "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj",
             "input_layernorm", "post_attention_layernorm")
    return [f"model.layers.{layer}.{part}.weight" for layer in range(LAYERS) for part in parts]


def huge_tensors():
    """Their shapes; the bytes are a hole in the file."""
    names = names_of_layers()
    columns = HUGE_BYTES // len(names) // 4096 // 2
    return {name: ("float16", [4096, columns]) for name in names}


def with_hole(path, head, size):
    path.write_bytes(head)
    os.truncate(path, len(head) + size)


def huge_safetensors(path):
    header, at = {"__metadata__": {"format": "pt"}}, 0
    for name, (_, shape) in huge_tensors().items():
        size = 2 * shape[0] * shape[1]
        header[name] = {"dtype": "F16", "shape": shape, "data_offsets": [at, at + size]}
        at += size
    text = tensor_files.json.dumps(header).encode()
    with_hole(path, struct.pack("<Q", len(text)) + text, at)


def huge_gguf(path):
    """What tensor_files writes has the data, too: here each is empty, and its place is put in afterwards."""
    tensors = huge_tensors()
    sizes = [2 * shape[0] * shape[1] for _, shape in tensors.values()]
    metadata = {"general.architecture": "llama", "tokenizer.ggml.tokens": [f"<token {number}>" for number in range(128_000)]}
    head = bytearray(tensor_files.gguf({name: (dtype, shape, b"") for name, (dtype, shape) in tensors.items()}, metadata))
    at = 0
    for name, size in zip(tensors, sizes):
        offset = head.index(struct.pack("<Q", len(name)) + name.encode()) + 8 + len(name) + 4 + 16 + 4
        struct.pack_into("<Q", head, offset, at)
        at += size
    with_hole(path, bytes(head), at)


def large_pickle(path, size):
    """A dict of lists of floats, as code that knows no better saves its model; protocol 4, in frames."""
    part = [number / 7 for number in range(100_000)]
    with open(path, "wb") as file:
        pickler = pickle.Pickler(file, 4)
        pickler.fast = True  # without a memo: the same list again and again
        while file.tell() < size:
            pickler.dump({"layer": part, "name": "weights"})


def large_bytes_pickle(path, size):
    """The same amount as arrays: long bytes, which can be skipped."""
    piece = bytes(16 << 20)
    with open(path, "wb") as file:
        pickle.Pickler(file, 4).dump({f"layer {number}": piece + bytes([number]) for number in range(size // len(piece))})


def row(name, costs, base, size=None):
    seconds = [cost.seconds for cost in costs]
    median = statistics.median(seconds)
    speed = f"{size / median / 1e6:,.0f} MB/s" if size else ""
    return [name, f"{1000 * median:.1f} ms", f"{1000 * min(seconds):.1f}..{1000 * max(seconds):.1f}", f"{median / base:.1f}", speed,
            f"{max(cost.peak_bytes for cost in costs) / (1 << 20):.0f} MiB"]


def measured(title, commands, runs, markdown, size=None, expect=None):
    """All of a case, in turn."""
    costs = {name: [] for name in commands}
    warm_up = 1 if runs > 1 else 0
    for turn in range(warm_up + runs):
        for name, argv in commands.items():
            cost = measure.cost(argv, expect=(expect or {}).get(name, 0))
            if turn >= warm_up:
                costs[name].append(cost)
    base = statistics.median(cost.seconds for cost in costs[next(iter(costs))])
    head = ["", "median", "min..max", "ratio", "speed", "peak memory"]
    print_table(title, head, [row(name, values, base, size) for name, values in costs.items()], markdown)


def look(settings, peers, title, path, names, runs=None, size=None, dangerous=False):
    ours = {"mlops inspect": [settings.mlops, "inspect", str(path)], "mlops scan": [settings.mlops, "scan", str(path)]}
    measured(title, {**ours, **peers.commands(names, PATH=path)}, runs or settings.runs, settings.markdown, size,
             {"mlops scan": 1} if dangerous else None)


def headers(settings, peers, folder):
    for name, make in {"safetensors": huge_safetensors, "gguf": huge_gguf}.items():
        path = folder / f"huge.{name}"
        made(make, path)
        look(settings, peers, f"{name}: a header of {9 * LAYERS} tensors before {HUGE_BYTES >> 30} GiB",
             path, [name, "picklescan", "modelscan"], runs=min(settings.runs, 5))
        path.unlink()


def pickles(settings, peers, folder):
    size = settings.megabytes << 20
    for title, make in {"floats": large_pickle, "arrays": large_bytes_pickle}.items():
        path = folder / f"{title}.pkl"
        made(make, path, size)
        look(settings, peers, f"pickle of {settings.megabytes} MiB, {title}", path, ["picklescan", "modelscan"], runs=1,
             size=path.stat().st_size)
        path.unlink()


def everyday(settings, peers, folder):
    measured_commands = {"/bin/true": ["/bin/true"], "mlops --version": [settings.mlops, "--version"]}
    measured("What any program costs", measured_commands, settings.runs, settings.markdown)
    models, malicious = folder / "models", folder / "malicious"
    for maker, target in (("make_models.py", models), ("make_malicious.py", malicious)):
        subprocess.run(["/usr/bin/python3", "-B", EXAMPLES / maker, target], check=True, stdout=subprocess.DEVNULL)
    scanners = ["picklescan", "modelscan", "fickling"]
    files = {"forest.pkl": scanners, "pipeline.joblib": scanners, "weights.pt": scanners, "classifier.onnx": ["onnx.load", "onnx.checker"],
             "llama.gguf": ["gguf"], "llama/model.safetensors": ["safetensors"], "trees.ubj": [], "embedding.npz": ["picklescan"]}
    for name, names in files.items():
        if (models / name).exists():
            look(settings, peers, f"{name}, {(models / name).stat().st_size / 1000:,.0f} kB", models / name, names)
    look(settings, peers, "hidden.pkl, malicious", malicious / "hidden.pkl", scanners, dangerous=True)


CASES = {"headers": headers, "pickles": pickles, "everyday": everyday}


def main():
    parser = argparse.ArgumentParser(prog="tests/benchmarks/run inspect", description=__doc__)
    parser.add_argument("mlops", help=argparse.SUPPRESS)
    parser.add_argument("--peers", metavar="VENV", help="a virtual environment with picklescan, modelscan, safetensors … to compare with")
    parser.add_argument("--runs", type=int, default=20, metavar="N", help="of what takes milliseconds (20)")
    parser.add_argument("--megabytes", type=int, default=1024, metavar="N", help="of the large pickles (1024); other scanners need minutes for each")
    parser.add_argument("--only", choices=CASES, metavar="CASE", help=f"one of {', '.join(CASES)}")
    parser.add_argument("--folder", default=None, metavar="DIR", help="for the files (a new one beside the program)")
    parser.add_argument("--markdown", action="store_true", help="tables for a page")
    settings = parser.parse_args()
    settings.mlops = str(Path(settings.mlops).resolve())
    peers = Peers(settings.peers, PEERS, PACKAGES)
    folder = Path(tempfile.mkdtemp(prefix="mlops-benchmark-", dir=settings.folder or Path(settings.mlops).parent))
    try:
        for name, case in CASES.items():
            if settings.only in (None, name):
                case(settings, peers, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
