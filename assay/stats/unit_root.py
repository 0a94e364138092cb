"""Unit roots: whether a series comes back to its mean, or wanders as a random walk does."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from assay.types import Floats

SURFACE = (-2.86154, -2.8903, -4.234, -40.040)
"""5 % point of the test with a constant: its limit, and the factors of 1 / n, its square, its cube (MacKinnon 2010)."""
_N_COEFFICIENTS = 3


class DickeyFuller(NamedTuple):
    """The augmented Dickey-Fuller test of one series.

    Parameters
    ----------
    statistic
        t-ratio of the level; NaN where there is none.
    n_rows
        Rows of the regression.
    """

    statistic: float
    n_rows: int

    @property
    def critical(self) -> float:
        """The 5 % point for that many rows; NaN if there is none."""
        limit, first, second, third = SURFACE
        n = self.n_rows
        return limit + (first + (second + third / n) / n) / n if n else math.nan

    @property
    def stationary(self) -> bool:
        """Whether a unit root is rejected at 5 %; False where there is no statistic."""
        return self.statistic < self.critical


def dickey_fuller(x: Floats) -> DickeyFuller:
    """Test a series for a unit root: with a constant and one lag.

    Parameters
    ----------
    x
        Values in order, shape (n,). A row of the regression needs three finite values one after the other: rows without
        are left out, so a NaN between two stretches keeps them apart.

    Returns
    -------
    DickeyFuller
        The statistic is NaN if there are 3 rows or fewer, if the changes are all equal, as those of a constant are, or
        if the level adds nothing to them or the fit is exact.

    Notes
    -----
    The t-ratio of b in ``x_t - x_(t-1) = a + b x_(t-1) + c (x_(t-1) - x_(t-2)) + e_t`` (Said, Dickey 1984), by least
    squares: what the constant and the lag tell is taken out first (Frisch, Waugh 1933). The lags are fixed at one, not
    chosen by a criterion, so that all series are tested alike.
    """
    whole = np.isfinite(x)
    known = whole[2:] & whole[1:-1] & whole[:-2]
    now, level, earlier = (each[known] for each in (x[2:], x[1:-1], x[:-2]))
    if now.size <= _N_COEFFICIENTS:
        return DickeyFuller(math.nan, now.size)
    after, level, before = (each - each.mean() for each in (now - level, level, level - earlier))
    return DickeyFuller(_t_ratio(_without(after, before), _without(level, before)), now.size)


def _without(x: Floats, other: Floats) -> Floats:
    """Return what is left of a centred series once another one has told what it can."""
    below = float((other * other).sum())
    return x - (x * other).sum() / below * other if below > 0.0 else np.full(x.size, np.nan)


def _t_ratio(y: Floats, x: Floats) -> float:
    """Return the t-ratio of the slope of y on x, where a constant and one more series are already taken out of both."""
    below = float((x * x).sum())
    if not below > 0.0:
        return math.nan
    slope = float((x * y).sum()) / below
    left = y - slope * x
    error = float((left * left).sum()) / (y.size - _N_COEFFICIENTS) / below
    return slope / math.sqrt(error) if error > 0.0 else math.nan
