"""What became of OHLCV rows: in and out of sessions, and how many each rule changed."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import polars as pl

from assay.bars import rows, sessions
from assay.market.sessions import Hours
from assay.market.zones import SECOND_NS
from assay.tables.instants import nanoseconds
from assay.types import Flags, Ints

_TOLD = {
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
        self._n_rows = self._n_inside = self._known_ns = self._lag_ns = 0
        self._rules: Counter[str] = Counter()

    def add(self, prices: pl.DataFrame, days: Ints) -> None:
        """Count the next rows, in order of time, whose session days are ``days``, shape (n,), -1 outside."""
        if "opened_at" not in prices.columns:
            return
        inside = days >= 0
        crossing = int(np.count_nonzero(sessions.crossing(prices, self._hours, days)))
        self._n_rows += days.size
        self._n_inside += int(np.count_nonzero(inside))
        self._rules.update(rows.rules(prices, inside))
        self._rules.update({"partly_outside_session_taken_whole": crossing, **self._late(prices, inside)})

    def report(self) -> dict[str, Any]:
        """Return ``{"rows": {...}}``, or nothing where there were no OHLCV rows.

        ``known_late`` counts the rows of sessions that were known only after their end, by ``longest_lag_seconds`` at
        most. ``stale_open`` counts those with trades that open before a row before them was known, be it one without
        trades, which may belong to the bar that is open: see ``assay.bars.gate``.
        """
        if not self._n_rows:
            return {}
        return {
            "rows": {
                "n_rows": self._n_rows,
                "n_rows_in_session": self._n_inside,
                "n_rows_outside_session": self._n_rows - self._n_inside,
                "longest_lag_seconds": self._lag_ns / SECOND_NS,
                "rules": dict(self._rules),
                "warnings": [f"{self._rules[rule]} {words}" for rule, words in _TOLD.items() if self._rules[rule]],
            }
        }

    def _late(self, prices: pl.DataFrame, inside: Flags) -> dict[str, int]:
        """Count the rows of sessions that were known after their end, and those that open before one before them was.

        What was known of the rows before goes on from piece to piece: the latest instant of all.
        """
        times = ("opened_at", "closed_at", "known_at")
        opened_ns, closed_ns, known_ns = (nanoseconds(prices, name)[inside] for name in times)
        latest_ns = np.maximum.accumulate(np.concatenate(([self._known_ns], known_ns)))
        lag_ns = known_ns - closed_ns
        stale = (opened_ns < latest_ns[:-1]) & (rows.n_ticks_of(prices)[inside] > 0)
        self._known_ns = int(latest_ns[-1])
        self._lag_ns = max(self._lag_ns, int(np.max(lag_ns, initial=0)))
        return {"known_late": int(np.count_nonzero(lag_ns)), "stale_open": int(np.count_nonzero(stale))}


def row_health(prices: pl.DataFrame, days: Ints, hours: Hours) -> dict[str, Any]:
    """Return the report of one frame, be its rows in order or those of one contract after the other."""
    counted = RowHealth(hours)
    if "opened_at" in prices.columns:
        order = prices.get_column("opened_at").arg_sort()
        counted.add(prices[order], days[order.to_numpy()])
    return counted.report()
