"""Dividends that were not paid, or not as served: twice in a week, in the wrong unit, or left out of the adjustment."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from assay.market.zones import DAY_NS
from assay.types import Floats, Ints

WEEK_NS = 7 * DAY_NS
ALIKE = 1.25
"""Ratio below which two dividends of one week are one, served twice."""
LEAST = 1e-3
"""Smallest dividend, as a fraction of the price, whose adjustment shows in the digits served."""
LARGE = 0.2
"""Dividend as a fraction of the price that ought to be seen in the price."""
UNIT = 100.0


@dataclass
class Payments:
    """Dividends of a table and the factors by which Yahoo adjusts for them, row by row.

    Parameters
    ----------
    time_ns, close, dividend
        Columns, shape (n,) each.
    ratio
        Adjusted close / close, shape (n,).
    kinds
        What was found, by row.
    """

    time_ns: Ints
    close: Floats
    dividend: Floats
    ratio: Floats
    kinds: dict[int, str]


def check(payments: Payments) -> Payments:
    """Put dividends and adjustment factors right, in place, and name what was wrong.

    Notes
    -----
    The adjustment before a dividend d paid out of a price p is 1 - d / p. ``phantom_dividend``: of two nearly equal
    dividends within a week, the one with which the price fell less. ``dividend_100x``: a dividend 100 times of what the
    adjustment or the price shows, or a hundredth of it. ``missing_adjustment``: factors that do not move at all.
    """
    _phantoms(payments)
    for k in np.flatnonzero(payments.dividend):
        if k:
            _one(payments, int(k))
    return payments


def _phantoms(payments: Payments) -> None:
    paid = np.flatnonzero(payments.dividend)
    for first, second in pairwise(paid):
        if payments.time_ns[second] - payments.time_ns[first] > WEEK_NS or first == 0:
            continue
        amounts = sorted(float(payments.dividend[k]) for k in (first, second))
        if amounts[0] == 0 or amounts[1] > ALIKE * amounts[0]:
            continue
        fell = _moved(payments, int(first)) > _moved(payments, int(second))
        _remove(payments, int(first if fell else second))


def _moved(payments: Payments, k: int) -> float:
    return float(payments.close[k] / payments.close[k - 1])


def _remove(payments: Payments, k: int) -> None:
    payments.ratio[:k] *= payments.ratio[k] / payments.ratio[k - 1]
    payments.dividend[k] = 0.0
    payments.kinds[k] = "phantom_dividend"


def _one(payments: Payments, k: int) -> None:
    """Hold one dividend against the price and the factors around it."""
    before = payments.close[k - 1]
    share = payments.dividend[k] / before
    step = payments.ratio[k - 1] / payments.ratio[k]
    if _wrong_unit(payments, k, share, step):
        return
    later = payments.ratio[k] / payments.ratio[k + 1] if k + 1 < payments.ratio.size else 1.0
    if LEAST < share < 1 and min(step, later) > 1 - share / UNIT:
        payments.ratio[:k] *= 1 - share
        payments.kinds[k] = "missing_adjustment"


def _wrong_unit(payments: Payments, k: int, share: float, step: float) -> bool:
    right = _right(payments, k, share, step)
    if right == payments.dividend[k]:
        return False
    payments.ratio[:k] *= (1 - right / payments.close[k - 1]) / step
    payments.dividend[k] = right
    payments.kinds[k] = "dividend_100x"
    return True


def _right(payments: Payments, k: int, share: float, step: float) -> float:
    """Return the dividend that price and factors agree on; a small one that the factors hold too may well be true."""
    served, fell = payments.dividend[k], 1 - payments.close[k] / payments.close[k - 1]
    if share > LARGE and fell < share / 4:
        return served / UNIT
    small = share * UNIT < 1 and abs(1 - step - share * UNIT) < 0.1 * share * UNIT
    return served * UNIT if small else served
