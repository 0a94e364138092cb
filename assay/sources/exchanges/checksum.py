"""Kraken's checksum of an order book: which updates leave the book that the exchange has.

Notes
-----
CRC-32 of the best ten asks from the lowest price up, then the best ten bids from the highest down, each as price and
size without the point and without leading zeros (docs.kraken.com, "Book checksum (WebSocket v1)"). Those digits are
whole numbers here: prices and sizes in units of their last decimal.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
from numba import njit

from assay.sources.decode.levels import change, clear, top
from assay.types import Flags, Ints

BEST = 10
"""Levels of each side that the checksum covers."""
UNCHECKED = -1
BASE = 10
ONES = 0xFFFFFFFF
TABLE: Ints = np.array([zlib.crc32(bytes([byte])) ^ zlib.crc32(b"\0") for byte in range(256)], np.int64)
"""What each byte does to a CRC-32."""


@dataclass(frozen=True)
class Digits:
    """The updates of one side: update i has the rows ``first[i]`` up to ``first[i + 1]``."""

    first: Ints
    price: Ints
    size: Ints


def sound(bids: Digits, asks: Digits, begins: Flags, checksums: Ints, n_kept: int) -> Flags:
    """Return the updates after which the book is known: from a snapshot on, up to the first that does not check.

    Parameters
    ----------
    bids, asks
        What each update changes, snapshots included.
    begins
        Per update: it is a snapshot.
    checksums
        Per update: the exchange's checksum of the book after it, or `UNCHECKED`.
    n_kept
        Levels of each side that are subscribed to.
    """
    sides = [(side.first, *np.unique(side.price, return_inverse=True), side.size) for side in (bids, asks)]
    return _sound(*sides[0], *sides[1], begins, checksums, n_kept, TABLE)


@njit(cache=True)
def _sound(
    bid_first: Ints,
    bids: Ints,
    bid_level: Ints,
    bid_size: Ints,
    ask_first: Ints,
    asks: Ints,
    ask_level: Ints,
    ask_size: Ints,
    begins: Flags,
    checksums: Ints,
    n_kept: int,
    table: Ints,
) -> Flags:
    bid_held, bid_ends = np.zeros(bids.size, np.int64), np.zeros(3, np.int64)
    ask_held, ask_ends = np.zeros(asks.size, np.int64), np.zeros(3, np.int64)
    known = np.zeros(begins.size, np.bool_)
    is_known = False
    for i in range(begins.size):
        if begins[i]:
            clear(bid_held, bid_ends, -1)
            clear(ask_held, ask_ends, 1)
            is_known = True
        if is_known:
            rows = slice(bid_first[i], bid_first[i + 1])
            change(bid_held, bid_ends, bid_level[rows], bid_size[rows], -1, n_kept)
            rows = slice(ask_first[i], ask_first[i + 1])
            change(ask_held, ask_ends, ask_level[rows], ask_size[rows], 1, n_kept)
        if is_known and checksums[i] >= 0:
            crc = _fed(ONES, asks, ask_held, ask_ends, 1, table)
            is_known = _fed(crc, bids, bid_held, bid_ends, -1, table) ^ ONES == checksums[i]
        known[i] = is_known
    return known


@njit(cache=True)
def _fed(crc: int, prices: Ints, held: Ints, ends: Ints, step: int, table: Ints) -> int:
    """Return the CRC after the best levels of a side."""
    places = np.zeros(BEST, np.int64)
    for i in range(top(held, ends, step, places)):
        crc = _written(_written(crc, prices[places[i]], table), held[places[i]], table)
    return crc


@njit(cache=True)
def _written(crc: int, number: int, table: Ints) -> int:
    """Return the CRC after the digits of a whole number."""
    power = 1
    while number // power >= BASE:
        power *= BASE
    while power:
        byte = 48 + number // power % BASE
        crc = table[(crc ^ byte) & 0xFF] ^ (crc >> 8)
        power //= BASE
    return crc
