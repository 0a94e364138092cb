"""Which of the fractional differences a model eats: the smallest order that is stationary on its training bars.

A difference of a small order keeps most of the memory of a price, but may still wander as the price does; so the least
that takes the wandering away is used (Lopez de Prado 2018, *Advances in Financial Machine Learning*, 5.6). What is
enough is a property of the training bars, and is found on them alone, anew in every fit.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from assay.errors import FitError
from assay.learn.params import FfdOrder
from assay.learn.rows import Rows
from assay.stats.unit_root import DickeyFuller, dickey_fuller

_NAME = re.compile(r"ffd_(\d{2,3})")
_HUNDREDTHS = 100

SMALLEST = "the smallest order that is stationary at 5 %"
NONE = "no order is stationary at 5 %: the highest is used"
SET = "set by ffd_order"


@dataclass(frozen=True)
class Choice:
    """The fractional difference that a model eats, and why.

    Parameters
    ----------
    feature
        Name of the column.
    order
        Its order.
    statistic, critical
        Of its augmented Dickey-Fuller test on the training bars, and the 5 % point; None where there is none.
    reason
        Why this one.
    """

    feature: str
    order: float
    statistic: float | None
    critical: float | None
    reason: str

    @property
    def stationary(self) -> bool:
        """Whether the test rejects a unit root at 5 %."""
        return self.statistic is not None and self.critical is not None and self.statistic < self.critical

    def numbers(self) -> dict[str, float]:
        """Return what can be logged as a metric; a statistic that does not exist is left out."""
        tested = {"ffd_statistic": self.statistic, "ffd_critical": self.critical}
        known = {name: value for name, value in tested.items() if value is not None}
        return {"ffd_order": self.order, "ffd_stationary": float(self.stationary), **known}


def orders(names: Collection[str]) -> dict[str, float]:
    """Return the order of each fractional difference among the features, the smallest first."""
    found = {name: int(told[1]) / _HUNDREDTHS for name in names if (told := _NAME.fullmatch(name))}
    return dict(sorted(found.items(), key=lambda each: each[1]))


def chosen(rows: Rows, wanted: FfdOrder, where: str) -> tuple[Rows, Choice | None]:
    """Choose a fractional difference, and leave the others out.

    Parameters
    ----------
    rows
        The training rows; all their bars are tested, those of purged events too.
    wanted
        ``auto`` for the smallest order whose column is stationary on these bars, and the highest if none is; ``all``
        for all of them; or an order.
    where
        What messages call the model.

    Returns
    -------
    tuple
        The rows without the other fractional differences, and the choice; None where there was nothing to choose.

    Raises
    ------
    FitError
        If an order is wanted that is not among the features.

    Notes
    -----
    The test is :func:`assay.stats.unit_root.dickey_fuller`, of each column over its finite bars: a constant, one lag,
    5 %. It never reaches across a gap between the bars. On the E-mini S&P 500 future the statistic falls from -0.3387
    at order 0 over -3.2733 at 0.4, the first below the 5 % point of -2.8623, to -46.9114 at 1, and the log prices of
    all 87 liquid futures were stationary below order 0.6 (Lopez de Prado 2018, table 5.1 and 5.6).
    """
    known = orders(rows.names)
    if wanted == "all" or (wanted == "auto" and not known):
        return rows, None
    choice = _first(rows, known) if wanted == "auto" else _given(rows, known, wanted, where)
    return kept(rows, [choice.feature]), choice


def kept(rows: Rows, names: Collection[str]) -> Rows:
    """Return the rows without the fractional differences that are not among these names; all else stays."""
    others = [name for name in orders(rows.names) if name not in names]
    return replace(rows, features=rows.features.drop(others)) if others else rows


def _first(rows: Rows, known: dict[str, float]) -> Choice:
    """Return the smallest order that is stationary, or the highest."""
    for name, order in known.items():
        choice = _choice(rows, name, order, SMALLEST)
        if choice.stationary:
            return choice
    return replace(choice, reason=NONE)


def _given(rows: Rows, known: dict[str, float], wanted: float, where: str) -> Choice:
    for name, order in known.items():
        if order == wanted:
            return _choice(rows, name, order, SET)
    found = ", ".join(f"{order:g}" for order in known.values()) or "no fractional difference"
    remedy = "set features.memory.enabled and features.memory.orders, or ffd_order: auto"
    raise FitError(where, f"ffd_order {wanted:g} must be among the features", found, remedy)


def _choice(rows: Rows, name: str, order: float, reason: str) -> Choice:
    tested = _tested(rows, name)
    return Choice(name, order, _number(tested.statistic), _number(tested.critical), reason)


def _tested(rows: Rows, name: str) -> DickeyFuller:
    """Test a column; a NaN between two runs of bars keeps them apart."""
    starts = [start for start, _ in rows.segments()[1:]]
    return dickey_fuller(np.insert(rows.features[name].cast(pl.Float64).to_numpy(), starts, np.nan))


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value
