"""The records inside a ``.bi5`` file: bytes -> quotes or candles."""

from __future__ import annotations

import lzma
from datetime import datetime
from typing import TypeAlias

import numpy as np
import polars as pl
from numba import njit
from numpy.typing import NDArray

from assay.errors import DataError
from assay.market.zones import SECOND_NS
from assay.sources.decode.arranged import arranged
from assay.sources.decode.refusals import AGAIN, refuse
from assay.sources.decode.times import MILLISECOND_NS
from assay.sources.moments import instant_ns
from assay.tables.flags import Flag
from assay.tables.table import TIME
from assay.tables.ticks import QUOTES
from assay.types import Floats, Ints

HOUR_NS = 3_600 * SECOND_NS
RECORD = np.dtype([("ms", ">u4"), ("ask", ">u4"), ("bid", ">u4"), ("ask_volume", ">f4"), ("bid_volume", ">f4")])
CANDLE = np.dtype([("s", ">u4"), ("open", ">u4"), ("close", ">u4"), ("low", ">u4"), ("high", ">u4"), ("volume", ">f4")])
UNITS_PER_VOLUME = np.float64(1e6)
MEMORY = 1 << 28
"""Bytes that unpacking may take; a damaged header can ask for gigabytes."""
MOST = HOUR_NS // MILLISECOND_NS
"""Quotes that an hour may hold, one per millisecond; a damaged file can unpack to thousands of times its size."""

_NO_FLAGS = pl.Series("flags", np.zeros(MOST, np.uint16))
Words: TypeAlias = NDArray[np.uint32]


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
    return quotes(_unpacked(raw, RECORD, MOST, "quotes", where), hour, per_unit, where)


def quotes(content: bytes, hour: datetime, per_unit: float, where: object) -> pl.DataFrame:
    """Return the quotes of unpacked records; see :func:`decode`."""
    words = np.frombuffer(content, ">u4").astype(np.uint32)
    start_ns = instant_ns(hour)
    latest, time_ns, bid, ask, bid_size, ask_size = _quoted(words, words.view(np.float32), start_ns, per_unit)
    if latest >= MOST:
        refuse(words[::5] >= MOST, words[::5], "milliseconds lie inside the hour", where)
    columns = {
        "time": pl.Series("time", time_ns).cast(TIME),
        "bid": pl.Series("bid", bid),
        "ask": pl.Series("ask", ask),
        "bid_size": pl.Series("bid_size", bid_size),
        "ask_size": pl.Series("ask_size", ask_size),
        "flags": _NO_FLAGS.head(time_ns.size),
    }
    return pl.DataFrame([columns[name] for name in QUOTES.columns])


def candles(
    raw: bytes, span_ns: tuple[int, int], step_ns: int, lag_ns: int, per_unit: float, where: object
) -> pl.DataFrame:
    """Return the candles of one file.

    Parameters
    ----------
    raw
        The file: nothing if there was no trading, else LZMA around records of 24 bytes, big-endian: u32 seconds since
        the start of the file's period, u32 open, close, low, high (in this order), f32 volume (millions).
    span_ns
        The file's period, its end not included.
    step_ns
        Period of a candle.
    lag_ns
        How long after its end a candle could be known.
    per_unit
        Steps per unit of price.
    where
        The file, for messages.

    Returns
    -------
    DataFrame
        OHLCV. The venue fills what has no trading with the last close and volume 0: such rows carry ``Flag.FLAT``.

    Raises
    ------
    DataError
        If the bytes are not a whole number of records in one whole stream, or a time is not that of a candle.
    """
    start_ns, end_ns = span_ns
    content = _unpacked(raw, CANDLE, (end_ns - start_ns) // step_ns, "candles", where)
    words = _words(content, CANDLE)
    second, prices, traded = words[0], words[1:5] / per_unit, _units(words[5])
    offset_ns = second.astype(np.int64) * SECOND_NS
    wrong = (offset_ns >= end_ns - start_ns) | (offset_ns % step_ns != 0)
    refuse(wrong, second, f"seconds are multiples of {step_ns // SECOND_NS} inside the file's period", where)
    closed_ns = start_ns + offset_ns + step_ns
    columns = dict(zip(("open", "close", "low", "high"), prices, strict=True)) | {
        "opened_at": start_ns + offset_ns,
        "closed_at": closed_ns,
        "known_at": closed_ns + lag_ns,
        "volume": traded,
        "value": np.full(second.size, np.nan),
        "buy_volume": np.full(second.size, np.nan),
        "n_trades": np.full(second.size, -1),
        "flags": np.where(traded == 0, Flag.FLAT.value, 0),
    }
    return arranged(pl.DataFrame(columns), "ohlcv")


@njit(cache=True)
def _quoted(
    words: Words, volumes: NDArray[np.float32], start_ns: int, per_unit: float
) -> tuple[np.int64, Ints, Floats, Floats, Floats, Floats]:
    """Return the latest ms, and time, bid, ask and sizes of the records of quotes, in one pass over their words."""
    n_quotes, latest = words.size // 5, np.int64(0)
    time_ns = np.empty(n_quotes, np.int64)
    bid, ask = np.empty(n_quotes), np.empty(n_quotes)
    bid_size, ask_size = np.empty(n_quotes), np.empty(n_quotes)
    for i in range(n_quotes):
        ms = np.int64(words[5 * i])
        latest = max(latest, ms)
        time_ns[i] = start_ns + ms * MILLISECOND_NS
        ask[i], bid[i] = words[5 * i + 1] / per_unit, words[5 * i + 2] / per_unit
        ask_size[i], bid_size[i] = volumes[5 * i + 3] * UNITS_PER_VOLUME, volumes[5 * i + 4] * UNITS_PER_VOLUME
    return latest, time_ns, bid, ask, bid_size, ask_size


def _words(content: bytes, record: np.dtype[np.void]) -> Words:
    """Return the fields of records as native 32-bit words, one row per field."""
    n_fields = len(record.names or ())
    return np.frombuffer(content, ">u4").reshape(-1, n_fields).T.astype(np.uint32, order="C")


def _units(volume: Words) -> NDArray[np.float64]:
    """Return the words of volumes in millions as units; a damaged one may be no number."""
    with np.errstate(invalid="ignore"):
        return volume.view(np.float32) * UNITS_PER_VOLUME


def _unpacked(raw: bytes, record: np.dtype[np.void], most: int, rows: str, where: object) -> bytes:
    """Return the records' bytes of a file; nothing for an empty one."""
    if not raw:
        return b""
    unpacker = lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=MEMORY)
    try:
        content = unpacker.decompress(raw, most * record.itemsize + 1)
    except lzma.LZMAError as error:
        raise DataError(where, "must be LZMA", str(error).lower(), AGAIN) from None
    if len(content) > most * record.itemsize:
        raise DataError(where, f"must hold {most} {rows} at most", "more", AGAIN)
    if not unpacker.eof:
        raise DataError(
            where, "must be a whole file", f"its end is missing after {len(content)} bytes of records", AGAIN
        )
    if unpacker.unused_data:
        raise DataError(where, "must end with its records", f"{len(unpacker.unused_data)} bytes more", AGAIN)
    if len(content) % record.itemsize:
        raise DataError(where, f"must hold records of {record.itemsize} bytes", f"{len(content)} bytes", AGAIN)
    return content
