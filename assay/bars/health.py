"""The health of bars: what became of every tick, and whether the bars are fit to learn from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import polars as pl

from assay.bars.gate import breaches, duration_tail, one_tick_run, passed
from assay.bars.params import BarsParams, Kind
from assay.bars.tally import Tally
from assay.market.zones import SECOND_NS
from assay.tables.instants import nanoseconds
from assay.types import Floats, Ints

QUANTILES = {"min": 0.0, "q25": 0.25, "median": 0.5, "q75": 0.75, "max": 1.0}


def health(
    bars: Mapping[Kind, pl.DataFrame],
    params: BarsParams,
    given: Tally,
    tick_size: float,
    warnings: Sequence[str] = (),
    rows: Mapping[str, Any] = MappingProxyType({}),
) -> dict[str, Any]:
    """Return the bar report: ticks in and out of sessions, and a summary of every type of bar.

    Parameters
    ----------
    bars
        Bars (table ``BARS``) of each type, made of the same ticks or rows.
    params
        Thresholds, and the share of ticks in one bar above which the report warns.
    given
        How many ticks they were made of.
    tick_size
        Smallest price step, quote currency.
    warnings
        What speaks against the bars of every type.
    rows
        What :class:`assay.bars.row_health.RowHealth` tells of the OHLCV rows they were made of; empty of ticks.

    Raises
    ------
    DataError
        If bars break a rule that ``params.gate.fail`` names: see ``assay.bars.gate``.
    """
    n_inside = given.n_ticks_inside
    types = {kind: _summary(frame, params.types[kind], n_inside, tick_size) for kind, frame in sorted(bars.items())}
    for kind, summary in types.items():
        summary["n_stale_opens"] = _n_stale_opens(bars[kind]) if rows.get("rules", {}).get("stale_open") else 0
        summary["warnings"] = [*passed(kind, breaches(kind, summary, params), params), *warnings]
    return {
        "n_ticks": given.n_ticks,
        "n_ticks_in_session": n_inside,
        "n_ticks_outside_session": given.n_ticks - n_inside,
        "main": params.main,
        "types": types,
    }


def warnings_of(report: Mapping[str, Any]) -> Iterator[str]:
    """Yield what speaks against the bars of a report of :func:`assay.bars.markets.markets`, a line each."""
    for symbol, told in {report["symbol"]: report, **report.get("others", {})}.items():
        yield from (f"{symbol}: {words}" for words in told.get("rows", {}).get("warnings", ()))
        for kind, summary in told["types"].items():
            yield from (f"{symbol}, {kind} bars: {words}" for words in summary["warnings"])
    yield from (f"{symbol} has no bars: {why}" for symbol, why in report.get("left_out", {}).items())


def _summary(bars: pl.DataFrame, threshold: float, n_inside: int, tick_size: float) -> dict[str, Any]:
    """Return counts and distributions of one type of bar.

    ``max_tick_share`` is that of the bar with most ticks, be it the open one at the end: an expectation that has grown
    out of reach leaves all that follows in a bar that never closes. ``move_std_ticks`` is the standard deviation (ddof
    1) of the change from close to close, null for fewer than three bars.
    """
    n_ticks, n_buys, n_sells = (bars.get_column(name).to_numpy() for name in ("n_ticks", "n_buys", "n_sells"))
    n_in_bars = int(n_ticks.sum())
    moves = np.diff(bars.get_column("close").to_numpy()) / tick_size
    seconds = (nanoseconds(bars, "closed_at") - nanoseconds(bars, "opened_at")) / SECOND_NS
    return {
        "threshold": threshold,
        "n_bars": bars.height,
        "n_partial": int(bars.get_column("partial").sum()),
        "n_sessions": bars.get_column("session").n_unique(),
        "n_ticks_unfinished": n_inside - n_in_bars,
        "n_ticks_without_side": n_in_bars - int(n_buys.sum() + n_sells.sum()),
        "max_tick_share": max(int(n_ticks.max()), n_inside - n_in_bars) / n_inside,
        "one_tick_run": one_tick_run(n_ticks),
        "move_std_ticks": float(np.std(moves, ddof=1)) if moves.size > 1 else None,
        "bars_per_session": _quantiles(_runs(bars.get_column("session").to_physical().to_numpy())),
        "ticks_per_bar": _quantiles(n_ticks.astype(np.float64)),
        "duration_seconds": _quantiles(seconds),
        "duration_tail": duration_tail(seconds),
    }


def _n_stale_opens(bars: pl.DataFrame) -> int:
    """Return how many bars begin with a row that opened before the bar before was known: they open at that instant."""
    return int((bars.get_column("opened_at") == bars.get_column("closed_at").shift(1)).sum())


def _runs(session: Ints) -> Floats:
    """Return the length of each run of equal sessions."""
    edges = np.flatnonzero(np.diff(session)) + 1
    return np.diff(np.concatenate(([0], edges, [session.size]))).astype(np.float64)


def _quantiles(values: Floats) -> dict[str, float]:
    return {name: float(np.quantile(values, level)) for name, level in QUANTILES.items()}
