#!/usr/bin/env python3
"""Writes archives.json: archives and compressed streams as Python's own modules and the lz4 and zstd commands write them.

Each has its bytes (base64) and what is in it: of a stream the content, of an archive the members. Needs the Debian
packages python3, lz4 and zstd. Run it again after adding a case:

    python3 tests/oracles/archives.py
"""
import base64
import bz2
import gzip
import io
import json
import lzma
import pathlib
import subprocess
import tarfile
import zipfile
import zlib

TEXT = b"".join(b"line %d of a text that packs well\n" % i for i in range(16))
MEMBERS = {"readme.txt": b"hello\n", "folder/weights.bin": TEXT, "folder/empty": b"", "größe.txt": b"UTF-8"}
LONG = "deep/" * 30 + "name.txt"


class Unseekable(io.RawIOBase):
    """A pipe: zipfile can't go back to fill in the sizes."""

    def __init__(self):
        self.bytes = b""

    def writable(self):
        return True

    def write(self, data):
        self.bytes += bytes(data)
        return len(data)


def fixed(name):
    info = zipfile.ZipInfo(name, (2024, 1, 2, 3, 4, 6))
    info.external_attr = 0o644 << 16
    return info


def fill(target, method, force_zip64=False):
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in MEMBERS.items():
            info = fixed(name)
            info.compress_type = method
            with archive.open(info, "w", force_zip64=force_zip64) as member:
                member.write(content)


def zip_of(method, **options):
    target = io.BytesIO()
    fill(target, method, **options)
    return target.getvalue()


def streamed_zip(method):
    target = Unseekable()
    fill(target, method)
    return target.bytes


def tar_of(form):
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=form) as archive:
        for name, content in {**MEMBERS, LONG: b"far away"}.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return target.getvalue().rstrip(b"\0") + b"\0" * 1024


def lz4_of(content):
    return subprocess.run(["lz4", "-c"], input=content, stdout=subprocess.PIPE, check=True).stdout


def zstd_of(content):
    return subprocess.run(["zstd", "-q", "-c"], input=content, stdout=subprocess.PIPE, check=True).stdout


def text(content):
    return base64.b64encode(content).decode()


def main():
    half = len(TEXT) // 2
    streams = {
        "gzip": gzip.compress(TEXT, mtime=0),
        "gzip of two members": gzip.compress(TEXT[:half], mtime=0) + gzip.compress(TEXT[half:], mtime=0),
        "gzip padded with zeros": gzip.compress(TEXT, mtime=0) + b"\0" * 20,
        "zlib": zlib.compress(TEXT),
        "zlib at level 0": zlib.compress(TEXT, 0),
        "zlib at level 9": zlib.compress(TEXT, 9),
        "bzip2": bz2.compress(TEXT),
        "bzip2 of two streams": bz2.compress(TEXT[:half]) + bz2.compress(TEXT[half:]),
        "xz": lzma.compress(TEXT),
        "xz of two streams, padded": lzma.compress(TEXT[:half]) + b"\0" * 8 + lzma.compress(TEXT[half:]),
        "lzma": lzma.compress(TEXT, lzma.FORMAT_ALONE),
        "lz4": lz4_of(TEXT),
        "lz4 of two frames": lz4_of(TEXT[:half]) + lz4_of(TEXT[half:]),
        "zstd": zstd_of(TEXT),
        "zstd behind a frame to skip": b"\x53\x2a\x4d\x18\x04\0\0\0abcd" + zstd_of(TEXT),
    }
    zips = {
        "stored": zip_of(zipfile.ZIP_STORED),
        "deflated": zip_of(zipfile.ZIP_DEFLATED),
        "bzip2": zip_of(zipfile.ZIP_BZIP2),
        "lzma": zip_of(zipfile.ZIP_LZMA),
        "deflated, streamed": streamed_zip(zipfile.ZIP_DEFLATED),
        "stored, streamed": streamed_zip(zipfile.ZIP_STORED),
        "stored, with 64 bits": zip_of(zipfile.ZIP_STORED, force_zip64=True),
    }
    tars = {"ustar": tar_of(tarfile.USTAR_FORMAT), "gnu": tar_of(tarfile.GNU_FORMAT), "pax": tar_of(tarfile.PAX_FORMAT)}
    document = {
        "text": text(TEXT),
        "members": {name: text(content) for name, content in MEMBERS.items()},
        "long_name": LONG,
        "streams": {name: text(content) for name, content in streams.items()},
        "zips": {name: text(content) for name, content in zips.items()},
        "tars": {name: text(gzip.compress(content, mtime=0)) for name, content in tars.items()},
    }
    target = pathlib.Path(__file__).with_suffix(".json")
    target.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


main()
