"""From bars to labels: events, barriers, the outcome for either side, weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from assay.errors import DataError
from assay.labels.barriers import SL, TP, VERTICAL, ExitRules, exit_rules, leave_all
from assay.labels.events import events
from assay.labels.params import LabelParams
from assay.labels.summary import Dropped, summary
from assay.labels.weights import average_uniqueness, concurrency
from assay.labels.widths import widths
from assay.market.instruments import Instrument
from assay.tables.labels import EXITS, LABELS
from assay.types import Floats, Ints

_SIDES = (("long", 1), ("short", -1))


def build(bars: pl.DataFrame, params: LabelParams, instrument: Instrument) -> tuple[pl.DataFrame, dict[str, Any]]:
    """Return the labels of one market, and what there is to report of them.

    Parameters
    ----------
    bars
        Table BARS, n rows.
    params
        The ``labels`` block.
    instrument
        Its tick size turns distances into ticks.

    Returns
    -------
    tuple[pl.DataFrame, dict[str, Any]]
        Table LABELS, and the content of ``reports/labels.json``.

    Raises
    ------
    DataError
        If no event is left.

    Notes
    -----
    Two rules drop events, both counted: ``without_volatility`` (its barriers are not known yet) and ``censored`` (the
    outcome of one of the sides is not decided inside the data). Censored events still count in the concurrency, up to
    the last bar, so that the weight of a label does not change when data are added after its span (AFML Snippet 4.1
    keeps open events for the same reason).

    The direction label is that of a long trade: +1 if its profit barrier ends it, -1 if its stop does, at the vertical
    barrier the sign of its result or 0. Where both barriers lie inside one bar it is 0: a long and a short trade both
    count as stopped there, so neither direction was worth taking.
    """
    barriers = params.triple_barrier
    fired = events(bars["close"].to_numpy(), params.events)
    tp, sl = widths(bars, barriers, instrument.tick_size)
    known = fired[~np.isnan(tp + sl)[fired]]
    trades = _trades(bars, known, tp[known], sl[known], exit_rules(barriers, instrument.tick_size))
    decided = trades.filter(pl.min_horizontal("long_end", "short_end") >= 0)
    dropped = Dropped(bars.height, fired.size, fired.size - known.size, known.size - decided.height)
    if decided.is_empty():
        raise DataError(
            "labels",
            "needs an event whose outcome is decided inside the data",
            dropped,
            "take more bars, or a lower horizon, volatility window or CUSUM threshold",
        )
    unique = _uniqueness(trades, bars.height)
    weight = unique if params.weights.scheme == "uniqueness" else np.ones(unique.size)
    labels = _table(bars, decided, barriers.vertical, weight)
    return labels, summary(labels, unique, dropped, instrument.tick_size)


def _trades(bars: pl.DataFrame, ordinals: Ints, tp: Floats, sl: Floats, rules: ExitRules) -> pl.DataFrame:
    """Return the outcome of a long and of a short trade for each event; an end of -1 where there is none."""
    open_, high, low, close = (bars[name].to_numpy() for name in ("open", "high", "low", "close"))
    entry = close if rules.at_close else np.append(open_[1:], np.nan)
    columns: dict[str, Any] = {"ordinal": ordinals, "tp": tp, "sl": sl, "entry": entry[ordinals]}
    for name, side in _SIDES:
        ends, exits, reasons = leave_all(open_, high, low, close, ordinals, side, tp, sl, rules)
        columns[f"{name}_return"] = side * (exits - columns["entry"]) / columns["entry"]
        columns[f"{name}_end"], columns[f"{name}_reason"] = ends, reasons
    return pl.DataFrame(columns)


def _uniqueness(trades: pl.DataFrame, n_bars: int) -> Floats:
    """Return the average uniqueness of every decided event; the others count in the concurrency only."""
    starts, long_end, short_end = (trades[name].to_numpy() for name in ("ordinal", "long_end", "short_end"))
    decided = np.minimum(long_end, short_end) >= 0
    ends = np.where(decided, np.maximum(long_end, short_end), n_bars - 1)
    return average_uniqueness(starts[decided], ends[decided], concurrency(starts, ends, n_bars))


def _table(bars: pl.DataFrame, trades: pl.DataFrame, vertical: str, weight: Floats) -> pl.DataFrame:
    """Return the trades as table LABELS."""
    at, end = bars[trades["ordinal"].to_numpy()], pl.max_horizontal("long_end", "short_end")
    columns = trades.with_columns(
        at["symbol"],
        at["closed_at"].alias("t0"),
        at["close"].alias("price"),
        at["spread_mean"].alias("spread"),
        pl.Series("weight", weight),
        end.alias("end_ordinal"),
        _label(vertical).alias("label"),
        *(_exit(f"{name}_reason").alias(f"{name}_exit") for name, _ in _SIDES),
    )
    ended = bars["closed_at"].gather(columns["end_ordinal"])
    return columns.with_columns(ended.alias("t1")).select(*LABELS.columns)


def _label(vertical: str) -> pl.Expr:
    reason = pl.col("long_reason")
    timed = pl.col("long_return").sign() if vertical == "sign" else pl.lit(0.0)
    barrier = pl.when(reason == TP).then(1.0).when(reason == SL).then(-1.0)
    return barrier.when(reason == VERTICAL).then(timed).otherwise(0.0).cast(pl.Int8)


def _exit(reason: str) -> pl.Expr:
    return pl.col(reason).replace_strict(dict(enumerate(EXITS.categories)), return_dtype=EXITS)
