#!/usr/bin/env python3
"""Writes chunk_cuts.json: where texts are cut into chunks, by an implementation of its own, from docs/formats.md alone.

Run it again after adding a case:

    python3 tests/oracles/chunk_cuts.py
"""
import json
import pathlib

LEAST, TARGET, MOST = 8 << 10, 32 << 10, 128 << 10
WORD = (1 << 64) - 1


def split_mix(seed):
    """The random numbers of SplitMix64."""
    while True:
        seed = seed + 0x9E3779B97F4A7C15 & WORD
        mixed = (seed ^ seed >> 30) * 0xBF58476D1CE4E5B9 & WORD
        mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB & WORD
        yield mixed ^ mixed >> 31


GEAR = [number for number, _ in zip(split_mix(0), range(256))]


def random_bytes(size, seed):
    numbers = split_mix(seed)
    return b"".join(next(numbers).to_bytes(8, "little") for _ in range((size + 7) // 8))[:size]


def chunk(data):
    """The length of the first chunk."""
    value = 0
    for length in range(LEAST + 1, min(len(data), MOST) + 1):
        value = 2 * value + GEAR[data[length - 1]] & WORD
        # The highest 17 bits are zero, past the target the highest 13.
        if value >> (64 - 17 if length <= TARGET else 64 - 13) == 0:
            return length
    return min(len(data), MOST)


def sizes(data):
    found = []
    while data:
        found.append(chunk(data))
        data = data[found[-1]:]
    return found


def case(seed, size, repeated):
    """`size` bytes: random ones, the same `repeated` again and again when it isn't 0."""
    data = random_bytes(repeated or size, seed)
    data = (data * (size // len(data) + 1))[:size] if data else b""
    return {"seed": seed, "size": size, "repeated": repeated, "chunks": sizes(data)}


CASES = [(1, size, 0) for size in (0, 1, LEAST - 1, LEAST, LEAST + 1, TARGET, MOST, MOST + 1)]
CASES += [(seed, 700_000, 0) for seed in range(2, 6)] + [(6, 400_000, 1), (7, 400_000, 100), (8, 400_000, 9_000)]
pathlib.Path(__file__).with_suffix(".json").write_text(
    "[\n" + ",\n".join(json.dumps(case(*each)) for each in CASES) + "\n]\n", encoding="utf-8")
