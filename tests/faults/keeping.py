"""A registry outside git with some versions of a model whose every byte is known, for tests that break things around its store."""

import hashlib
import os
import random
import shutil

import sandbox

SMALL_FILES = 12


def digests(folder):
    """{path inside: SHA-256} of all files below it."""
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.rglob("*")) if path.is_file()}


def one_of_each(points):
    """In a sample, one point of every call; else all of them."""
    if sandbox.EVERYTHING:
        return points
    generator, by_call = random.Random(7), {}
    for point in points:
        by_call.setdefault(point.call, []).append(point)
    return [generator.choice(alike) for alike in by_call.values()]


class Test(sandbox.Test):
    def setUp(self):
        super().setUp()
        self.known = {}  # number of the version -> digests of its files
        self.sources = self.root
        self.large_bytes = 900_000
        self.mlops("init")

    @property
    def registry(self):
        return self.project / ".mlops"

    @property
    def objects(self):
        return self.registry / "objects"

    def files_of(self, number):
        """The source of a version: most of one large file is the same in all of them; many small files, an empty one."""
        folder = self.sources / f"version-{number}"
        shutil.rmtree(folder, ignore_errors=True)
        shared, own = random.Random(0), random.Random(number)
        large = bytearray(shared.randbytes(self.large_bytes))
        large[400_000:420_000] = own.randbytes(20_000)
        self.write(f"{folder}/large.bin", bytes(large))
        for small in range(SMALL_FILES):
            self.write(f"{folder}/layers/{small}.bin", own.randbytes(own.randrange(1, 5000)))
        self.write(f"{folder}/empty.txt", b"")
        self.write(f"{folder}/text.json", b'{"weights": "as text", "layer": 7}\n' * 3000)
        return folder

    def words_of_register(self, number):
        """What registers that version, once its files are there."""
        self.known[number] = digests(self.files_of(number))
        return ["-q", "register", "churn", str(self.sources / f"version-{number}")]

    def add_version(self, number):
        self.assertEqual(self.mlops(*self.words_of_register(number)).stdout, f"churn@{number}\n")

    def delete_version(self, number):
        del self.known[number]
        self.mlops("delete", f"churn@{number}", "--force", "-m", "no longer wanted", "--yes")

    def assert_nothing_lost(self, when="", versions=None):
        """The store says so itself, and every byte of every version is there."""
        verified = self.run_program(sandbox.program, "artifacts", "verify", "--read-data")
        self.assertEqual(verified.returncode, 0, f"{when}: {self.told(verified)}")
        for number in self.known if versions is None else versions:
            self.assert_version(number, when)

    def assert_version(self, number, when=""):
        out = self.tmp / f"out-{number}"
        shutil.rmtree(out, ignore_errors=True)
        self.mlops("-q", "checkout", f"churn@{number}", out)
        self.assertEqual(digests(out), self.known[number], when)
        shutil.rmtree(out)

    def leftovers(self):
        """What no command at rest leaves behind."""
        return [str(path.relative_to(self.registry)) for folder in ("tmp", "objects/leases", "objects/condemned")
                for path in [self.registry / folder, *(self.registry / folder).rglob("*")] if path.is_file()]

    def disk_bytes(self):
        return sum(path.lstat().st_blocks * 512 for path in self.objects.rglob("*") if path.is_file())

    def second_copy(self):
        copy = self.root / "copy"
        shutil.copytree(self.registry, copy)
        return copy


def flip(path, offset):
    """One bit of the file, whatever its mode; its times stay, as when a disk forgets."""
    status = path.stat()
    os.chmod(path, 0o600)
    with open(path, "r+b") as file:
        file.seek(offset)
        byte = file.read(1)[0]
        file.seek(offset)
        file.write(bytes([byte ^ 1]))
    os.chmod(path, status.st_mode & 0o777)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
