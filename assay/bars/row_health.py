"""What became of OHLCV rows: in and out of sessions, and how many each rule changed."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import polars as pl

from assay.bars import rows, sessions
from assay.market.sessions import Hours
from assay.market.zones import SECOND_NS
from assay.types import Ints

_TOLD = {
    "known_late": "rows were known up to {longest_s:g} s after their end: fills at the next open are as early",
    "value_is_not_price_times_volume": "rows have a value that is not price times volume: vwap is no price",
}


class RowHealth:
    """Running counts of OHLCV rows, by rule; of quotes and trades there is nothing to tell.

    Parameters
    ----------
    hours
        The hours of the market.
    """

    def __init__(self, hours: Hours) -> None:
        self._hours = hours
        self._n_rows = self._n_inside = 0
        self._longest_s = 0.0
        self._rules: Counter[str] = Counter()

    def add(self, prices: pl.DataFrame, days: Ints) -> None:
        """Count the next rows, whose session days are ``days``, shape (n,), -1 outside."""
        if "opened_at" not in prices.columns:
            return
        inside = days >= 0
        late = prices.select((pl.col("known_at") - pl.col("closed_at")).to_physical()).to_series().to_numpy()[inside]
        crossing = int(np.count_nonzero(sessions.crossing(prices, self._hours, days)))
        self._n_rows += days.size
        self._n_inside += int(np.count_nonzero(inside))
        self._longest_s = max(self._longest_s, float(np.max(late, initial=0)) / SECOND_NS)
        self._rules.update(rows.rules(prices, inside))
        self._rules.update({"partly_outside_session_taken_whole": crossing, "known_late": int(np.count_nonzero(late))})

    def report(self) -> dict[str, Any]:
        """Return ``{"rows": {...}}``, or nothing where there were no OHLCV rows.

        ``known_late`` is the number of rows known only after their end: their bars exist from then on, but the next
        bar's open is of the time before.
        """
        if not self._n_rows:
            return {}
        told = [(self._rules[rule], words.format(longest_s=self._longest_s)) for rule, words in _TOLD.items()]
        return {
            "rows": {
                "n_rows": self._n_rows,
                "n_rows_in_session": self._n_inside,
                "n_rows_outside_session": self._n_rows - self._n_inside,
                "rules": dict(self._rules),
                "warnings": [f"{n} {words}" for n, words in told if n],
            }
        }


def row_health(prices: pl.DataFrame, days: Ints, hours: Hours) -> dict[str, Any]:
    """Return the report of one frame: see :class:`RowHealth`."""
    counted = RowHealth(hours)
    counted.add(prices, days)
    return counted.report()
