"""Yahoo's table, adjusted for splits -> prices, volumes and dividends as they were."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import polars as pl

from assay.sources.decode.arranged import arranged
from assay.sources.decode.times import known_at
from assay.sources.yahoo.windows import PERIODS
from assay.tables.table import TIME

_PRICES = ("open", "high", "low", "close")


def as_traded(table: pl.DataFrame, later: float) -> pl.DataFrame:
    """Return a table as people saw it on the day.

    Yahoo divides prices and dividends by the splits that came after, and multiplies volumes; its prices are not
    adjusted for dividends (those of ``adj_close`` are, and that column is not kept). Undone with f, the product of all
    splits after a row, its own not included:

        price = served * f,  volume = served / f,  dividend = served * f

    A dividend is per share after a split of the same day. Digits are those of single precision, as served.

    Parameters
    ----------
    table
        Columns of ``damage.TABLE``, times rising.
    later
        Product of the splits after the last row.
    """
    factor = pl.col("split").cum_prod(reverse=True).shift(-1, fill_value=1.0) * later
    undone = [pl.col(name) * pl.col("factor") for name in (*_PRICES, "dividend")]
    return table.with_columns(factor.alias("factor")).with_columns(*undone, pl.col("volume") / pl.col("factor"))


def bars(table: pl.DataFrame, interval: str, zone: str, lag_ns: int) -> tuple[pl.DataFrame, Mapping[str, int]]:
    """Return OHLCV of a table as traded, and what was left out.

    A day lasts from midnight to midnight on the exchange's clock. ``rows_without_prices``: nothing was traded.
    ``unfinished_rows``: the last price, put by Yahoo at the end of bars that have begun; of two rows of one day the
    last. ``rows_without_volume``: their volume is 0.
    """
    priced = table.filter(pl.any_horizontal(pl.col(*_PRICES).is_not_null()))
    placed = _daily(priced, zone) if interval == "1d" else _intraday(priced, interval)
    counts = {
        "rows_without_prices": table.height - priced.height,
        "unfinished_rows": priced.height - placed.height,
        "rows_without_volume": placed["volume"].null_count(),
    }
    nothing = {"value": pl.lit(float("nan")), "buy_volume": pl.lit(float("nan")), "n_trades": pl.lit(-1)}
    whole = placed.with_columns(
        known_at("closed_at", lag_ns),
        pl.col("volume").fill_null(0.0),
        pl.col(*_PRICES).fill_null(float("nan")),
        **nothing,
    )
    return arranged(whole, "ohlcv"), counts


def actions(table: pl.DataFrame, zone: str, lag_ns: int) -> pl.DataFrame:
    """Return splits and dividends of a table as traded; each happens at midnight on the exchange's clock."""
    happened = table.filter((pl.col("split") != 1) | (pl.col("dividend") != 0))
    at = happened.with_columns(_midnight(zone).alias("day")).group_by("day", maintain_order=True)
    day = at.agg(pl.col("split").product(), pl.col("dividend").sum()).rename({"day": "time"})
    return arranged(day.with_columns(known_at("time", lag_ns)), "actions")


def _daily(table: pl.DataFrame, zone: str) -> pl.DataFrame:
    placed = table.with_columns(_midnight(zone).alias("opened_at"), _midnight(zone, days=1).alias("closed_at"))
    return placed.unique("opened_at", keep="last", maintain_order=True)


def _intraday(table: pl.DataFrame, interval: str) -> pl.DataFrame:
    begun = table.filter(pl.col("time").dt.second() == 0)
    closed = (pl.col("time") + PERIODS[interval]).alias("closed_at")
    return begun.with_columns(pl.col("time").alias("opened_at"), closed)


def _midnight(zone: str, days: int = 0) -> pl.Expr:
    """Return the beginning of each row's day on a clock, or of a day after it: 01:00 where midnight is skipped."""
    wall = pl.col("time").dt.convert_time_zone(zone).dt.replace_time_zone(None).dt.truncate("1d") + timedelta(days=days)
    later = (wall + timedelta(hours=hours) for hours in (0, 1))
    placed = [at.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null") for at in later]
    return pl.coalesce(placed).dt.convert_time_zone("UTC").cast(TIME)
