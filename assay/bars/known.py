"""From when a bar is known to be over: what another frame of bars may take of it, and when."""

from __future__ import annotations

import numpy as np
import polars as pl

from assay.bars.params import Kind
from assay.bars.periods import whole_ns
from assay.tables.table import TIME


def known(bars: pl.DataFrame, kind: Kind, threshold: float) -> pl.DataFrame:
    """Return bars with ``known_at``, the first instant at which a reader of the feed knows each, and that it is closed.

    Parameters
    ----------
    bars
        Rows of table ``BARS``.
    kind, threshold
        Their type and what fills one.

    Returns
    -------
    pl.DataFrame
        The same rows and columns, and ``known_at``, never before ``closed_at``.

    Notes
    -----
    A time bar of ticks is stamped with its last tick, yet another tick may come until its period ends: it is known
    from the end of the period. Tick, volume and dollar bars are closed by their own last tick, or by a session break,
    which only what comes after that tick shows. Either way they are known one nanosecond after that tick: other ticks
    of its instant may come before it, and a bar that ends with one of those must not know it. Each value is a function
    of its bar alone, so that no later bar changes it.
    """
    closed_ns, opened_ns = (bars.get_column(name).to_physical().to_numpy() for name in ("closed_at", "opened_at"))
    if kind == "time":
        period_ns = whole_ns(threshold)
        known_ns = np.maximum(closed_ns, (opened_ns // period_ns + 1) * period_ns)
    else:
        known_ns = closed_ns + 1
    return bars.with_columns(pl.Series("known_at", known_ns).cast(TIME))
