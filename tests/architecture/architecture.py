#!/usr/bin/python3
"""Reads the tree and names every breach of the house's rules (docs/architecture.md).

Usage: architecture.py ROOT      exit 0: none; 1: some, one per line
"""

import re
import sys
from pathlib import Path

FLOORS = {
    "support": 0,
    "domain": 1,
    "onnx_check": 1,
    "checks": 2, "formats": 2, "stats": 2,
    "store": 3, "artifacts": 3, "git": 3, "runners": 3, "trust": 3,
    "app": 4,
    "cli": 5, "server": 5,
}

# Third-party headers, and the files or folders that may include them; everybody may include fmt.
THIRD_PARTY = {
    "fmt/": ["include/", "src/"],
    "CLI/": ["src/cli/"],
    "sqlite3.h": ["src/store/sqlite/"],
    "libpq-fe.h": ["src/store/postgres/"],
    "git2.h": ["src/git/"],
    "git2/": ["src/git/"],
    "openssl/": ["src/support/digest.cpp", "src/trust/"],
    "toml++/": ["src/support/toml.cpp"],
    "nlohmann/": ["src/support/json_parse.cpp"],
    "curl/": ["src/support/http.cpp"],
    "yaml.h": ["src/formats/yaml/yaml_events.cpp"],
    "zstd.h": ["src/artifacts/local/compression.cpp", "src/formats/archive/zstd_decoder.cpp"],
    "zstd_errors.h": ["src/formats/archive/zstd_decoder.cpp"],
    "zlib.h": ["src/formats/archive/zlib_decoder.cpp"],
    "bzlib.h": ["src/formats/archive/bzip2_decoder.cpp"],
    "lzma.h": ["src/formats/archive/lzma_decoder.cpp"],
    "lz4frame.h": ["src/formats/archive/lz4_decoder.cpp"],
    "onnx/": ["src/onnx_check/"],
    "google/protobuf/": ["src/onnx_check/"],
}

# Start-up or compile time that nobody should pay for.
BANNED = {
    "iostream": "it costs every start of the program; use fmt, or take a stream",
    "regex": "it is slow to compile and to run",
}

SYSTEM = re.compile(r"[a-z_0-9]+|(sys|linux|netinet|arpa|net)/[a-z_0-9]+\.h")
POSIX = set("""dirent.h dlfcn.h errno.h fcntl.h ftw.h getopt.h grp.h limits.h netdb.h poll.h pthread.h pty.h pwd.h sched.h signal.h
spawn.h stdio.h stdlib.h string.h termios.h time.h ucontext.h unistd.h utime.h wait.h""".split())

# Put together here, so that this file does not find itself.
UNFINISHED = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "X" * 3]) + r")\b")

LONG = {".cpp": 300, ".hpp": 200}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
TEXT_SUFFIXES = {".cpp", ".hpp", ".in", ".py", ".txt", ".md", ".toml", ".sh", ".test", ".yml", ".json", ""}


def relative_files(root, *folders):
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path.relative_to(root)


def sources(root, *folders):
    return (path for path in relative_files(root, *folders) if path.suffix in (".cpp", ".hpp"))


def room_of(path):
    """src/ROOM/… and include/mlops/ROOM/… belong to a room; src/main.cpp stands at the top of the house."""
    parts = path.parts
    if parts[0] == "src":
        return parts[1] if len(parts) > 2 else None
    return parts[2] if len(parts) > 3 else None


def breach_of_include(root, path, quote, target):
    room = room_of(path)
    if quote == '"':
        beside, in_room = root / path.parent / target, root / "src" / (room or "") / target
        own = [f for f in (beside, in_room) if f.is_file() and ".." not in target]
        return None if own else f'"{target}" is not a header of its own room; a face of another room is <mlops/room/x.hpp>'
    if target.startswith("mlops/"):
        return breach_of_face(root, path, room, target)
    for banned, why in BANNED.items():
        if target == banned:
            return f"<{target}>: {why}"
    for header, places in THIRD_PARTY.items():
        if target == header or (header.endswith("/") and target.startswith(header)):
            return None if str(path).startswith(tuple(places)) else f"<{target}> may only be included in {', '.join(places)}"
    if SYSTEM.fullmatch(target) or target in POSIX:
        return None
    return f"<{target}> is not a known header; a new dependency goes into the table of this test and into docs/dependencies.md"


