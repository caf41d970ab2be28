#!/usr/bin/python3
"""A flipped bit, a cut or a lost file, of every kind that a store has: found, named, healed from a second copy, and never handed out.

Some places of every kind of file are tried, many more with MLOPS_FAULTS=all.
"""

import os
import shutil
import struct

import disks
import keeping
import sandbox

# Sizes of docs/formats.md.
PACK_HEADER, RECORD_HEADER, TRAILER = 16, 48, 64


def places_of_pack(path):
    """{what: offset}, a byte of each part."""
    data = path.read_bytes()
    table, = struct.unpack_from("<Q", data, len(data) - TRAILER + 32)
    stored, = struct.unpack_from("<I", data, PACK_HEADER + 8)
    first = PACK_HEADER + RECORD_HEADER
    return {"header": 3, "version in the header": 8, "magic of a record": PACK_HEADER, "kind of a record": PACK_HEADER + 4,
            "size of a record": PACK_HEADER + 8, "digest of a record": PACK_HEADER + 20, "data": first + stored // 2,
            "last byte of the data": table - 1, "table": table + 5, "place in the table": table + 33,
            "digest in the trailer": len(data) - TRAILER, "offset in the trailer": len(data) - TRAILER + 33,
            "magic in the trailer": len(data) - 1}


