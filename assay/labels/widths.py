"""How far away the barriers are: distances known at the decision, in whole ticks."""

from __future__ import annotations

import numpy as np
import polars as pl

from assay.labels.params import TripleBarrierParams
from assay.labels.volatility import average_true_range, daily_volatility
from assay.stats.rolling import change, std
from assay.types import Floats


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
    """
    if params.sizing == "ticks":
        tp, sl = (np.full(bars.height, ticks * tick_size) for ticks in (params.tp_ticks, params.sl_ticks))
        return _or_none(tp), _or_none(sl)
    unit = _unit(bars, params) / tick_size
    tp, sl = (_in_ticks(unit, sigmas, params.min_ticks) for sigmas in (params.tp_sigmas, params.sl_sigmas))
    return tp * tick_size, sl * tick_size


def _in_ticks(unit: Floats, multiple: float, min_ticks: int) -> Floats:
    if multiple == 0:
        return np.where(np.isnan(unit), np.nan, np.inf)
    return np.maximum(np.rint(unit * multiple), min_ticks)


def _or_none(distance: Floats) -> Floats:
    return np.where(distance > 0, distance, np.inf)


def _unit(bars: pl.DataFrame, params: TripleBarrierParams) -> Floats:
    """Return what one sigma is at every bar, price units."""
    high, low, close = (bars[name].to_numpy() for name in ("high", "low", "close"))
    if params.sizing == "atr":
        return average_true_range(high, low, close, params.volatility_window)
    if params.sizing == "daily":
        closed_at = bars["closed_at"].to_physical().to_numpy()
        return daily_volatility(closed_at, close, params.volatility_window) * close
    return std(change(close), params.volatility_window)
