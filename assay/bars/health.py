"""The health of bars: what became of every tick, and whether the bars are fit to learn from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from assay.bars import rows, sessions
from assay.bars.gate import breaches, duration_tail, one_tick_run, passed
from assay.bars.params import BarsParams, Kind
from assay.market.sessions import Hours
from assay.market.zones import SECOND_NS
from assay.types import Floats, Ints

QUANTILES = {"min": 0.0, "q25": 0.25, "median": 0.5, "q75": 0.75, "max": 1.0}


def health(
    bars: Mapping[Kind, pl.DataFrame],
    params: BarsParams,
    days: Ints,
    tick_size: float,
    n_ticks: Ints | None = None,
    warnings: Sequence[str] = (),
) -> dict[str, Any]:
    """Return the bar report: ticks in and out of sessions, and a summary of every type of bar.

    Parameters
    ----------
    bars
        Bars (table ``BARS``) of each type, made of the same ticks or rows.
    params
        Thresholds, and the share of ticks in one bar above which the report warns.
    days
        Session day of each tick or row, shape (n,), -1 outside.
    tick_size
        Smallest price step, quote currency.
    n_ticks
        Ticks that each row counts for, shape (n,); None for one each.
    warnings
        What speaks against the bars of every type.

    Raises
    ------
    DataError
        If bars break a rule that ``params.gate.fail`` names: see ``assay.bars.gate``.
    """
    n_all, n_inside = days.size, int(np.count_nonzero(days >= 0))
    if n_ticks is not None:
        n_all, n_inside = int(n_ticks.sum()), int(n_ticks[days >= 0].sum())
    types = {kind: _summary(frame, params.types[kind], n_inside, tick_size) for kind, frame in sorted(bars.items())}
    for kind, summary in types.items():
        summary["warnings"] = [*passed(kind, breaches(kind, summary, params), params), *warnings]
    return {
        "n_ticks": n_all,
        "n_ticks_in_session": n_inside,
        "n_ticks_outside_session": n_all - n_inside,
        "main": params.main,
        "types": types,
    }


def row_health(prices: pl.DataFrame, days: Ints, hours: Hours) -> dict[str, Any]:
    """Return what became of OHLCV rows: in and out of sessions, and how many each rule changed, by its name.

    Parameters
    ----------
    prices
        The rows; of quotes and trades there is nothing to tell.
    days
        Session day of each row, shape (n,), -1 outside.
    hours
        The hours of the market.

    Returns
    -------
    dict
        ``{"rows": {...}}``, or nothing for quotes and trades. ``known_late`` is the number of rows known only after
        their end: their bars exist from then on, but the next bar's open is of the time before.
    """
    if "opened_at" not in prices.columns:
        return {}
    inside = days >= 0
    late = prices.select((pl.col("known_at") - pl.col("closed_at")).to_physical()).to_series().to_numpy()[inside]
    n_late, longest_s = int(np.count_nonzero(late)), float(np.max(late, initial=0)) / SECOND_NS
    crossing = int(np.count_nonzero(sessions.crossing(prices, hours, days)))
    counts = {**rows.rules(prices, inside), "partly_outside_session_taken_whole": crossing, "known_late": n_late}
    told = {
        "known_late": f"rows were known up to {longest_s:g} s after their end: fills at the next open are as early",
        "value_is_not_price_times_volume": "rows have a value that is not price times volume: vwap is no price",
    }
    return {
        "rows": {
            "n_rows": days.size,
            "n_rows_in_session": inside.sum().item(),
            "n_rows_outside_session": days.size - inside.sum().item(),
            "rules": counts,
            "warnings": [f"{counts[rule]} {words}" for rule, words in told.items() if counts[rule]],
        }
    }


def _summary(bars: pl.DataFrame, threshold: float, n_inside: int, tick_size: float) -> dict[str, Any]:
    """Return counts and distributions of one type of bar.

    ``move_std_ticks`` is the standard deviation (ddof 1) of the change from close to close, null for fewer than three
    bars.
    """
    n_ticks, n_buys, n_sells = (bars.get_column(name).to_numpy() for name in ("n_ticks", "n_buys", "n_sells"))
    n_in_bars = int(n_ticks.sum())
    moves = np.diff(bars.get_column("close").to_numpy()) / tick_size
    seconds = (bars.get_column("closed_at") - bars.get_column("opened_at")).to_physical().to_numpy() / SECOND_NS
    return {
        "threshold": threshold,
        "n_bars": bars.height,
        "n_partial": int(bars.get_column("partial").sum()),
        "n_sessions": bars.get_column("session").n_unique(),
        "n_ticks_unfinished": n_inside - n_in_bars,
        "n_ticks_without_side": n_in_bars - int(n_buys.sum() + n_sells.sum()),
        "max_tick_share": int(n_ticks.max()) / n_inside,
        "one_tick_run": one_tick_run(n_ticks),
        "move_std_ticks": float(np.std(moves, ddof=1)) if moves.size > 1 else None,
        "bars_per_session": _quantiles(_runs(bars.get_column("session").to_physical().to_numpy())),
        "ticks_per_bar": _quantiles(n_ticks.astype(np.float64)),
        "duration_seconds": _quantiles(seconds),
        "duration_tail": duration_tail(seconds),
    }


def _runs(session: Ints) -> Floats:
    """Return the length of each run of equal sessions."""
    edges = np.flatnonzero(np.diff(session)) + 1
    return np.diff(np.concatenate(([0], edges, [session.size]))).astype(np.float64)


def _quantiles(values: Floats) -> dict[str, float]:
    return {name: float(np.quantile(values, level)) for name, level in QUANTILES.items()}
