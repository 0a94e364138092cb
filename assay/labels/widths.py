"""How far away the barriers are: distances known at the decision, in whole ticks."""

from __future__ import annotations

import numpy as np
import polars as pl

from assay.errors import DataError
from assay.labels.params import TripleBarrierParams
from assay.labels.volatility import average_true_range, daily_volatility
from assay.stats.rolling import change, std
from assay.tables.instants import nanoseconds
from assay.types import Floats

_HALF = 0.5 + 1e-9
"""Half a tick is rounded up, whatever the decimals of the tick size make of it."""


def widths(bars: pl.DataFrame, params: TripleBarrierParams, tick_size: float) -> tuple[Floats, Floats]:
    """Return the distances of profit and stop barrier at every bar.

    Parameters
    ----------
    bars
        Table BARS, n rows.
    params
        Sizing and its multiples.
    tick_size
        Smallest price step, quote currency.

    Returns
    -------
    tuple[Floats, Floats]
        tp and sl, shape (n,), price units: infinite if switched off, NaN where the volatility is not known yet.

    Raises
    ------
    DataError
        If they are sized by the spread, and no bar has one.
    """
    if params.sizing == "ticks":
        tp, sl = (np.full(bars.height, ticks * tick_size) for ticks in (params.tp_ticks, params.sl_ticks))
        return _or_none(tp), _or_none(sl)
    in_ticks = unit(bars, params, tick_size) / tick_size
    tp, sl = (_in_ticks(in_ticks, sigmas, params.min_ticks) for sigmas in (params.tp_sigmas, params.sl_sigmas))
    return tp * tick_size, sl * tick_size


def unit(bars: pl.DataFrame, params: TripleBarrierParams, tick_size: float) -> Floats:
    """Return what distances are measured in at every bar, price units, shape (n,); NaN where it is not known yet."""
    high, low, close = (bars[name].to_numpy() for name in ("high", "low", "close"))
    match params.sizing:
        case "ticks":
            return np.full(bars.height, tick_size)
        case "atr":
            return average_true_range(high, low, close, params.volatility_window)
        case "daily":
            return daily_volatility(nanoseconds(bars, "closed_at"), close, params.volatility_window) * close
        case "spread":
            return _spread(bars)
    return std(change(close), params.volatility_window)


def _spread(bars: pl.DataFrame) -> Floats:
    """Return the mean spread of each bar; NaN, so no event, in a bar without a quote."""
    spread = bars["spread_mean"].to_numpy()
    if np.isnan(spread).all():
        remedy = "take a source of quotes, or size by volatility, atr, daily or ticks"
        raise DataError("labels.triple_barrier.sizing", "spread needs quotes", "bars of trades only", remedy)
    return spread


def _in_ticks(unit: Floats, multiple: float, min_ticks: int) -> Floats:
    if multiple == 0:
        return np.where(np.isnan(unit), np.nan, np.inf)
    return np.maximum(np.floor(unit * multiple + _HALF), min_ticks)


def _or_none(distance: Floats) -> Floats:
    return np.where(distance > 0, distance, np.inf)
