"""A list of tuples, as plain Python is fastest at it."""

from __future__ import annotations

import struct
from pathlib import Path

from bench.bi5_input import HOUR, read, unpacked

PACKAGES = ()
_START_NS = int(HOUR.timestamp()) * 1_000_000_000


def prepare(folder: Path) -> list[bytes]:
    """Unpack the files."""
    return [unpacked(raw) for raw in read(folder)]


def work(contents: list[bytes]) -> list[list[tuple[float, ...]]]:
    """Return time, bid, ask and their sizes of each record of each hour."""
    return [
        [
            (_START_NS + ms * 1_000_000, bid / 1e5, ask / 1e5, bid_volume * 1e6, ask_volume * 1e6)
            for ms, ask, bid, ask_volume, bid_volume in struct.iter_unpack(">IIIff", content)
        ]
        for content in contents
    ]


def answer(hours: list[list[tuple[float, ...]]]) -> dict[str, float]:
    """Return figures of the hours."""
    return {"n_rows": sum(map(len, hours)), "bids": float(sum(row[1] for rows in hours for row in rows))}
