"""A list of tuples, as plain Python is fastest at it."""

from __future__ import annotations

import struct
from pathlib import Path

from bench.bi5_input import HOUR, all_records

PACKAGES = ()
_START_NS = int(HOUR.timestamp()) * 1_000_000_000


def prepare(folder: Path) -> list[bytes]:
    """Unpack the files."""
    return all_records(folder)


def work(contents: list[bytes]) -> tuple[int, list[tuple[float, ...]]]:
    """Make time, bid, ask and their sizes of each record of each hour, and let the hour before go."""
    n_rows, hour = 0, []
    for content in contents:
        hour = [
            (_START_NS + ms * 1_000_000, bid / 1e5, ask / 1e5, bid_volume * 1e6, ask_volume * 1e6)
            for ms, ask, bid, ask_volume, bid_volume in struct.iter_unpack(">IIIff", content)
        ]
        n_rows += len(hour)
    return n_rows, hour


def answer(found: tuple[int, list[tuple[float, ...]]]) -> dict[str, float]:
    """Return the number of rows, and a figure of the last hour."""
    n_rows, hour = found
    return {"n_rows": n_rows, "bids": float(sum(row[1] for row in hour))}
