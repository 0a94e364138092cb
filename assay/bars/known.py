"""From when a bar is known to be over: what another frame of bars may take of it, and when."""

from __future__ import annotations

import numpy as np
import polars as pl

from assay.bars.clock import period_end
from assay.bars.params import Kind
from assay.bars.periods import whole_ns
from assay.market.session_ends import ends
from assay.market.sessions import Hours
from assay.tables.instants import nanoseconds
from assay.tables.table import TIME


def known(bars: pl.DataFrame, kind: Kind, threshold: float, hours: Hours) -> pl.DataFrame:
    """Return bars with ``known_at``, the first instant at which a reader of the feed knows each, and that it is closed.

    Parameters
    ----------
    bars
        Rows of table ``BARS``.
    kind, threshold
        Their type and what fills one.
    hours
        The hours of their market, as they were built by.

    Returns
    -------
    pl.DataFrame
        The same rows and columns, and ``known_at``, never before ``closed_at``.

    Notes
    -----
    Until its period or its session ends another tick may come for a time bar: it is known from the earlier of the two.
    That is so of its prices and sums; whether it is ``partial`` shows only with what comes after. Of the other types a
    bar that its own last tick has filled is known one nanosecond after that tick: other ticks of its instant may come
    before it, and a bar that ends with one of those must not know it. One that is ``partial`` was never filled: that
    nothing more comes for it shows when its session ends by the calendar. Each value is a function of its bar and the
    calendar alone, so that no later bar changes it.

    Of OHLCV rows with a publish lag, a bar whose last rows are absent is taken as known up to that lag too early: those
    rows could still come for as long, but bars do not tell the lag.

    A feed has the same bars at the same instants by :meth:`assay.bars.builder.BarBuilder.until`.
    """
    closed_ns, opened_ns = (nanoseconds(bars, name) for name in ("closed_at", "opened_at"))
    over_ns = ends(bars.get_column("session").to_physical().to_numpy().astype(np.int64), hours)
    if kind == "time":
        known_ns = np.maximum(closed_ns, np.minimum(period_end(opened_ns, whole_ns(threshold)), over_ns))
    else:
        known_ns = np.where(bars.get_column("partial").to_numpy(), np.maximum(closed_ns + 1, over_ns), closed_ns + 1)
    return bars.with_columns(pl.Series("known_at", known_ns).cast(TIME))