def breach_of_face(root, path, room, target):
    parts = target.split("/")
    if target == "mlops/version.hpp":
        return None
    if len(parts) < 3 or parts[1] not in FLOORS:
        return f"<{target}> is not a face of a room"
    if not (root / "include" / target).is_file():
        return f"<{target}> does not exist"
    other = parts[1]
    if room is None:
        return None if other == "cli" else f"<{target}>: the program itself includes nothing but the face of `cli`"
    if other == room or FLOORS[other] < FLOORS[room]:
        return None
    return f"<{target}>: {room} (floor {FLOORS[room]}) may not include {other} (floor {FLOORS[other]})"


def include_breaches(root):
    for path in sources(root, "src", "include"):
        room = room_of(path)
        if room is not None and room not in FLOORS:
            yield f"{path}: `{room}` is not a room"
            continue
        for number, line in enumerate((root / path).read_text(encoding="utf-8").splitlines(), 1):
            if found := INCLUDE.match(line):
                if breach := breach_of_include(root, path, *found.groups()):
                    yield f"{path}:{number}: {breach}"


def declared(root, cmake_file):
    """The words of a CMakeLists.txt, without comments."""
    if not (root / cmake_file).is_file():
        return []
    return re.sub(r"#[^\n]*", "", (root / cmake_file).read_text(encoding="utf-8")).replace("(", " ( ").replace(")", " ) ").split()


def forgotten_files(root):
    for path in sources(root, "src", "tests/unit"):
        if path.suffix != ".cpp":
            continue
        depth = 3 if path.parts[0] == "tests" else 2
        home = Path(*path.parts[:depth]) if len(path.parts) > depth else path.parent
        if str(path.relative_to(home)) not in declared(root, home / "CMakeLists.txt"):
            yield f"{path}: forgotten; list it in {home}/CMakeLists.txt"


def link_breaches(root):
    for cmake_file in sorted((root / "src").glob("*/CMakeLists.txt")):
        path = cmake_file.relative_to(root)
        room, words = path.parts[1], declared(root, path)
        if room not in FLOORS:
            yield f"{path}: `{room}` is not a room"
            continue
        if "USES" not in words:
            continue
        for other in words[words.index("USES") + 1:]:
            if other in ("LINKS", "SOURCES", ")"):
                break
            if FLOORS.get(other, 99) >= FLOORS[room]:
                yield f"{path}: {room} may not use {other}"


def unfinished_work(root):
    for path in [*(p.relative_to(root) for p in sorted(root.glob("*.*")) if p.is_file()),
                 *relative_files(root, "src", "include", "tests", "examples", "docs", ".ci")]:
        if path.suffix not in TEXT_SUFFIXES:
            continue
        for number, line in enumerate((root / path).read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if found := UNFINISHED.search(line):
                yield f"{path}:{number}: unfinished work ({found.group()})"


def long_files(root):
    for path in sources(root, "src", "include"):
        lines = len((root / path).read_text(encoding="utf-8").splitlines())
        if lines > LONG[path.suffix]:
            yield f"{path}: {lines} lines; is there a second room inside the first?"


def breaches(root):
    for rule in (include_breaches, link_breaches, forgotten_files, unfinished_work):
        yield from rule(root)


def main(root):
    for warning in long_files(root):
        print(f"note: {warning}")
    found = list(breaches(root))
    for breach in found:
        print(f"breach: {breach}")
    return 1 if found else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    sys.exit(main(Path(sys.argv[1]).resolve()))
