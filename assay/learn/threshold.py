"""The threshold: how sure one must be for a trade to be worth its costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from assay.errors import FitError
from assay.types import Flags, Floats


@dataclass(frozen=True)
class Threshold:
    """What a win and a loss come to, in units of their barrier.

    Parameters
    ----------
    win
        Mean gross gain of the winners, as a multiple of the distance of the profit barrier.
    loss
        Mean gross loss of the others, as a multiple of the distance of the stop.
    effective_wins, effective_losses
        How many independent events tell: sums of their weights.
    """

    win: float
    loss: float
    effective_wins: float
    effective_losses: float

    def cut(self, tp: Floats, sl: Floats, price: Floats, cost: Floats) -> Floats:
        """Return the smallest probability of winning at which a trade is worth its costs, shape (n,).

        Parameters
        ----------
        tp, sl
            Distances of the barriers, price units; inf if there is none.
        price
            Price at the decision: the unit where there is neither barrier.
        cost
            Whole cost of entering and leaving, price units.
        """
        profit, stop = units(tp, sl, price)
        return break_even(self.win * profit, self.loss * stop, cost)

    def to_json(self) -> dict[str, Any]:
        """Return the numbers."""
        return asdict(self)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Threshold:
        """Return what :meth:`to_json` wrote."""
        return cls(**content)


def break_even(gain: Floats, loss: Floats, cost: Floats) -> Floats:
    """Return ``(loss + cost) / (gain + loss)``, where ``p gain - (1 - p) loss = cost``; above 1 nothing is worth it."""
    return (loss + cost) / (gain + loss)


def fit(gross: Floats, tp: Floats, sl: Floats, price: Floats, weight: Floats) -> Threshold:
    """Size wins and losses on events that neither the model nor the calibration has seen.

    Parameters
    ----------
    gross
        Gross outcome of the chosen side, price units, shape (n,); a win is above 0.
    tp, sl, price
        As in :meth:`Threshold.cut`.
    weight
        How many independent events each counts for, in (0, 1], shape (n,).

    Raises
    ------
    FitError
        If there are no events, or none has a barrier and no price moved.

    Notes
    -----
    Means are weighted, and one more win and one more loss at their barriers are counted: where few events tell, the
    barriers do. Without barriers these two are of the size of all outcomes, wins and losses alike: what is known of
    either before it is seen.
    """
    if not gross.size:
        remedy = "make more events, ask for fewer splits, or raise models.meta.threshold_fraction"
        raise FitError("threshold", "needs events", 0, remedy)
    profit, stop = units(tp, sl, price)
    won = gross > 0
    expected = 1.0 if np.isfinite(np.minimum(tp, sl)).all() else _typical(gross / price, weight)
    win, loss = _size(gross / profit, weight, won, expected), _size(-gross / stop, weight, ~won, expected)
    return Threshold(win, loss, float(weight[won].sum()), float(weight[~won].sum()))


def units(tp: Floats, sl: Floats, price: Floats) -> tuple[Floats, Floats]:
    """Return the distances that wins and losses are measured in: a missing barrier takes the other's, or the price."""
    either = np.where(np.isfinite(tp), tp, np.where(np.isfinite(sl), sl, price))
    return either, np.where(np.isfinite(sl), sl, either)


def _typical(fraction: Floats, weight: Floats) -> float:
    """Return the mean size of outcomes, as a fraction of the price."""
    size = float((weight * np.abs(fraction)).sum() / weight.sum())
    if size == 0:
        remedy = "take a wider range, or labels with barriers"
        raise FitError("threshold", "needs prices that move where there are no barriers", "outcomes of 0 only", remedy)
    return size


def _size(multiple: Floats, weight: Floats, of: Flags, expected: float) -> float:
    return float(((weight * multiple)[of].sum() + expected) / (weight[of].sum() + 1.0))
