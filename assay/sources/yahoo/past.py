"""What an answer of Yahoo tells of the past, as traded, so that a split since then changes nothing of it."""

from __future__ import annotations

from functools import partial

import polars as pl

from assay.sources.told import Told
from assay.sources.yahoo.answer import Answer
from assay.sources.yahoo.traded import actions, as_traded, bars
from assay.tables.kinds import TABLES

PRICES = ("open", "high", "low", "close")
SHARE = 2.0**-22
"""Share of a price that its last digit may be worth, twice what single precision leaves."""
CENT = 1e-6
"""What the last digit of a dividend is worth, as served."""


def told(answer: Answer | None, interval: str, lag_ns: int) -> list[Told]:
    """Return bars and actions of an answer, both: one answer serves feeds of either kind.

    Damage is left as served, since what is put right depends on the rows around it. Served are numbers that were
    divided or multiplied by all splits since, and rounded: prices to single precision, dividends to the sixth decimal,
    volumes to whole shares. So two answers with a split between them agree to the last digit only.

    Parameters
    ----------
    answer
        What Yahoo said; None if there was nothing: it tells of no row, where another answer may tell of some.
    interval
        Length of the bars.
    lag_ns
        The publish lag.
    """
    if answer is None:
        return [Told("ohlcv", TABLES["ohlcv"].empty()), Told("actions", TABLES["actions"].empty())]
    traded = as_traded(answer.table, answer.later)
    scale = float(answer.table["split"].product()) * answer.later
    steps = _steps(traded)
    of_bars, of_actions = (
        partial(bars, interval=interval, zone=answer.zone, lag_ns=lag_ns),
        partial(actions, zone=answer.zone, lag_ns=lag_ns),
    )
    return [
        Told("ohlcv", of_bars(traded)[0], scale, of_bars(steps)[0].select(*PRICES, "volume")),
        Told("actions", of_actions(traded), scale, of_actions(steps).select("dividend")),
    ]


def _steps(traded: pl.DataFrame) -> pl.DataFrame:
    """Return what the last digit of each number of a table as traded is worth, in the same columns."""
    return traded.with_columns(
        *(pl.col(name).abs() * SHARE for name in PRICES),
        pl.when(pl.col("dividend") != 0).then(CENT * pl.col("factor")).otherwise(0.0).alias("dividend"),
        (1.0 / pl.col("factor")).alias("volume"),
    )
