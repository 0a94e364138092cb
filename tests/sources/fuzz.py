"""Damage to real bytes: what a decoder must answer with an error of ours or a sound table, soon, in little memory."""

from __future__ import annotations

import faulthandler
import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np

MOST_SECONDS = 20.0
"""What a case may take, on a busy machine; most take some milliseconds."""
MOST_BYTES = 256 << 20
"""What a case may add to the memory of the process, for a moment; the bytes of a case are some thousands."""
STUCK_SECONDS = 100.0
"""When a process is ended that does not come back to Python at all."""


def mutations(
    raw: bytes, seed: int, n: int, seconds: float = MOST_SECONDS, n_bytes: int = MOST_BYTES
) -> Iterator[bytes]:
    """Yield n damaged copies, the same for a seed: bits, cuts, blocks swapped or repeated, bytes put in, lengths.

    What is done with a copy before the next one is asked for is watched.

    Raises
    ------
    AssertionError
        Naming the case, if that takes too long or too much memory.
    """
    generator = np.random.default_rng(seed)
    kinds = (_bits, _cut, _swapped, _repeated, _inserted, _length)
    for i in range(n):
        damaged = kinds[i % len(kinds)](raw, generator)
        damaged = _bits(damaged, generator) if generator.random() < 0.2 else damaged
        with watched(f"case {i} of {n}, seed {seed}, {damaged[:40]!r}", seconds, n_bytes):
            yield damaged


@contextmanager
def watched(name: str, seconds: float = MOST_SECONDS, n_bytes: int = MOST_BYTES) -> Iterator[None]:
    """Watch what is done meanwhile.

    Raises
    ------
    AssertionError
        Naming it, if it takes too long or too much memory. A process that hangs outside of Python is ended.
    """

    def stop(*_: object) -> None:
        raise AssertionError(f"{name}: took more than {seconds} s")

    before, previous = _peak(), signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    faulthandler.dump_traceback_later(STUCK_SECONDS, exit=True, file=sys.__stderr__)
    try:
        yield
    finally:
        rest()
        signal.signal(signal.SIGALRM, previous)
    grown = _peak(anew=False) - before
    assert grown <= n_bytes, f"{name}: took {grown >> 20} MiB"


def rest() -> None:
    """End the watch, also where a failed test still holds on to a case."""
    faulthandler.cancel_dump_traceback_later()
    signal.setitimer(signal.ITIMER_REAL, 0)


def _peak(*, anew: bool = True) -> int:
    """Return the most memory that the process has had, bytes; counted from now on where the system lets us."""
    if anew:
        with suppress(OSError):
            Path("/proc/self/clear_refs").write_text("5")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10


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
