"""Hour files of Dukascopy with quotes that walk at random, and plain loops over them: for the works about ``.bi5``."""

from __future__ import annotations

import lzma
import random
import struct
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

HOUR = datetime(2019, 2, 4, 12, tzinfo=UTC)
_START_NS = int(HOUR.timestamp()) * 10**9
N_QUOTES, N_CANDLES = 5_000, 1_440
MINUTES = ((_START_NS, _START_NS + 86_400 * 10**9), 60 * 10**9, 0, 1e5, "bench")
"""Period of a day file, of its candles, lag and steps per unit: what candles are decoded with."""
_FOLDER = "hours"


def make(folder: Path, n: int) -> None:
    """Write n hour files."""
    dice, into = random.Random(1), folder / _FOLDER
    into.mkdir()
    for hour in range(n):
        (into / f"{hour:04d}.bi5").write_bytes(lzma.compress(b"".join(_walk(dice)), lzma.FORMAT_ALONE))


def make_candles(folder: Path, n: int) -> None:
    """Write n day files of candles of a minute."""
    dice, into = random.Random(2), folder / _FOLDER
    into.mkdir()
    for day in range(n):
        records = [struct.pack(">IIIIIf", 60 * i, *_drawn(dice), dice.random()) for i in range(N_CANDLES)]
        (into / f"{day:04d}.bi5").write_bytes(lzma.compress(b"".join(records), lzma.FORMAT_ALONE))


def read(folder: Path) -> list[bytes]:
    """Return the files as they are."""
    return [path.read_bytes() for path in sorted((folder / _FOLDER).iterdir())]


def unpacked(raw: bytes) -> bytes:
    """Return the records of a file."""
    return lzma.decompress(raw, lzma.FORMAT_ALONE)


def all_records(folder: Path) -> list[bytes]:
    """Return the records of each file."""
    return [unpacked(raw) for raw in read(folder)]


def decoded(contents: list[bytes], decode: Callable[[bytes], pl.DataFrame]) -> tuple[int, pl.DataFrame]:
    """Decode the records of each file, and let the table before go, as a fetch does: all rows, and the last table."""
    n_rows, table = 0, pl.DataFrame()
    for content in contents:
        table = decode(content)
        n_rows += table.height
    return n_rows, table


def told(hours: list[pl.DataFrame]) -> dict[str, float]:
    """Return figures of decoded hours."""
    return {"n_rows": sum(one.height for one in hours), "bids": float(sum(one["bid"].sum() for one in hours))}


def _drawn(dice: random.Random) -> tuple[int, int, int, int]:
    """Return open, close, low and high, steps."""
    first, last = 114_000 + dice.randint(-99, 99), 114_000 + dice.randint(-99, 99)
    return first, last, min(first, last) - dice.randint(0, 9), max(first, last) + dice.randint(0, 9)


def _walk(dice: random.Random) -> list[bytes]:
    ms, bid, records = 0, 114_000, []
    for _ in range(N_QUOTES):
        ms, bid = ms + dice.randint(1, 700), bid + dice.randint(-3, 3)
        records.append(struct.pack(">IIIff", ms, bid + dice.randint(1, 4), bid, dice.random(), dice.random()))
    return records
