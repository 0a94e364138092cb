"""The files of Dukascopy: bytes -> quotes or candles."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import polars as pl

from assay.market.zones import SECOND_NS
from assay.sources.decode.refusals import refuse
from assay.sources.decode.times import MILLISECOND_NS
from assay.sources.dukascopy.records import drawn, quoted
from assay.sources.dukascopy.unpack import unpacked
from assay.sources.moments import instant_ns
from assay.tables.table import TIME
from assay.types import Floats, Ints

HOUR_NS = 3_600 * SECOND_NS
QUOTE_BYTES, CANDLE_BYTES = 20, 24
MOST = HOUR_NS // MILLISECOND_NS
"""Quotes that an hour may hold, one per millisecond."""

_NO_FLAG = pl.Series("flags", [0], pl.UInt16)
_NOT_GIVEN = (pl.Series("value", [float("nan")]), pl.Series("buy_volume", [float("nan")]), pl.Series("n_trades", [-1]))


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
    return quotes(unpacked(raw, QUOTE_BYTES, MOST, "quotes", where), hour, per_unit, where)


def quotes(content: bytes, hour: datetime, per_unit: float, where: object) -> pl.DataFrame:
    """Return the quotes of unpacked records; see :func:`decode`."""
    latest, time_ns, sides = quoted(np.frombuffer(content, "<u4"), instant_ns(hour), per_unit)
    if latest >= MOST:
        milliseconds = np.frombuffer(content, ">u4")[::5]
        refuse(milliseconds >= MOST, milliseconds, "milliseconds lie inside the hour", where)
    times, columns = pl.Series("time", time_ns).cast(TIME), _columns(sides, ("bid", "ask", "bid_size", "ask_size"))
    return _table([times, *columns, _NO_FLAG.new_from_index(0, time_ns.size)])


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
    most = (span_ns[1] - span_ns[0]) // step_ns
    return candled(unpacked(raw, CANDLE_BYTES, most, "candles", where), span_ns, step_ns, lag_ns, per_unit, where)


def candled(
    content: bytes, span_ns: tuple[int, int], step_ns: int, lag_ns: int, per_unit: float, where: object
) -> pl.DataFrame:
    """Return the candles of unpacked records; see :func:`candles`."""
    start_ns, end_ns = span_ns
    seconds, step_s = np.frombuffer(content, ">u4")[::6].astype(np.uint32), step_ns // SECOND_NS
    wrong = (seconds >= (end_ns - start_ns) // SECOND_NS) | (seconds % step_s != 0)
    refuse(wrong, seconds, f"seconds are multiples of {step_s} inside the file's period", where)
    time_ns, traded, flags = drawn(np.frombuffer(content, "<u4"), start_ns, step_ns, lag_ns, per_unit)
    times = _columns(time_ns, ("opened_at", "closed_at", "known_at"), TIME)
    columns = _columns(traded, ("open", "high", "low", "close", "volume"))
    constant = [column.new_from_index(0, flags.size) for column in _NOT_GIVEN]
    return _table([*times, *columns, *constant, pl.Series("flags", flags)])


def _table(columns: Sequence[pl.Series]) -> pl.DataFrame:
    """Return columns as a table, without a look at each of them, which the usual way takes."""
    return columns[0].to_frame().hstack(list(columns[1:]))


def _columns(rows: Floats | Ints, names: Sequence[str], dtype: pl.DataType | None = None) -> list[pl.Series]:
    """Return rows, shape (n_names, n), as columns that share their memory: what many small files cost is per column."""
    values, n = pl.Series(rows.ravel()), rows.shape[1]
    whole = values if dtype is None else values.cast(dtype)
    return [whole.slice(i * n, n).alias(name) for i, name in enumerate(names)]
