"""What the benchmark of artifacts wants of this program, beside what it measured."""

from collections import namedtuple

import tools

MIB = 1 << 20

# `measured` and `most` in the same unit, which is part of `format`.
Bound = namedtuple("Bound", "what measured most format")

CHECKING = [tool.name for tool in (tools.GitLfs, tools.Restic, tools.Borg)]
DEDUPLICATING = [tool.name for tool in (tools.Restic, tools.Borg)]
SECONDS, BYTES = "{:.2f} s", "{:,.0f} KiB"


def judged(results, size, mounted):
    """The bounds for which everything was measured."""
    wanted = [*of_one_file(results, size, mounted), *of_many_files(results), *of_memory(results)]
    return [bound for bound in wanted if bound.measured is not None and bound.most is not None]


def fastest(results, case, step, names):
    times = [time for name in names if (time := results.median(case, step, name)) is not None]
    return min(times) if times else None


def times(factor, seconds):
    return None if seconds is None else factor * seconds


def stored(results, step):
    values = results.stored.get(("one-file", step, "mlops"))
    return max(values) / 1024 if values else None


def of_one_file(results, size, mounted):
    def took(step, name="mlops"):
        return results.median("one-file", step, name)

    copy = tools.Copy("").name
    yield Bound("new file: 1.2 × cp and openssl", took("new"), times(1.2, took("new", copy)), SECONDS)
    yield Bound("new file: half of the fastest peer that checks", took("new"), times(0.5, fastest(results, "one-file", "new", CHECKING)), SECONDS)
    for step, most in (("changed", 1.1 * (size // 100) + MIB), ("inserted", MIB)):
        yield Bound(f"{step}: the fastest peer that deduplicates", took(step), fastest(results, "one-file", step, DEDUPLICATING), SECONDS)
        yield Bound(f"{step}: stored", stored(results, step), most / 1024, BYTES)
    if mounted:
        # Starting a program takes a moment that a copy of blocks does not.
        shared = took("checkout", tools.SharedCopy("").name)
        yield Bound("checkout: cp --reflink and 50 ms", took("checkout"), None if shared is None else shared + 0.05, SECONDS)
    else:
        yield Bound("checkout: 1.3 × cp", took("checkout"), times(1.3, took("checkout", copy)), SECONDS)
    yield Bound("verify: the hash on all cores, and a tenth", took("verify"), times(1.1, hashing(results, "one-file")), SECONDS)


def hashing(results, case):
    names = [name for (of, step, name) in results.costs if of == case and step == "verify" and name.startswith("openssl")]
    return fastest(results, case, "verify", names)


def of_many_files(results):
    def took(step, name="mlops"):
        return results.median("many-files", step, name)

    copy = tools.CopyFolder("").name
    yield Bound("many files: cp -r and sha256sum", took("new"), took("new", copy), SECONDS)
    yield Bound("many files, the same again", took("again"), 0.3, SECONDS)
    yield Bound("many files, checkout: 1.3 × cp", took("checkout"), times(1.3, took("checkout", copy)), SECONDS)
    yield Bound("many files, verify: the hash on all cores, and a tenth", took("verify"), times(1.1, hashing(results, "many-files")), SECONDS)


def of_memory(results):
    peaks = [cost.peak_bytes for (_, _, name), costs in results.costs.items() if name == "mlops" for cost in costs]
    yield Bound("memory at its peak, of any command", max(peaks) / 1024 if peaks else None, 256 * 1024, BYTES)
