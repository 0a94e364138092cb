"""Calibration: from a model's score to a probability that can be weighed against costs; never decreasing."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, Protocol

import numpy as np

from assay.errors import FitError
from assay.learn.logistic import logistic
from assay.stats.elementary import exp, log
from assay.types import Flags, Floats

MIN_ROWS = 10
_EDGE = 1e-6


class Calibrator(Protocol):
    """A curve from score to probability."""

    def apply(self, p: Floats) -> Floats:
        """Return the calibrated probability of each score, shape (n,)."""
        ...

    def to_json(self) -> dict[str, Any]:
        """Return the curve as plain values."""
        ...


@dataclass(frozen=True)
class Identity:
    """No calibration: the score is taken at its word."""

    def apply(self, p: Floats) -> Floats:
        """Return the scores."""
        return p

    def to_json(self) -> dict[str, Any]:
        """Return the name."""
        return {"method": "none"}


@dataclass(frozen=True)
class Platt:
    """A logistic curve over the log-odds of the score: ``1 / (1 + exp(-(slope log(p / (1 - p)) + intercept)))``.

    ``floored`` tells that the slope came out negative and was set to 0, so that one probability is said of all.
    """

    slope: float
    intercept: float
    floored: bool

    def apply(self, p: Floats) -> Floats:
        """Return the calibrated probability of each score."""
        return 1.0 / (1.0 + exp(-(self.slope * log_odds(p) + self.intercept)))

    def to_json(self) -> dict[str, Any]:
        """Return the name and both numbers."""
        return {"method": "platt", **asdict(self)}


@dataclass(frozen=True)
class Isotonic:
    """A non-decreasing curve through knots, straight between them and flat outside."""

    scores: tuple[float, ...]
    probabilities: tuple[float, ...]

    def apply(self, p: Floats) -> Floats:
        """Return the calibrated probability of each score."""
        return np.interp(p, np.array(self.scores), np.array(self.probabilities))

    def to_json(self) -> dict[str, Any]:
        """Return the name and the knots."""
        return {"method": "isotonic", "scores": list(self.scores), "probabilities": list(self.probabilities)}


def fit(p: Floats, win: Flags, weight: Floats, method: Literal["platt", "isotonic", "none"]) -> Calibrator:
    """Fit a curve on rows that neither the model nor the threshold has seen.

    Parameters
    ----------
    p
        Scores in [0, 1], shape (n,).
    win
        What happened, shape (n,).
    weight
        How many independent events each counts for, in (0, 1], shape (n,): its average uniqueness.
    method
        ``platt`` (Platt 1999), ``isotonic`` (Zadrozny and Elkan 2002) or ``none``.

    Raises
    ------
    FitError
        If there are fewer than 10 rows.
    """
    if p.size < MIN_ROWS:
        remedy = "make more events, ask for fewer splits, or raise models.meta.calibration_fraction"
        raise FitError("calibration", f"needs {MIN_ROWS} events or more", p.size, remedy)
    if method == "none":
        return Identity()
    return platt(p, win, weight) if method == "platt" else isotonic(p, win, weight)


def platt(p: Floats, win: Flags, weight: Floats) -> Platt:
    """Fit a logistic curve by Newton's method.

    Notes
    -----
    Platt (1999), section 2.2, with his targets ``(n1 + 1) / (n1 + 2)`` and ``1 / (n0 + 2)``; Newton with backtracking
    as in Lin, Lin and Weng (2007). Three deviations: the score is the log-odds of ``p``, so that a model that is right
    already is left alone; events count by their weight, in the sum and in ``n1`` and ``n0``, so that overlapping labels
    do not pass for evidence; and a negative slope, which would turn the model round, becomes 0.
    """
    n_wins, n_losses = float(weight[win].sum()), float(weight[~win].sum())
    target = np.where(win, (n_wins + 1) / (n_wins + 2), 1 / (n_losses + 2))
    slope, intercept = logistic(log_odds(p), target, weight)
    if slope >= 0:
        return Platt(slope, intercept, floored=False)
    mean = float((weight * target).sum() / weight.sum())
    return Platt(0.0, math.log(mean / (1 - mean)), floored=True)


def isotonic(p: Floats, win: Flags, weight: Floats) -> Isotonic:
    """Fit the non-decreasing curve of weighted least squares; equal scores share one value."""
    from sklearn.isotonic import IsotonicRegression  # noqa: PLC0415 - a second of import, for this method only

    curve = IsotonicRegression(out_of_bounds="clip").fit(p, win.astype(np.float64), weight)
    return Isotonic(tuple(curve.X_thresholds_.tolist()), tuple(curve.y_thresholds_.tolist()))


def from_json(content: Mapping[str, Any]) -> Calibrator:
    """Return the calibrator that ``to_json`` wrote, bit for bit."""
    if content["method"] == "platt":
        return Platt(content["slope"], content["intercept"], content["floored"])
    if content["method"] == "isotonic":
        return Isotonic(tuple(content["scores"]), tuple(content["probabilities"]))
    return Identity()


def log_odds(p: Floats) -> Floats:
    """Return ``log(p / (1 - p))``, with ``p`` held inside [1e-6, 1 - 1e-6]."""
    inside = np.minimum(np.maximum(p, _EDGE), 1 - _EDGE)
    return log(inside / (1 - inside))
