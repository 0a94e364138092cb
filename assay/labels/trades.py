"""What a long and a short trade of every event come to."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from assay.labels.barriers import ExitRules
from assay.labels.exits import leave_all
from assay.market.costs import Costs, round_trip
from assay.market.instruments import Instrument
from assay.types import Floats, Ints

SIDES = (("long", 1), ("short", -1))


def trades(bars: pl.DataFrame, ordinals: Ints, tp: Floats, sl: Floats, rules: ExitRules, limit: Ints) -> pl.DataFrame:
    """Return the outcome of a long and of a short trade for each event; an end of -1 where there is none.

    Parameters
    ----------
    bars
        Table BARS, n rows.
    ordinals
        The deciding bars, rising, shape (k,).
    tp, sl
        Distances of the barriers, price units, shape (k,).
    rules, limit
        As in :func:`assay.labels.exits.leave_all`.

    Returns
    -------
    pl.DataFrame
        ``ordinal``, ``tp``, ``sl``, ``entry``, and of each side ``_return``, ``_end`` and ``_reason``.
    """
    open_, high, low, close = (bars[name].to_numpy() for name in ("open", "high", "low", "close"))
    entry = close if rules.at_close else np.append(open_[1:], np.nan)
    columns: dict[str, Any] = {"ordinal": ordinals, "tp": tp, "sl": sl, "entry": entry[ordinals]}
    for name, side in SIDES:
        ends, exits, reasons = leave_all(open_, high, low, close, ordinals, side, tp, sl, rules, limit)
        columns[f"{name}_return"] = side * (exits - columns["entry"]) / columns["entry"]
        columns[f"{name}_end"], columns[f"{name}_reason"] = ends, reasons
    return pl.DataFrame(columns)


def net_of(labels: pl.DataFrame, costs: Costs, instrument: Instrument) -> dict[str, pl.Series]:
    """Return the outcomes of labels after the costs of a round trip, ``long_net`` and ``short_net``.

    Costs are those that a decision can expect: at the entry price, with the spread of the bar that decides. What the
    fills cost in the end, the backtest tells.
    """
    cost = round_trip(costs, instrument, labels["entry"].to_numpy(), labels["spread"].to_numpy())
    return {f"{name}_net": labels[f"{name}_return"] - pl.Series(cost) for name, _ in SIDES}
