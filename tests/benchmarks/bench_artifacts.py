#!/usr/bin/python3
"""How fast versions are stored, checked and written out again, beside what people would use instead, in the same run.

A tool lives through the same steps in every turn: an empty store, a first version, the same again, its verification, its checkout,
then the versions that differ little. The turns of the tools alternate. Nothing here passes or fails by a time: the bounds at the end
say `within` or `over`.
"""

import argparse
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import bounds
import measure
import report
import tools

HERE = Path(__file__).resolve().parent
MIB = 1 << 20
GIB = 1 << 30


def arguments():
    parser = argparse.ArgumentParser(prog="tests/benchmarks/run artifacts", description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("program", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--quick", action="store_true", help="256 MiB in one file, 256 MiB in 2,000 files")
    parser.add_argument("--cases", default="one-file,many-files", help="of these: one-file, many-files (both)")
    parser.add_argument("--tools", default="", help="only these: mlops,cp,git-lfs,restic,borg; cp is always there")
    parser.add_argument("--runs", type=int, default=3, help="turns of every tool (3)")
    parser.add_argument("--scratch", type=Path, default=Path(tempfile.gettempdir()), help="where the files go ($TMPDIR)")
    parser.add_argument("--mount", choices=("xfs", "btrfs"), help="as root: on a new file system of this kind, in a file in the scratch folder")
    parser.add_argument("--markdown", action="store_true", help="tables for a page")
    parser.add_argument("--profile", action="store_true", help="only where the time of a register goes, if perf is installed")
    options = parser.parse_args()
    options.program = options.program.resolve()
    options.cases = options.cases.split(",")
    unknown = set(options.cases) - {"one-file", "many-files"}
    if unknown:
        parser.error(f"no case {' or '.join(sorted(unknown))}")
    if options.runs < 1:
        parser.error("--runs: at least 1")
    return options


def generate(*words):
    subprocess.run(["/usr/bin/python3", "-B", str(HERE / "generate_files.py"), *map(str, words)], check=True)


def tell(text):
    print(text, file=sys.stderr, flush=True)


def drop_caches():
    """Whether the kernel forgot what it had read: the right of root."""
    os.sync()
    try:
        Path("/proc/sys/vm/drop_caches").write_text("3\n", encoding="ascii")
        return True
    except OSError:
        return False


class Scratch:
    """A folder for everything, on a file system of its own when asked; gone at the end, however it ends."""

    def __init__(self, options, needed):
        self.outside = Path(tempfile.mkdtemp(prefix="mlops-benchmark-", dir=options.scratch))
        self.folder = self.outside
        self.mounted = False
        try:
            self.check_space(options, needed)
            if options.mount:
                self.mount(options.mount, needed)
        except BaseException:
            self.remove()
            raise

    def check_space(self, options, needed):
        free = shutil.disk_usage(self.outside).free
        if free < needed:
            raise SystemExit(f"error: {options.scratch} has {free / GIB:.1f} GiB free, {needed / GIB:.1f} GiB are needed\n"
                             "hint: `--scratch DIR` takes another disk, `--quick` a tenth of it")

    def mount(self, kind, size):
        image, self.folder = self.outside / "image", self.outside / "mounted"
        with open(image, "wb") as file:
            file.truncate(size)
        self.folder.mkdir()
        subprocess.run([f"mkfs.{kind}", "-q", str(image)], check=True)
        subprocess.run(["mount", "-o", "loop", str(image), str(self.folder)], check=True)
        self.mounted = True

    def remove(self):
        if self.mounted:
            subprocess.run(["umount", str(self.folder)], check=False)
        shutil.rmtree(self.outside, ignore_errors=True)


class Results:
    def __init__(self):
        self.costs = defaultdict(list)   # (case, step, tool) -> [Cost, …]
        self.stored = defaultdict(list)  # the same -> [bytes the store grew by, …]

    def median(self, *key):
        values = [cost.seconds for cost in self.costs.get(key, ())]
        return statistics.median(values) if values else None


class Life:
    """One turn of one tool, from an empty store to its removal."""

    def __init__(self, case, tool, scratch, results, mounted):
        self.case, self.tool, self.scratch, self.results, self.mounted = case, tool, scratch, results, mounted

    def size(self):
        # With shared blocks only the file system itself knows what is free.
        if not self.mounted:
            return self.tool.stored_bytes()
        os.sync()
        status = os.statvfs(self.scratch)
        return -status.f_bfree * status.f_frsize

    def measured(self, step, argv):
        os.sync()
        self.results.costs[self.case, step, self.tool.name].append(measure.cost(resolved(argv), self.tool.environment))

    def store(self, step, source):
        self.tool.prepare(source)
        warm(source)  # what is compared is storing, not which tool finds the disk busy
        before = self.size()
        self.measured(step, self.tool.stores(source))
        self.results.stored[self.case, step, self.tool.name].append(self.size() - before)
        self.tool.settle()

    def checkout(self, step, compare_with=None):
        target = self.tool.folder / "out"
        self.measured(step, self.tool.restores(target))
        if compare_with:
            assert_same(compare_with, target, self.tool.name)
        if step == "checkout" and isinstance(self.tool, tools.Mlops):
            self.measured("checkout again", self.tool.restores(target))
        shutil.rmtree(target)

    def live(self, sources, first, verifies):
        self.tool.make()
        base, *later = sources
        self.store("new", sources[base])
        if not isinstance(self.tool, tools.Copy):
            self.store("again", sources[base])
        if verifies and self.tool.verifies():
            self.measured("verify", self.tool.verifies())
        self.checkout("checkout", sources[base] if first else None)
        if drop_caches():
            self.checkout("checkout, from the disk")
        for step in later:
            self.store(step, sources[step])
        self.tool.remove()


def resolved(argv):
    return [shutil.which(argv[0]) or argv[0], *argv[1:]]


def warm(folder):
    subprocess.run(tools.shell('find "$1" -type f -exec cat {} + >/dev/null', folder), check=True)


def assert_same(source, target, name):
    """Every file of the source is below the target, wherever the tool puts its folders."""
    original = {path.name: path for path in source.rglob("*.bin")}
    restored = {path.name: path for path in target.rglob("*.bin")}
    if original.keys() != restored.keys():
        raise SystemExit(f"{name} gave back other files than it was given")
    for file, path in original.items():
        if subprocess.run(["cmp", "--silent", str(path), str(restored[file])], check=False).returncode != 0:
            raise SystemExit(f"{name} gave back {file} with other bytes")


def hash_on_all_cores(case, folder, scratch, results):
    """What verifying costs at least: SHA-256 of as many bytes, divided over the cores."""
    cores = len(os.sched_getaffinity(0))
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    if len(files) == 1:
        files = split(files[0], scratch / "split", cores)
    argv = tools.shell(f'find "$1" -type f -print0 | xargs -0 -P {cores} -n {-(-len(files) // cores)} openssl dgst -sha256', files[0].parent
                       if len(files) <= cores else folder)
    results.costs[case, "verify", f"openssl on {cores} cores"].append(measure.cost(argv))
    shutil.rmtree(scratch / "split", ignore_errors=True)


def split(file, folder, parts):
    folder.mkdir()
    size = -(-file.stat().st_size // parts)
    subprocess.run(["split", f"--bytes={size}", str(file), str(folder / "part-")], check=True)
    return sorted(folder.iterdir())


def sources_of_one_file(folder, size):
    """Each version in a folder of its own, for tools that tell files apart by their path."""
    files = {step: folder / step / "model.bin" for step in ("new", "changed", "inserted")}
    for file in files.values():
        file.parent.mkdir(parents=True)
    generate("weights", files["new"], size)
    generate("changed", files["new"], files["changed"])
    generate("inserted", files["new"], files["inserted"])
    return {step: file.parent for step, file in files.items()}


def sources_of_many_files(folder, count, size):
    generate("folder", folder, count, size)
    return {"new": folder}


def chosen(kinds, options):
    wanted = options.tools.split(",") if options.tools else None
    kinds = [kind for kind in kinds if not wanted or issubclass(kind, tools.Copy) or kind.name in wanted]
    return kinds + [tools.SharedCopy] if options.mount else kinds


def run_case(case, sources, kinds, options, scratch, results):
    has_verify = subprocess.run([str(options.program), "help", "artifacts"], check=False, capture_output=True).returncode == 0
    for turn in range(options.runs):
        for kind in kinds:
            tool = kind(scratch / "tool")
            tell(f"{case}: turn {turn + 1} of {options.runs}, {tool.name}")
            life = Life(case, tool, scratch, results, bool(options.mount))
            try:
                life.live(sources, first=turn == 0, verifies=has_verify or kind is not tools.Mlops)
            finally:
                tool.remove()
        hash_on_all_cores(case, sources["new"], scratch, results)


def profile(options, sources, scratch):
    perf = shutil.which("perf")
    if not perf:
        tell("skipped: perf is not installed")
        return
    for case, source in sources.items():
        tool = tools.Mlops(scratch / "tool")
        tool.make()
        data = scratch / "perf.data"
        subprocess.run([perf, "record", "--quiet", "--call-graph", "fp", "-o", str(data), *tool.stores(source)], env=tool.environment, check=True,
                       stdout=subprocess.DEVNULL)
        told = subprocess.run([perf, "report", "--stdio", "--no-children", "--call-graph=none", "-i", str(data)], check=True, text=True,
                              capture_output=True).stdout
        lines = [line for line in told.splitlines() if line.strip() and not line.startswith("#")]
        print(f"\n{case}: where `register` spends its time\n" + "\n".join(lines[:20]))
        tool.remove()


def main():
    options = arguments()
    tools.Mlops.program = options.program
    one, many, count = (256 * MIB, 256 * MIB, 2000) if options.quick else (4 * GIB, GIB, 20000)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    scratch = Scratch(options, 8 * (one if "one-file" in options.cases else many) + GIB)
    try:
        tell(f"making the files in {scratch.folder}")
        sources = {}
        if "one-file" in options.cases:
            sources["one-file"] = sources_of_one_file(scratch.folder / "one", one)
        if "many-files" in options.cases:
            sources["many-files"] = sources_of_many_files(scratch.folder / "many", count, many)
        if options.profile:
            profile(options, {case: versions["new"] for case, versions in sources.items()}, scratch.folder)
            return
        # The first use of a page of memory can be slow on a virtual machine, and would fall on whoever is first.
        subprocess.run(tools.shell('head -c "$2" /dev/zero >"$1" && rm "$1"', scratch.folder / "zeros", 2 * one), check=True)
        results = Results()
        titles = {"one-file": f"{one / GIB:g} GiB in one file", "many-files": f"{many / GIB:g} GiB in {count:,} files"}
        try:
            for case, kinds in (("one-file", tools.ONE_FILE), ("many-files", tools.FOLDER)):
                if case in sources:
                    run_case(case, sources[case], chosen(kinds, options), options, scratch.folder, results)
        finally:
            # What was measured until somebody lost patience is worth something too.
            report.print_tables(titles, results, options.markdown)
            report.print_bounds(bounds.judged(results, one, bool(options.mount)), options.markdown)
    finally:
        scratch.remove()


try:
    main()
except KeyboardInterrupt:
    sys.exit(130)
