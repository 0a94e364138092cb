"""The records inside a ``.bi5`` file of quotes: bytes -> a table."""

from __future__ import annotations

import lzma
from datetime import datetime, timedelta

import numpy as np
import polars as pl

from assay.errors import DataError
from assay.market.zones import SECOND_NS
from assay.sources.moments import EPOCH
from assay.tables.table import TIME
from assay.tables.ticks import QUOTES

HOUR = timedelta(hours=1)
HOUR_NS = 3_600 * SECOND_NS
RECORD = np.dtype([("ms", ">u4"), ("ask", ">u4"), ("bid", ">u4"), ("ask_volume", ">f4"), ("bid_volume", ">f4")])
UNITS_PER_VOLUME = 1e6
MEMORY = 1 << 28
"""Bytes that unpacking may take; a damaged header can ask for gigabytes."""
MOST = HOUR_NS // 1_000_000
"""Quotes that an hour may hold, one per millisecond; a damaged file can unpack to thousands of times its size."""

_AGAIN = "fetch this hour again"


def decode(raw: bytes, hour: datetime, per_unit: float, where: object) -> pl.DataFrame:
    """Return the quotes of one hour file.

    Parameters
    ----------
    raw
        The file: nothing for a closed hour, else LZMA (the "alone" container) around records of 20 bytes, big-endian:
        u32 ms since the hour, u32 ask, u32 bid, f32 ask volume, f32 bid volume (millions).
    hour
        Start of the hour, UTC.
    per_unit
        Steps per unit of price.
    where
        The file, for messages.

    Raises
    ------
    DataError
        If the bytes are not a whole number of records in one whole stream, or a time lies outside the hour.
    """
    records = np.frombuffer(_unpacked(raw, where), RECORD)
    late = np.flatnonzero(records["ms"] >= HOUR_NS // 1_000_000)
    if late.size:
        found = f"{late.size} rows, the first {records['ms'][late[0]]} ms"
        raise DataError(f"{where} row {late[0] + 1}", "times lie inside the hour", found, _AGAIN)
    start_ns = (hour - EPOCH) // HOUR * HOUR_NS
    columns = {
        "time": pl.Series(start_ns + records["ms"].astype(np.int64) * 1_000_000, dtype=pl.Int64).cast(TIME),
        "bid": records["bid"] / per_unit,
        "ask": records["ask"] / per_unit,
        "bid_size": records["bid_volume"].astype(np.float64) * UNITS_PER_VOLUME,
        "ask_size": records["ask_volume"].astype(np.float64) * UNITS_PER_VOLUME,
    }
    return pl.DataFrame(columns, schema=QUOTES.empty().schema)


def _unpacked(raw: bytes, where: object) -> bytes:
    """Return the records' bytes of a file; nothing for a closed hour."""
    if not raw:
        return b""
    unpacker = lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=MEMORY)
    try:
        content = unpacker.decompress(raw, MOST * RECORD.itemsize + 1)
    except lzma.LZMAError as error:
        raise DataError(where, "must be LZMA", str(error).lower(), _AGAIN) from None
    if len(content) > MOST * RECORD.itemsize:
        raise DataError(where, f"must hold {MOST} quotes at most", "more", _AGAIN)
    if not unpacker.eof:
        raise DataError(
            where, "must be a whole file", f"its end is missing after {len(content)} bytes of records", _AGAIN
        )
    if unpacker.unused_data:
        raise DataError(where, "must end with its records", f"{len(unpacker.unused_data)} bytes more", _AGAIN)
    if len(content) % RECORD.itemsize:
        raise DataError(where, f"must hold records of {RECORD.itemsize} bytes", f"{len(content)} bytes", _AGAIN)
    return content
