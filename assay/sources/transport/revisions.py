"""Closed periods whose bytes a venue has changed."""

from __future__ import annotations

from collections.abc import Callable
from itertools import zip_longest

from assay.sources.transport.receipts import Receipt

LONGEST_LINE, BEFORE = 80, 20
"""Bytes of a line that are shown, and how many of them lie before the first that differs."""
BLOCK = 1 << 16


def difference(old: Receipt, now: bytes, before: bytes | None, steady: Callable[[bytes], bytes] = bytes) -> str:
    """Return in words how bytes differ from those of a receipt; nothing if only marks of the request do.

    Parameters
    ----------
    old
        The receipt.
    now
        The new bytes.
    before
        The old bytes; None if they are no longer there: then all others differ.
    steady
        Returns bytes without marks of the request; where they first differ is told of what it leaves.
    """
    sizes = f"{len(now):,} bytes instead of {old.n_bytes:,}"
    if before is None:
        return f"{sizes}; the old ones are no longer there"
    data = steady(before), steady(now)
    return "" if data[0] == data[1] else f"{sizes}; {_first(*data)}"


def _first(before: bytes, now: bytes) -> str:
    """Return where two byte strings first differ, with both lines if they are text."""
    lines = _lines(before), _lines(now)
    if None not in lines:
        pairs = enumerate(zip_longest(*(line or [] for line in lines)), 1)
        number, (old, new) = next((n, pair) for n, pair in pairs if pair[0] != pair[1])
        start = max(_n_equal((old or "").encode(), (new or "").encode()) - BEFORE, 0)
        return f"line {number} is {_shown(new, start)}, was {_shown(old, start)}"
    return f"the first that differs is byte {_n_equal(before, now) + 1:,}"


def _n_equal(before: bytes, now: bytes) -> int:
    """Return how many bytes are equal from the start."""
    shorter = min(len(before), len(now))
    start = next((i for i in range(0, shorter, BLOCK) if before[i : i + BLOCK] != now[i : i + BLOCK]), shorter)
    return next((i for i in range(start, min(start + BLOCK, shorter)) if before[i] != now[i]), shorter)


def _lines(raw: bytes) -> list[str] | None:
    """Return the lines of a text; None if it is none."""
    if b"\0" in raw:
        return None
    try:
        return raw.decode().splitlines(keepends=True)
    except UnicodeDecodeError:
        return None


def _shown(line: str | None, start: int) -> str:
    """Return what of a line follows a byte, or that there is no such line."""
    return "missing" if line is None else repr(line.encode()[start : start + LONGEST_LINE].decode(errors="replace"))
