"""Bar files: of trades, or of both sides of the quotes."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from assay.sources.decode.arranged import arranged
from assay.sources.decode.refusals import refuse
from assay.sources.decode.times import known_at
from assay.sources.lean.cells import rows
from assay.sources.lean.clock import utc
from assay.sources.lean.markets import Market
from assay.sources.lean.ticks import since_midnight
from assay.sources.venue import Decoded
from assay.tables.table import DType

PERIODS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "daily": timedelta(days=1)}
_PRICES = ("open", "high", "low", "close")
_FORM = "%Y%m%d %H:%M"
_GIVEN_BY_NONE = (
    pl.lit(float("nan")).alias("value"), pl.lit(float("nan")).alias("buy_volume"), pl.lit(-1).alias("n_trades")
)  # fmt: skip


def bars(content: bytes, day: date | None, resolution: str, market: Market, lag_ns: int, where: str) -> Decoded:
    """Return the bars of a file.

    Bars of quotes become bars of the mid: each of open, high, low and close halfway between the bid's and the ask's, so
    high and low bound the mid without being reached for certain; their volume is 0. A daily bar lasts from midnight to
    midnight on the market's clock.

    Parameters
    ----------
    content
        The csv.
    day
        Its day, where times are milliseconds since midnight; None where rows carry date and time.
    resolution
        ``minute``, ``hour`` or ``daily``.
    market
        Clock, unit of price, and whether the bars are of trades or of quotes.
    lag_ns
        From a bar's end to when it could be read, ns.
    where
        The file, for messages.

    Raises
    ------
    DataError
        If a row has other columns, or a time does not exist.
    """
    at: dict[str, DType] = {"ms": pl.Int64} if day else {"at": pl.String}
    frame = rows(content, at | _columns(market), where)
    opened, closed = _period(frame, day, resolution, market, where)
    priced = (_mid(frame) if market.bars == "quote" else _traded(frame, market)).with_columns(opened, closed)
    return arranged(priced.with_columns(known_at("closed_at", lag_ns), *_GIVEN_BY_NONE), "ohlcv"), {}


def _columns(market: Market) -> dict[str, DType]:
    if market.bars == "trade":
        return dict.fromkeys((*_PRICES, "volume"), pl.Float64)
    return {f"{side}_{name}": pl.Float64 for side in ("bid", "ask") for name in (*_PRICES, "size")}


def _traded(frame: pl.DataFrame, market: Market) -> pl.DataFrame:
    """Return prices in units: divided by numpy, since polars multiplies by the reciprocal."""
    return frame.with_columns(pl.Series(name, frame[name].to_numpy() / market.per_unit) for name in _PRICES)


def _mid(frame: pl.DataFrame) -> pl.DataFrame:
    mid = [((pl.col(f"bid_{name}") + pl.col(f"ask_{name}")) / 2).alias(name) for name in _PRICES]
    return frame.select(*mid, pl.lit(0.0).alias("volume"))


def _period(
    frame: pl.DataFrame, day: date | None, resolution: str, market: Market, where: str
) -> tuple[pl.Series, pl.Series]:
    """Return when bars begin and end; the end of a day is the next midnight, however long the day is."""
    if day:
        opened = since_midnight(frame, day, market, where, "opened_at")
        return opened, (opened + PERIODS[resolution]).alias("closed_at")
    wall = frame.get_column("at").str.to_datetime(_FORM, time_unit="us", strict=False)
    refuse(wall.is_null(), frame["at"], "times are YYYYMMDD HH:MM", where, "mend the file")
    opened = utc(wall, market.zone, where).alias("opened_at")
    if resolution == "daily":
        return opened, utc(wall + PERIODS[resolution], market.zone, where).alias("closed_at")
    return opened, (opened + PERIODS[resolution]).alias("closed_at")
