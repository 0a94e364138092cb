"""An answer as it is kept -> Yahoo's table, and the splits after it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from assay.errors import DataError, ParamsError
from assay.market.zones import SECOND_NS, zone
from assay.sources.decode.refusals import AGAIN
from assay.sources.yahoo.damage import TABLE

MOST = 1 << 26
"""Bytes that an answer may have."""
MOST_ROWS = 100_000
_SECONDS = range(-5_000_000_000, 8_000_000_000)
_QUOTE = ("open", "high", "low", "close", "volume")


@dataclass(frozen=True)
class Answer:
    """What Yahoo said about one period.

    Parameters
    ----------
    table
        Columns of ``damage.TABLE``: a row per bar, its time as stamped; dividends and splits in the first bar of their
        day or, where no bar follows, in a row of their own without prices.
    later
        Product of all splits after the period: shares today per share then.
    zone
        Clock of the exchange.
    """

    table: pl.DataFrame
    later: float
    zone: str


def read(raw: bytes, where: str, symbol: str) -> Answer | None:
    """Return what an answer holds; None if it says that there was nothing.

    Parameters
    ----------
    raw
        The answer, as it is kept.
    where
        What messages call it.
    symbol
        What was asked for. Yahoo takes it in any case and answers in its own.

    Raises
    ------
    DataError
        If it is not what ``client.ask`` keeps, or of another symbol.
    """
    if len(raw) > MOST:
        raise DataError(where, f"must have {MOST} bytes at most", len(raw), AGAIN)
    try:
        content = json.loads(raw)
        if content["chart"] is None:
            return None
        answer, told = _answer(content["chart"], content["later"]), content["chart"]["meta"].get("symbol")
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError, OverflowError) as error:
        found = f"{type(error).__name__}: {error}"[:200]
        raise DataError(where, "must be a chart of Yahoo", found, AGAIN) from None
    except (ParamsError, pl.exceptions.PolarsError) as error:
        raise DataError(where, "must be a chart of Yahoo", str(error)[:200], AGAIN) from None
    if not isinstance(told, str) or told.casefold() != symbol.casefold():
        raise DataError(where, f"meta.symbol is {symbol}", repr(told)[:40], AGAIN)
    return answer


def days(times: list[int], clock: ZoneInfo) -> list[date]:
    """Return the date of each instant, seconds since 1970-01-01 UTC, on a clock."""
    return [datetime.fromtimestamp(second, UTC).astimezone(clock).date() for second in times]


def _answer(chart: Mapping[str, Any], later: Mapping[str, Any]) -> Answer:
    name = chart["meta"]["exchangeTimezoneName"]
    clock = zone(name)
    times = [_second(second) for second in chart.get("timestamp") or []]
    if len(times) > MOST_ROWS or times != sorted(times):
        raise ValueError(f"{len(times)} times must rise, {MOST_ROWS} at most")
    events = chart.get("events") or {}
    dividends = {_second(one["date"]): _positive(one["amount"]) for one in (events.get("dividends") or {}).values()}
    splits = {_second(one["date"]): _ratio(one) for one in (events.get("splits") or {}).values()}
    columns = _columns(chart, len(times)) if times else {name: [] for name in (*_QUOTE, "adj_close")}
    table = _with_events(times, columns, dividends, splits, clock)
    return Answer(table, math.prod(_ratio(one) for one in later.values()), name)


def _columns(chart: Mapping[str, Any], n_rows: int) -> dict[str, list[float | None]]:
    quote = chart["indicators"]["quote"][0]
    columns = {name: [_number(value) for value in quote[name]] for name in _QUOTE}
    adjusted = chart["indicators"].get("adjclose")
    columns["adj_close"] = [_number(value) for value in adjusted[0]["adjclose"]] if adjusted else [None] * n_rows
    if {len(column) for column in columns.values()} != {n_rows}:
        raise ValueError("columns must be as long as timestamp")
    return columns


def _with_events(
    times: list[int],
    columns: dict[str, list[float | None]],
    dividends: dict[int, float],
    splits: dict[int, float],
    clock: ZoneInfo,
) -> pl.DataFrame:
    """Return the table; an event belongs to the first bar of its day or of the next day that has one."""
    by_day = dict[date, int]()
    for second, day in zip(times, days(times, clock), strict=True):
        by_day.setdefault(day, second)
    paid, split = dict[int, float](), dict[int, float]()
    for second, amount in sorted(dividends.items()):
        at = _bar(second, by_day, clock)
        paid[at] = paid.get(at, 0.0) + amount
    for second, ratio in sorted(splits.items()):
        at = _bar(second, by_day, clock)
        split[at] = split.get(at, 1.0) * ratio
    bars = pl.DataFrame({"time": times, **columns}, schema={"time": pl.Int64, **dict.fromkeys(columns, pl.Float64)})
    alone = pl.DataFrame({"time": sorted({*paid, *split} - set(times))}, schema={"time": pl.Int64})
    table = pl.concat([bars, alone], how="diagonal").sort("time", maintain_order=True)
    first = pl.col("time").is_first_distinct()
    for name, values, none in (("dividend", paid, 0.0), ("split", split, 1.0)):
        given = pl.col("time").replace_strict(values, default=none, return_dtype=pl.Float64)
        table = table.with_columns(pl.when(first).then(given).otherwise(none).alias(name))
    time = pl.col("time") * SECOND_NS
    return table.with_columns(time).select(pl.col(name).cast(kind) for name, kind in TABLE.items())


def _bar(second: int, by_day: dict[date, int], clock: ZoneInfo) -> int:
    day = days([second], clock)[0]
    return next((at for bar, at in by_day.items() if bar >= day), second)


def _second(value: Any) -> int:
    if type(value) is not int or value not in _SECONDS:
        raise ValueError(f"{value!r} is no time")
    return value


def _number(value: Any) -> float | None:
    """Return a number; Yahoo's infinite adjusted closes are none."""
    if value is None:
        return None
    if type(value) not in (int, float):
        raise TypeError(f"{value!r} is no number")
    return float(value) if math.isfinite(float(value)) else None


def _positive(value: Any) -> float:
    number = _number(value)
    if number is None or not 0 < number < 1e12:  # noqa: PLR2004 - the table's bound
        raise ValueError(f"{value!r} must be positive")
    return number


def _ratio(split: Mapping[str, Any]) -> float:
    ratio = _positive(split["numerator"]) / _positive(split["denominator"])
    if not 1e-6 < ratio < 1e6:  # noqa: PLR2004 - no split is larger
        raise ValueError(f"{ratio} is no split")
    return ratio
