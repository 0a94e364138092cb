"""Damage to real bytes: what a decoder must answer with an error of ours or with a sound table."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np


def mutations(raw: bytes, seed: int, n: int) -> Iterator[bytes]:
    """Yield n damaged copies, the same for a seed: bits, cuts, blocks swapped or repeated, bytes put in, lengths."""
    generator = np.random.default_rng(seed)
    kinds = (_bits, _cut, _swapped, _repeated, _inserted, _length)
    for i in range(n):
        damaged = kinds[i % len(kinds)](raw, generator)
        yield _bits(damaged, generator) if generator.random() < 0.2 else damaged


def _at(raw: bytes, generator: np.random.Generator) -> int:
    """Return a place; half of them near an end, where headers and directories are."""
    near = int(generator.integers(0, min(len(raw), 128) or 1))
    return (near, len(raw) - 1 - near, *(int(at) for at in generator.integers(0, max(len(raw), 1), 2)))[
        int(generator.integers(0, 4))
    ]


def _bits(raw: bytes, generator: np.random.Generator) -> bytes:
    damaged = bytearray(raw)
    for _ in range(int(generator.integers(1, 9)) if raw else 0):
        damaged[_at(raw, generator)] ^= 1 << int(generator.integers(0, 8))
    return bytes(damaged)


def _cut(raw: bytes, generator: np.random.Generator) -> bytes:
    return raw[: _at(raw, generator)] if generator.random() < 0.7 else raw[_at(raw, generator) :]


def _swapped(raw: bytes, generator: np.random.Generator) -> bytes:
    a, b, c = sorted(_at(raw, generator) for _ in range(3))
    return raw[:a] + raw[b:c] + raw[a:b] + raw[c:]


def _repeated(raw: bytes, generator: np.random.Generator) -> bytes:
    a, b = sorted(_at(raw, generator) for _ in range(2))
    return raw[:b] + raw[a:b] * int(generator.integers(1, 4)) + raw[b:]


def _inserted(raw: bytes, generator: np.random.Generator) -> bytes:
    at = _at(raw, generator)
    return raw[:at] + generator.bytes(int(generator.integers(1, 17))) + raw[at:]


def _length(raw: bytes, generator: np.random.Generator) -> bytes:
    """Write a number that is far too large, 0 or one off where a length may be."""
    at, width = _at(raw, generator), int(generator.choice([1, 2, 4, 8]))
    value = int(generator.choice([0, 1, 0x7F, 0xFF])) if width == 1 else int(generator.integers(0, 1 << 62))
    number = (value % (1 << (8 * width))).to_bytes(width, "little" if generator.random() < 0.5 else "big")
    return raw[:at] + number + raw[at + width :]
