"""The threshold: how sure one must be for a trade to be worth its costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from assay.errors import FitError
from assay.types import Floats

MIN_ROWS = 10


@dataclass(frozen=True)
class Threshold:
    """What a win and a loss come to, in units of their barrier.

    Parameters
    ----------
    win
        Mean gross gain of the winners, as a multiple of the distance of the profit barrier.
    loss
        Mean gross loss of the others, as a multiple of the distance of the stop.
    n_wins, n_losses
        How many trades tell; where there is none, the barrier itself is taken (a multiple of 1).
    """

    win: float
    loss: float
    n_wins: int
    n_losses: int

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


def fit(gross: Floats, tp: Floats, sl: Floats, price: Floats) -> Threshold:
    """Size wins and losses on events that neither the model nor the calibration has seen.

    Parameters
    ----------
    gross
        Gross outcome of the chosen side, price units, shape (n,); a win is above 0.
    tp, sl, price
        As in :meth:`Threshold.cut`.

    Raises
    ------
    FitError
        If there are fewer than 10 events.
    """
    if gross.size < MIN_ROWS:
        remedy = "make more events, ask for fewer splits, or raise models.meta.threshold_fraction"
        raise FitError("threshold", f"needs {MIN_ROWS} events or more", gross.size, remedy)
    profit, stop = units(tp, sl, price)
    won = gross > 0
    wins, losses = (gross / profit)[won], (-gross / stop)[~won]
    return Threshold(_mean(wins), _mean(losses), wins.size, losses.size)


def units(tp: Floats, sl: Floats, price: Floats) -> tuple[Floats, Floats]:
    """Return the distances that wins and losses are measured in: a missing barrier takes the other's, or the price."""
    either = np.where(np.isfinite(tp), tp, np.where(np.isfinite(sl), sl, price))
    return either, np.where(np.isfinite(sl), sl, either)


def _mean(x: Floats) -> float:
    return float(x.mean()) if x.size else 1.0
