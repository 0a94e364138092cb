"""Columns that know the future: a vendor's column that goes with what the next row will bring."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from assay.types import Floats, Ints

THRESHOLD, MARGIN, COPY = 0.5, 0.2, 0.95
MOST_ROWS, LEAST_ROWS = 1_000_000, 100


@dataclass(frozen=True)
class Finding:
    """A column that knows the next move of its partner.

    ``correlation`` is with the partner's next change, ``past`` with its last one, ``honest`` that of the row's own
    price move with the next change. ``of`` says what of the column knows it: its value, or its change.
    """

    column: str
    partner: str
    of: str
    correlation: float
    past: float
    honest: float


def findings(
    frame: pl.DataFrame,
    threshold: float = THRESHOLD,
    margin: float = MARGIN,
    prices: tuple[str, str] = ("open", "close"),
) -> list[Finding]:
    """Return the columns that know the future, with the partner of which they know most.

    Parameters
    ----------
    frame
        Numeric columns, rows in order of time and one step apart. The first million rows are looked at.
    threshold
        Rank correlation with the partner's next change that no honest column has.
    margin
        By how much it must exceed the one with the partner's last change, and that of the row's own price move.
    prices
        Columns of the first and the last price of a row, which are trusted; without effect where they are missing.

    Returns
    -------
    list[Finding]
        One per column, in the order of the frame.

    Notes
    -----
    For every ordered pair of columns: Spearman's correlation of ``x[t]`` with ``y[t+1] - y[t]``. Two honest causes of a
    high one are ruled out. Noise about a level: the next change undoes what is high now, but then the last change
    correlates as much, with the other sign. And a partner that describes the beginning of its row, such as the open or
    a snapshot: what changes it next lies in the row already, but then the row's own price move, close less open,
    correlates as well. A column that is another one shifted has no correlation of its level with changes: of changes
    ``x[t] - x[t-1]`` with ``y[t+1] - y[t]`` only near identity (0.95) counts. Missing values get the middle rank. All
    sums are of whole numbers, hence exact.
    """
    table = frame.head(MOST_ROWS).select(
        pl.col(name).cast(pl.Float64) for name, dtype in frame.schema.items() if dtype.is_numeric()
    )
    if table.height < LEAST_ROWS:
        return []
    values = {name: table[name].fill_null(float("nan")).to_numpy() for name in table.columns}
    steps = {name: np.diff(value) for name, value in values.items()}
    ranks = {"value": {name: _ranks(value[1:-1]) for name, value in values.items()}}
    ranks["change"] = {name: _ranks(step[:-1]) for name, step in steps.items()}
    own = _own_move(values, prices)
    found: dict[str, Finding] = {}
    for partner, step in steps.items():
        following, past = _ranks(step[1:]), ranks["change"][partner]
        honest = _correlation(own, following)
        for of, least in (("value", threshold), ("change", max(threshold, COPY))):
            for one in _suspects(ranks[of], partner, following, least):
                back = _correlation(ranks[of][one], past)
                finding = Finding(one, partner, of, _correlation(ranks[of][one], following), back, honest)
                _keep(found, finding, margin)
    return [found[name] for name in values if name in found]


def _suspects(ranks: Mapping[str, Ints], partner: str, following: Ints, least: float) -> list[str]:
    return [name for name, rank in ranks.items() if name != partner and abs(_correlation(rank, following)) >= least]


def _keep(found: dict[str, Finding], one: Finding, margin: float) -> None:
    """Keep a finding that has no honest cause, if it is the column's clearest."""
    explained = max(abs(one.past), abs(one.honest)) + margin
    best = found.get(one.column)
    if abs(one.correlation) > explained and (best is None or abs(one.correlation) > abs(best.correlation)):
        found[one.column] = one


def _own_move(values: Mapping[str, Floats], prices: tuple[str, str]) -> Ints:
    """Return the ranks of each row's own price move; all 0 if there are no prices."""
    first, last = prices
    if first in values and last in values:
        return _ranks((values[last] - values[first])[1:-1])
    return np.zeros(next(iter(values.values())).size - 2, np.int64)


def _ranks(x: Floats) -> Ints:
    """Return twice the mean ranks, less their centre: whole numbers that add up to 0; 0 where there is no value."""
    out = np.zeros(x.size, np.int64)
    known = np.flatnonzero(np.isfinite(x))
    _, place, counts = np.unique(x[known], return_inverse=True, return_counts=True)
    below = np.cumsum(counts) - counts
    out[known] = (2 * below + counts - known.size)[place]
    return out


def _correlation(x: Ints, y: Ints) -> float:
    spread = int((x * x).sum()) * int((y * y).sum())
    return int((x * y).sum()) / math.sqrt(spread) if spread else 0.0
