"""What there is to report of labels: counts, exits, ties, widths, overlap."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import polars as pl

from assay.labels.barriers import BOTH
from assay.tables.labels import EXITS
from assay.types import Floats

_LEVELS = (0.1, 0.5, 0.9)


@dataclass(frozen=True)
class Dropped:
    """How many bars and events there were, and how many events each rule dropped."""

    n_bars: int
    n_events: int
    n_without_volatility: int
    n_censored: int
    n_session_closing: int | None = None

    def to_json(self) -> dict[str, int]:
        """Return the counts; that of a rule which is switched off is left out."""
        return {name: number for name, number in asdict(self).items() if number is not None}

    def __str__(self) -> str:
        return ", ".join(f"{name} {number}" for name, number in self.to_json().items())


def summary(labels: pl.DataFrame, dropped: Dropped, tick_size: float) -> dict[str, Any]:
    """Return the content of ``reports/labels.json``.

    Parameters
    ----------
    labels
        Table LABELS, n rows, one or more.
    dropped
        What came before it.
    tick_size
        Unit of the widths, quote currency.

    Notes
    -----
    ``n_effective`` is the sum of the average uniqueness: as many labels that do not overlap tell as much. ``ties`` are
    trades that found both barriers inside one bar; their order is unknown, so the mean result of all trades is given
    with the stop first, as the labels have it, and with the profit first, as no one can count on.
    """
    uniqueness = labels["weight"].to_numpy()
    held = (labels["end_ordinal"] - labels["ordinal"]).to_numpy().astype(np.float64)
    return {
        **dropped.to_json(),
        "n_labels": labels.height,
        "labels": {str(value): int((labels["label"] == value).sum()) for value in (1, 0, -1)},
        "exits": {side: _counts(labels[f"{side}_exit"]) for side in ("long", "short")},
        "ties": {side: _ties(labels, side) for side in ("long", "short")},
        "holding_bars": distribution(held),
        "width_ticks": {name: distribution(labels[name].to_numpy() / tick_size) for name in ("tp", "sl")},
        "mean_uniqueness": float(np.mean(uniqueness)),
        "n_effective": float(np.sum(uniqueness)),
        "overlapping_share": _overlapping(labels),
    }


def _counts(exits: pl.Series) -> dict[str, int]:
    return {name: int((exits == name).sum()) for name in EXITS.categories}


def _ties(labels: pl.DataFrame, side: str) -> dict[str, float]:
    """Return the number of ties of a side and the mean gross return of all its trades under both orders."""
    tied = (labels[f"{side}_exit"] == EXITS.categories[BOTH]).to_numpy()
    stop_first = labels[f"{side}_return"].to_numpy()
    profit_first = np.where(tied, labels["tp"].to_numpy() / labels["entry"].to_numpy(), stop_first)
    return {
        "n": int(np.count_nonzero(tied)),
        "mean_return_stop_first": float(np.mean(stop_first)),
        "mean_return_profit_first": float(np.mean(profit_first)),
    }


def distribution(values: Floats) -> dict[str, float] | None:
    """Return mean and quantiles, or None for barriers that are switched off."""
    if not np.isfinite(values).all():
        return None
    quantiles = np.quantile(values, _LEVELS).tolist()
    return {"mean": float(np.mean(values))} | {
        f"q{round(100 * level)}": q for level, q in zip(_LEVELS, quantiles, strict=True)
    }


def _overlapping(labels: pl.DataFrame) -> float:
    """Return the share of labels whose span meets the span of another one."""
    starts, ends = labels["ordinal"].to_numpy(), labels["end_ordinal"].to_numpy()
    meets = starts[1:] <= np.maximum.accumulate(ends)[:-1]
    before, after = np.append([False], meets), np.append(starts[1:] <= ends[:-1], [False])
    return float(np.mean(before | after))
