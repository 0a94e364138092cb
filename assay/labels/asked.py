"""What there is to report of labels that params ask for beyond the usual: a rule's side, trends, costs, sessions."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from assay.labels.params import TripleBarrierParams
from assay.labels.sided import given_side
from assay.labels.summary import distribution
from assay.labels.trades import SIDES


def asked(labels: pl.DataFrame) -> dict[str, Any]:
    """Return what the further columns of labels come to; nothing where there are none.

    Parameters
    ----------
    labels
        Table LABELS, one row or more.
    """
    found: dict[str, Any] = {}
    if "side" in labels.columns:
        found["rule"] = _rule(labels)
    if "t_value" in labels.columns:
        size = np.abs(labels["t_value"].to_numpy())
        found["trend"] = {"t_value": distribution(size), "bars": distribution(labels["trend_bars"].to_numpy())}
    if "long_net" in labels.columns:
        found["mean_net_return"] = {side: float(np.mean(labels[f"{side}_net"].to_numpy())) for side, _ in SIDES}
    return found


def session_ends(labels: pl.DataFrame, session: pl.Series, params: TripleBarrierParams) -> dict[str, dict[str, int]]:
    """Return of either side how many trades their session's end cut short, and how many the next session filled out.

    Parameters
    ----------
    labels
        Table LABELS.
    session
        Trading day of every bar.
    params
        Horizon and entry of the trades.

    Notes
    -----
    A trade is filled out in a later session where the bar that leaves it is the last one of its own.
    """
    later = 0 if params.entry == "close" else 1
    return {side: _cut(labels, side, session, params.max_horizon_bars + later) for side, _ in SIDES}


def _cut(labels: pl.DataFrame, side: str, session: pl.Series, longest: int) -> dict[str, int]:
    held = labels[f"{side}_end"] - labels["ordinal"]
    cut = (labels[f"{side}_exit"] == "vertical") & (held < longest)
    overnight = session.gather(labels[f"{side}_end"]) != session.gather(labels["ordinal"])
    return {"n_cut_short": int(cut.sum()), "n_filled_in_next_session": int(overnight.sum())}


def _rule(labels: pl.DataFrame) -> dict[str, float | int]:
    """Return how often the rule's own side was right, and what it earned."""
    taken = given_side(labels, labels["side"].cast(pl.Int8).to_numpy())
    means = {
        f"mean_{name}_return": float(np.mean(taken[name].to_numpy()))
        for name in taken.columns
        if name in {"gross", "net"}
    }
    return {"n_long": int((labels["side"] > 0).sum()), "win_rate": float(np.mean(taken["meta"].to_numpy())), **means}
