"""From bars to labels: events, barriers, the outcome for either side, direction, weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from assay.labels.asked import asked, session_ends
from assay.labels.barriers import exit_rules
from assay.labels.censoring import latest_ends
from assay.labels.closing import Closing, closing, limits
from assay.labels.direction import directed
from assay.labels.events import events
from assay.labels.nothing import refuse_nothing
from assay.labels.params import LabelParams
from assay.labels.summary import Dropped, summary
from assay.labels.trades import SIDES, net_of, trades
from assay.labels.training import OWN_WEIGHT
from assay.labels.weights import average_uniqueness, concurrency, return_attribution
from assay.labels.widths import unit, widths
from assay.market.costs import CostParams, Costs, resolve
from assay.market.instruments import Instrument
from assay.market.sessions import Hours, SessionParams, hours
from assay.tables.labels import EXITS, LABELS
from assay.types import Floats

_OWN = ("side", "t_value", "trend_bars", OWN_WEIGHT)


def build(
    bars: pl.DataFrame,
    params: LabelParams,
    instrument: Instrument,
    costs: Costs | None = None,
    session: Hours | None = None,
) -> tuple[pl.DataFrame, dict[str, Any]]:
    """Return the labels of one market, and what there is to report of them.

    Parameters
    ----------
    bars
        Table BARS, n rows.
    params
        The ``labels`` block.
    instrument
        Its tick size turns distances into ticks.
    costs
        What a round trip costs, for ``net_of_costs``; the instrument's own if None.
    session
        The hours of the market, for ``session_exit_minutes``; the instrument's own if None.

    Returns
    -------
    tuple[pl.DataFrame, dict[str, Any]]
        Table LABELS, and the content of ``reports/labels.json``.

    Raises
    ------
    DataError
        If no event is left: see :func:`assay.labels.nothing.refuse_nothing`.

    Notes
    -----
    Three rules drop events, all counted: ``without_volatility`` (its barriers are not known yet), ``session_closing``
    (the session ends before a trade could, see :mod:`assay.labels.closing`) and ``censored`` (its trade could outlast
    the data, see :mod:`assay.labels.censoring`, or its trend does). Censored events still count in the concurrency, up
    to their end or the last bar, so that the weight of a label does not change when data are added after its span (AFML
    Snippet 4.1 keeps open events for the same reason).
    """
    near = closing(bars, params.triple_barrier, session or hours(SessionParams(), instrument), instrument)
    every, dropped = _outcomes(bars, params, instrument, near)
    labels = every.filter(pl.col("latest_ordinal") < bars.height)
    if labels.is_empty():
        refuse_nothing(dropped, params)
    table = _table(bars, labels.with_columns(**_weights(bars, every, params.weights.scheme)))
    if params.net_of_costs:
        table = table.with_columns(**net_of(table, costs or resolve(CostParams(), instrument), instrument))
    report = summary(table, dropped, instrument.tick_size) | asked(table)
    if params.triple_barrier.session_exit_minutes:
        report["session_ends"] = session_ends(table, bars["session"], params.triple_barrier)
    return table, report


def _outcomes(
    bars: pl.DataFrame, params: LabelParams, instrument: Instrument, near: Closing
) -> tuple[pl.DataFrame, Dropped]:
    """Return events with trades and direction, and what was dropped; those that could outlast the data are here still.

    ``end_ordinal`` is -1 where the data end before the outcome.
    """
    fired, (tp, sl, zone) = events(bars, params.events), _distances(bars, params, instrument.tick_size)
    known, early = ~np.isnan(tp + sl + zone)[fired.ordinals], ~near.late[fired.ordinals]
    at, rules = fired.ordinals[known & early], exit_rules(params.triple_barrier, instrument.tick_size)
    limit = limits(near.flat)
    found = directed(
        trades(bars, at, tp[at], sl[at], rules, limit),
        bars["close"].to_numpy(),
        zone[at] + rules.tolerance,
        params,
    )
    if fired.side is not None:
        found = found.with_columns(pl.Series("side", fired.side[known & early].astype(np.float64)))
    n_closing = int(np.count_nonzero(known & ~early)) if params.triple_barrier.session_exit_minutes else None
    trend = params.trend.max_bars - 1 if params.method == "trend_scanning" else 0
    latest = np.maximum(latest_ends(at, rules, limit), at + trend)
    n_unknown, n_censored = int(np.count_nonzero(~known)), int(np.count_nonzero(latest >= bars.height))
    dropped = Dropped(bars.height, fired.ordinals.size, n_unknown, n_censored, n_closing)
    return found.with_columns(latest_ordinal=latest), dropped


def _distances(bars: pl.DataFrame, params: LabelParams, tick_size: float) -> tuple[Floats, Floats, Floats]:
    """Return the distances of profit and stop barrier, and the move up to which the label of a fixed horizon is 0."""
    none = np.zeros(bars.height)
    if params.method != "fixed_horizon":
        return *widths(bars, params.triple_barrier, tick_size), none
    zone = params.dead_zone * unit(bars, params.triple_barrier, tick_size) if params.dead_zone else none
    return none + np.inf, none + np.inf, zone


def _weights(bars: pl.DataFrame, every: pl.DataFrame, scheme: str) -> dict[str, pl.Series]:
    """Return the average uniqueness of every event that is not censored, and its own weight; others only overlap."""
    starts, ends, latest = (every[name].to_numpy() for name in ("ordinal", "end_ordinal", "latest_ordinal"))
    count = concurrency(starts, np.where(ends >= 0, ends, bars.height - 1), bars.height)
    spans = starts[latest < bars.height], ends[latest < bars.height]
    columns = {"weight": pl.Series(average_uniqueness(*spans, count))}
    if scheme == "return":
        columns[OWN_WEIGHT] = pl.Series(return_attribution(*spans, count, bars["close"].to_numpy()))
    if scheme == "equal":
        columns[OWN_WEIGHT] = pl.Series(np.ones(spans[0].size))
    return columns


def _table(bars: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """Return events as table LABELS."""
    at, ended = bars[found["ordinal"].to_numpy()], bars["closed_at"].gather(found["end_ordinal"])
    columns = found.with_columns(
        at["symbol"],
        at["closed_at"].alias("t0"),
        ended.alias("t1"),
        at["close"].alias("price"),
        at["spread_mean"].alias("spread"),
        *(_exit(f"{name}_reason").alias(f"{name}_exit") for name, _ in SIDES),
    )
    return columns.select(*LABELS.columns, *(name for name in _OWN if name in columns.columns))


def _exit(reason: str) -> pl.Expr:
    return pl.col(reason).replace_strict(dict(enumerate(EXITS.categories)), return_dtype=EXITS)
