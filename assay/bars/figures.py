"""What a rule of the roll looks at: a figure of each contract as it was known when a session ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import polars as pl

from assay.errors import DataError
from assay.market.rolls import RollRule
from assay.tables.instants import nanoseconds
from assay.types import Floats, Ints

_LATEST = np.iinfo(np.int64).max


class Sessions(NamedTuple):
    """Sessions in which any contract has a row, rising: their days, and the first instant of each, ns."""

    days: Ints
    begins_ns: Ints


def figures(
    prices: Mapping[str, pl.DataFrame],
    days: Mapping[str, Ints],
    interest: Mapping[str, pl.DataFrame],
    rule: RollRule,
) -> pl.DataFrame:
    """Return the figure of each contract in each session, as ``assay.market.rolls.front`` takes it.

    Parameters
    ----------
    prices
        Rows of each contract.
    days
        Session day of each row, shape (n,), -1 outside.
    interest
        Open interest of each contract (table ``OPEN_INTEREST``), for that rule only.
    rule
        The rule of the roll.

    Returns
    -------
    pl.DataFrame
        ``contract``, ``session`` (Int64) and, for the rules that look at one, the figure by the rule's name.

    Raises
    ------
    DataError
        If the rule looks at volume and there are only quotes.

    Notes
    -----
    The contract of a session is chosen at its first instant. Volume counts in its own session, or, where a row was
    known only after the next one had begun, in the last session that began before. Open interest of a session is the
    last one known before the first instant of the next session; 0 before the first.
    """
    sessions = _sessions(prices, days)
    found = []
    for name, rows in prices.items():
        columns = {"contract": [name] * sessions.days.size, "session": sessions.days}
        if rule == "volume":
            columns["volume"] = _volume(rows, days[name], sessions)
        elif rule == "open_interest":
            columns["open_interest"] = _interest(interest[name], sessions)
        found.append(pl.DataFrame(columns, schema_overrides={"session": pl.Int64}))
    return pl.concat(found)


def _sessions(prices: Mapping[str, pl.DataFrame], days: Mapping[str, Ints]) -> Sessions:
    every = np.concatenate([days[name] for name in prices])
    first_ns = np.concatenate([_ns(rows, "opened_at", "time") for rows in prices.values()])
    found, place = np.unique(every[every >= 0], return_inverse=True)
    begins_ns = np.full(found.size, _LATEST)
    np.minimum.at(begins_ns, place, first_ns[every >= 0])
    return Sessions(found, begins_ns)


def _volume(rows: pl.DataFrame, days: Ints, sessions: Sessions) -> Floats:
    name = next((name for name in ("volume", "size") if name in rows.columns), None)
    if name is None:
        remedy = "set it to days_before_expiry or open_interest"
        raise DataError("bars.roll.rule", "volume needs trades or OHLCV", "quotes", remedy)
    inside = days >= 0
    own = np.searchsorted(sessions.days, days[inside])
    begun = np.searchsorted(sessions.begins_ns, _ns(rows, "known_at", "time")[inside], side="left") - 1
    weights = rows.get_column(name).to_numpy()[inside]
    volume = np.bincount(np.maximum(own, begun), weights=weights, minlength=sessions.days.size)
    return volume.astype(np.float64)


def _interest(interest: pl.DataFrame, sessions: Sessions) -> Floats:
    ordered = interest.sort("known_at", "time", maintain_order=True)
    ends_ns = np.append(sessions.begins_ns[1:], _LATEST)
    last = np.searchsorted(_ns(ordered, "known_at"), ends_ns, side="left")
    return np.append(0.0, ordered.get_column("open_interest").to_numpy())[last]


def _ns(frame: pl.DataFrame, *names: str) -> Ints:
    """Return the first of these columns that there is, ns since 1970-01-01 UTC."""
    name = next(name for name in names if name in frame.columns)
    return nanoseconds(frame, name)
