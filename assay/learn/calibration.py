"""Calibration: from a model's score to a probability that can be weighed against costs; never decreasing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, Protocol

import numpy as np

from assay.errors import FitError
from assay.learn.logistic import logistic
from assay.stats.elementary import exp, log
from assay.types import Flags, Floats

MIN_EVENTS = {"platt": 1.0, "isotonic": 100.0, "none": 0.0}
"""Independent events that each method needs: a logistic curve leans on the base rate where few tell, steps do not."""
_EDGE = 1e-6
_PRIOR = np.array([-1.0, 1.0])


Method = Literal["platt", "isotonic", "none"]


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

    The slope is 0 where the scores tell nothing, 1 where they are right. ``floored`` tells that it came out negative
    and was set to 0, so that one probability is said of all.
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


def fit(p: Floats, win: Flags, weight: Floats, base_rate: float, method: Method) -> Calibrator:
    """Fit a curve on rows that neither the model nor the threshold has seen.

    Parameters
    ----------
    p
        Scores in [0, 1], shape (n,).
    win
        What happened, shape (n,).
    weight
        How many independent events each counts for, in (0, 1], shape (n,): its average uniqueness.
    base_rate
        How often earlier events won, in (0, 1): what is said where these rows tell little.
    method
        ``platt`` (Platt 1999), ``isotonic`` (Zadrozny and Elkan 2002) or ``none``.

    Raises
    ------
    FitError
        If the rows are worth fewer independent events than the method needs.
    """
    if weight.sum() < MIN_EVENTS[method] or not p.size:
        remedy = "make more events, ask for fewer splits, raise models.meta.calibration_fraction or take platt"
        rule = f"{method} needs rows worth {MIN_EVENTS[method]:g} or more events that do not overlap"
        raise FitError("calibration", rule, f"{p.size} rows worth {weight.sum():.1f}", remedy)
    if method == "none":
        return Identity()
    return platt(p, win, weight, base_rate) if method == "platt" else isotonic(p, win, weight)


def platt(p: Floats, win: Flags, weight: Floats, base_rate: float) -> Platt:
    """Fit a logistic curve by Newton's method, drawn towards the base rate by two events of its own.

    Notes
    -----
    Platt (1999), section 2.2; Newton with backtracking as in Lin, Lin and Weng (2007). Four deviations. The score is
    the log-odds of ``p``, so that a model that is right already is left alone. Events count by their weight, so that
    overlapping labels do not pass for evidence. In place of Platt's targets, which hold back the level but not the
    slope, two events are added, one for each number that is fitted, at log-odds -1 and 1, that both came out at the
    base rate (the prior of Clogg, Rubin, Schenker, Schultz and Weidman 1991): with little evidence the curve is flat.
    And a negative slope, which would turn the model round, becomes 0.
    """
    score, target = np.append(log_odds(p), _PRIOR), np.append(win.astype(np.float64), [base_rate, base_rate])
    counts = np.append(weight, [1.0, 1.0])
    slope, intercept = logistic(score, target, counts)
    if slope >= 0:
        return Platt(slope, intercept, floored=False)
    level = (counts * target).sum(keepdims=True) / counts.sum()
    return Platt(0.0, float(log_odds(level)[0]), floored=True)


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
