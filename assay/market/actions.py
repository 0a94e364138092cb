"""Splits and dividends: prices are kept as they were traded and adjusted as of a date."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
import polars as pl

from assay.errors import DataError
from assay.tables.instants import nanoseconds
from assay.types import Floats, Ints

Adjustment: TypeAlias = Literal["none", "splits", "splits_and_dividends"]

_PRICES = ("open", "high", "low", "close", "price", "bid", "ask")
_SIZES = ("volume", "buy_volume", "size", "bid_size", "ask_size")


def adjusted(
    frame: pl.DataFrame,
    actions: pl.DataFrame,
    how: Adjustment,
    as_of_ns: int,
) -> pl.DataFrame:
    """Return prices and sizes as somebody saw them who looked back from a date.

    Parameters
    ----------
    frame
        Rows of OHLCV, TRADES or QUOTES as traded, in order of time; value and number of trades stay as they are. A
        dividend is compared with the last of these prices before it: give the whole history up to it.
    actions
        Rows of ACTIONS.
    how
        Which actions: none, splits, or splits and dividends.
    as_of_ns
        Only actions that had happened and were known at this instant count, ns since 1970-01-01 UTC. Rows after it
        are given as traded.

    Returns
    -------
    pl.DataFrame
        The same rows and columns: of each row before an action prices times its price factor, sizes times its split.

    Raises
    ------
    DataError
        If a dividend is as large as the price before it.

    Notes
    -----
    A split of ``s`` shares for one has the price factor ``1 / s``; a dividend ``D`` has ``1 - D s / P``, with ``P``
    the last close (price, or mid) before it and ``s`` the split of the same instant, since ``D`` is paid per new share.
    Factors multiply backward from the last action (CRSP, *Data Descriptions Guide*, "Cumulative Factor to Adjust
    Prices"; Yahoo's "Adj Close" is the same). So the return from the last close before an action to a price after it is
    that of a holder who reinvests the dividend at the last close before it.
    """
    known = _known(actions, as_of_ns) if how != "none" else actions.clear()
    if not known.height:
        return frame
    splits = known["split"].to_numpy()
    factors = 1.0 / splits
    if how == "splits_and_dividends":
        factors *= _dividend_factors(known, frame)
    later = np.searchsorted(nanoseconds(known, "time"), _clock(frame), side="right")
    price, size = _from_the_end(factors)[later], _from_the_end(splits)[later]
    return frame.with_columns(
        [(pl.col(name) * pl.lit(pl.Series(price))).alias(name) for name in frame.columns if name in _PRICES]
        + [(pl.col(name) * pl.lit(pl.Series(size))).alias(name) for name in frame.columns if name in _SIZES]
    )


def _known(actions: pl.DataFrame, as_of_ns: int) -> pl.DataFrame:
    """Return the actions that had happened and were known."""
    latest_ns = np.maximum(nanoseconds(actions, "time"), nanoseconds(actions, "known_at"))
    return actions.filter(latest_ns <= as_of_ns)


def _dividend_factors(actions: pl.DataFrame, prices: pl.DataFrame) -> Floats:
    """Return ``1 - D s / P`` of each action; 1 for an action before which there is no price, and so no row."""
    row = np.searchsorted(_clock(prices), nanoseconds(actions, "time"), side="left") - 1
    paid = actions["dividend"].to_numpy() * actions["split"].to_numpy()
    if not prices.height:
        return np.ones(paid.size)
    last = _last_price(prices)[np.maximum(row, 0)]
    factors = np.where(row < 0, 1.0, 1.0 - paid / last)
    broken = np.flatnonzero(factors <= 0.0)
    if broken.size:
        first = int(broken[0])
        found = f"{paid[first]:g} per share before a price of {last[first]:g}"
        raise DataError(
            f"dividend of {actions['time'][first]}",
            "must be less than the price before it",
            found,
            "correct the action, or adjust for splits only",
        )
    return factors


def _last_price(prices: pl.DataFrame) -> Floats:
    """Return the close, the price or the mid of each row."""
    for name in ("close", "price"):
        if name in prices.columns:
            return prices[name].to_numpy()
    return (prices["bid"].to_numpy() + prices["ask"].to_numpy()) / 2.0


def _from_the_end(factors: Floats) -> Floats:
    """Return the products of each factor and all after it, shape (n + 1,), 1 at the end."""
    return np.concatenate((np.cumprod(factors[::-1])[::-1], [1.0]))


def _clock(frame: pl.DataFrame) -> Ints:
    """Return the instants of rows: of bars, their beginning."""
    return nanoseconds(frame, "opened_at" if "opened_at" in frame.columns else "time")
