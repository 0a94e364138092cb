"""The health of bars: what became of every tick, and whether the bars are fit to learn from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from assay.bars.params import BarsParams, Kind
from assay.market.zones import SECOND_NS
from assay.types import Floats, Ints

QUANTILES = {"min": 0.0, "q25": 0.25, "median": 0.5, "q75": 0.75, "max": 1.0}


def health(bars: Mapping[Kind, pl.DataFrame], params: BarsParams, days: Ints, tick_size: float) -> dict[str, Any]:
    """Return the bar report: ticks in and out of sessions, and a summary of every type of bar.

    Parameters
    ----------
    bars
        Bars (table ``BARS``) of each type, made of the same ticks.
    params
        Thresholds, and the share of ticks in one bar above which the report warns.
    days
        Session day of each tick, shape (n,), -1 outside.
    tick_size
        Smallest price step, quote currency.
    """
    n_inside = int(np.count_nonzero(days >= 0))
    return {
        "n_ticks": days.size,
        "n_ticks_in_session": n_inside,
        "n_ticks_outside_session": days.size - n_inside,
        "main": params.main,
        "types": {
            kind: _summary(frame, params.types[kind], n_inside, tick_size, params.max_tick_share)
            for kind, frame in sorted(bars.items())
        },
    }


def _summary(bars: pl.DataFrame, threshold: float, n_inside: int, tick_size: float, max_share: float) -> dict[str, Any]:
    """Return counts and distributions of one type of bar.

    ``move_std_ticks`` is the standard deviation (ddof 1) of the change from close to close, null for fewer than three
    bars.
    """
    n_ticks, n_buys, n_sells = (bars.get_column(name).to_numpy() for name in ("n_ticks", "n_buys", "n_sells"))
    n_in_bars = int(n_ticks.sum())
    share = int(n_ticks.max()) / n_inside
    moves = np.diff(bars.get_column("close").to_numpy()) / tick_size
    seconds = (bars.get_column("closed_at") - bars.get_column("opened_at")).to_physical().to_numpy() / SECOND_NS
    return {
        "threshold": threshold,
        "n_bars": bars.height,
        "n_partial": int(bars.get_column("partial").sum()),
        "n_sessions": bars.get_column("session").n_unique(),
        "n_ticks_unfinished": n_inside - n_in_bars,
        "n_ticks_without_side": n_in_bars - int(n_buys.sum() + n_sells.sum()),
        "max_tick_share": share,
        "move_std_ticks": float(np.std(moves, ddof=1)) if moves.size > 1 else None,
        "bars_per_session": _quantiles(_runs(bars.get_column("session").to_physical().to_numpy())),
        "ticks_per_bar": _quantiles(n_ticks.astype(np.float64)),
        "duration_seconds": _quantiles(seconds),
        "warnings": _warnings(share, max_share),
    }


def _warnings(share: float, max_share: float) -> list[str]:
    if share <= max_share:
        return []
    return [f"one bar holds {share:.1%} of all ticks in sessions, more than bars.max_tick_share = {max_share:g}"]


def _runs(session: Ints) -> Floats:
    """Return the length of each run of equal sessions."""
    edges = np.flatnonzero(np.diff(session)) + 1
    return np.diff(np.concatenate(([0], edges, [session.size]))).astype(np.float64)


def _quantiles(values: Floats) -> dict[str, float]:
    return {name: float(np.quantile(values, level)) for name, level in QUANTILES.items()}