def places(path):
    if path.suffix == ".pack":
        return places_of_pack(path)
    size = path.stat().st_size
    spread = {"first byte": 0, "middle": size // 2, "last byte": size - 1}
    if sandbox.EVERYTHING:
        spread.update({f"byte {at}": at for at in range(0, size, max(1, size // 100))})
    return spread if size else {}


class DamagedStore(keeping.Test):
    def fill(self):
        """Two versions, a copy of their registry, and a way back to this state."""
        for number in (1, 2):
            self.add_version(number)
        self.copy = self.second_copy()
        self.restore = self.snapshot()

    def files(self):
        """Of the store, the largest of each kind of pack first."""
        paths = [path for path in self.objects.rglob("*") if path.is_file() and path.stat().st_size > 0]
        packs = sorted((path for path in paths if path.suffix == ".pack"), key=lambda path: -path.stat().st_size)
        others = sorted(path for path in paths if path.suffix != ".pack")
        return packs + others if sandbox.EVERYTHING else packs[:1] + others[:3]

    def judge(self, path, what, is_data):
        """Found and named; what is handed out is right or refused; healed."""
        verified = self.run_program(sandbox.program, "artifacts", "verify", "--read-data")
        told = verified.stdout + verified.stderr
        self.assertIn(verified.returncode, (6,) if is_data else (0, 6), f"{what}: {self.told(verified)}")
        if verified.returncode == 6:
            self.assertIn(path.stem[:12], told, f"{what}: the file is not named")
        if is_data:
            self.assertRegex(told, r"churn@[12]", f"{what}: the versions are not named")
        for number in self.known:
            out = self.tmp / "damaged"
            result = self.mlops("-q", "checkout", f"churn@{number}", out, expect=(0, 4, 6))
            if result.returncode == 0:
                self.assertEqual(keeping.digests(out), self.known[number], what)
            shutil.rmtree(out, ignore_errors=True)
        repaired = self.mlops("artifacts", "repair", "--from", self.copy, expect=None)
        self.assertEqual(repaired.returncode, 0, f"{what}: {self.told(repaired)}")
        self.assert_nothing_lost(f"{what}, after the repair: {self.told(repaired)}")
        self.mlops("artifacts", "gc", "--apply")
        self.assert_nothing_lost(f"{what}, after a collection")

    def test_a_flipped_bit(self):
        self.fill()
        self.flip_everywhere(self.files())

    def test_a_flipped_bit_where_files_share_blocks(self):
        """There, large files are kept as they are."""
        disk = disks.Disk(self, "xfs")
        shutil.move(self.project, disk.folder / "project")
        self.project, self.sources = disk.folder / "project", disk.folder
        self.large_bytes = 1_500_000
        self.fill()
        whole = [path for path in (self.objects / "sha256").rglob("*") if path.is_file()]
        self.assertNotEqual(whole, [])
        self.flip_everywhere(whole)

    def flip_everywhere(self, files):
        for path in files:
            self.restore()
            for what, offset in places(path).items():
                self.restore()
                with self.subTest(file=str(path.relative_to(self.registry)), place=what):
                    keeping.flip(path, offset)
                    self.judge(path, what, is_data=what in ("data", "last byte of the data") or "sha256" in path.parts)

    def test_a_cut_file(self):
        self.fill()
        for path in self.files():
            self.restore()
            for what, size in (("half", path.stat().st_size // 2), ("empty", 0), ("without its last byte", path.stat().st_size - 1)):
                self.restore()
                with self.subTest(file=str(path.relative_to(self.registry)), left=what):
                    os.chmod(path, 0o600)
                    os.truncate(path, size)
                    self.judge(path, what, is_data=path.suffix == ".pack" and what != "without its last byte" or "sha256" in path.parts)

    def test_a_lost_file(self):
        self.fill()
        for path in self.files():
            self.restore()
            with self.subTest(file=str(path.relative_to(self.registry))):
                path.unlink()
                verified = self.run_program(sandbox.program, "artifacts", "verify", "--read-data")
                self.assertEqual(verified.returncode, 6 if path.suffix == ".pack" or "sha256" in path.parts else 0, self.told(verified))
                self.mlops("artifacts", "repair", "--from", self.copy)
                self.assert_nothing_lost("after the repair")

    def test_a_foreign_file(self):
        """Junk where the store looks: passed over, or told, never taken for a thing of ours."""
        self.fill()
        for name in ("packs/junk.pack", f"packs/{'0' * 64}.pack", "index/junk.idx", "leases/junk", "condemned", "sha256/00/junk",
                     "../tmp/junk", "../digests"):
            self.restore()
            with self.subTest(file=name):
                path = self.objects / name
                path.parent.mkdir(parents=True, exist_ok=True)
                if path.is_dir():
                    continue
                if path.exists():
                    os.chmod(path, 0o600)
                path.write_bytes(os.urandom(4096))
                for number in self.known:
                    self.assert_version(number)
                self.mlops("artifacts", "verify", "--read-data", expect=(0, 6))
                self.mlops("artifacts", "repair", "--from", self.copy)
                self.mlops("artifacts", "gc", "--apply")
                self.assert_nothing_lost("after all")

    def test_damaged_notes_on_what_files_hold(self):
        """What the registry remembers of files it has read may cost time when it is damaged, never truth."""
        self.fill()
        notes = [path for path in self.registry.iterdir() if path.is_file() and path.name not in ("registry.db", "config.toml", ".gitignore")]
        for path in notes:
            for what, offset in places(path).items():
                self.restore()
                with self.subTest(file=path.name, place=what):
                    keeping.flip(path, offset)
                    for number in self.known:
                        told = self.mlops("-q", "register", "churn", self.sources / f"version-{number}").stdout
                        self.assertEqual(told, f"churn@{number}\n")

    def test_the_same_files_registered_again(self):
        """Their bytes are at hand: what was found damaged of them is stored again, and with --verify what nobody had noticed."""
        self.add_version(1)
        restore = self.snapshot()
        pack = max((self.objects / "packs").iterdir(), key=lambda path: path.stat().st_size)
        everything, one = "artifacts verify --read-data", "artifacts verify churn@1 --read-data"
        tries = [(what, offset, by) for what, offset in places_of_pack(pack).items() for by in (everything, None)]
        # These read only what the files hold.
        tries += [("the middle", pack.stat().st_size // 2, by) for by in (one, "checkout churn@1 noticed")]
        for what, offset, noticed_by in tries:
            restore()
            with self.subTest(place=what, noticed_by=noticed_by):
                keeping.flip(pack, offset)
                if noticed_by:
                    self.mlops(*noticed_by.split(), expect=(0, 6) if noticed_by == everything else 6)
                again = ["-q", "register", "churn", self.sources / "version-1", *([] if noticed_by else ["--verify"])]
                self.assertEqual(self.mlops(*again).stdout, "churn@1\n")
                self.assert_nothing_lost(what)

    def test_without_a_second_copy(self):
        """What can't be healed is told as lost, moved aside and not deleted; the user's own file with the right bytes heals it later."""
        self.fill()
        pack = self.files()[0]
        keeping.flip(pack, places_of_pack(pack)["data"])
        repaired = self.mlops("artifacts", "repair", expect=6)
        self.assertRegex(repaired.stdout + repaired.stderr, r"churn@[12]")
        quarantined = list((self.objects / "quarantine").rglob("*.pack*"))
        self.assertTrue(quarantined or pack.exists(), "a repair deletes nothing")
        # The registry's own records (manifests) may have been in that pack too, and are in nobody's files.
        self.mlops("artifacts", "repair", "--from", self.root / "version-1", "--from", self.root / "version-2", expect=(0, 6))
        for number in self.known:
            self.assert_version(number)


sandbox.main()
