"""Another market as it was known when a bar of this one closed.

The last close known is looked at each time a bar of this market closes, and returns are taken between these. So a
market that is shut has a return of 0, and no bar of it counts twice. Where the two do not trade at the same instants
that takes correlation towards 0 (Epps 1979), the more so the shorter the bars.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from assay.features.inputs import Inputs
from assay.market import zones
from assay.stats import rolling
from assay.types import Floats

HOUR_NS = 3600 * zones.SECOND_NS


@dataclass(frozen=True)
class Other:
    """Another market.

    Parameters
    ----------
    symbol
        Its name.
    oldest_hours
        Its close is NaN where the last one known is older.
    """

    symbol: str
    oldest_hours: int

    @property
    def name(self) -> str:
        """What it is called in names of columns: letters, digits and underscores."""
        return re.sub(r"\W", "_", self.symbol.lower(), flags=re.ASCII)

    def log_close(self, x: Inputs) -> Floats:
        """Return the log of its last close known at each close, in its ticks, shape (n,)."""
        other = x.markets[self.symbol]
        return x.once(f"log close of {self.symbol}", lambda: self._known(x, other.log("close")))

    def log_return(self, x: Inputs, window: int = 1) -> Floats:
        """Return the change of its log close between closes of this market, shape (n,)."""
        return rolling.change(self.log_close(x), window)

    def ratio(self, x: Inputs) -> Floats:
        """Return the close over its last close known, shape (n,)."""
        return x["close"] / self._known(x, x.markets[self.symbol]["close"])

    def log_ratio(self, x: Inputs) -> Floats:
        """Return the log of the close over its last close known, each in its own ticks, shape (n,)."""
        return x.log("close") - self.log_close(x)

    def age_hours(self, x: Inputs) -> Floats:
        """Return hours from its last close known to the close, shape (n,)."""
        other = x.markets[self.symbol]
        closed = x.once(f"closes of {self.symbol}", lambda: self._latest(x, other.closed_ns.astype(np.float64)))
        return (x.closed_ns - closed) / HOUR_NS

    def _known(self, x: Inputs, values: Floats) -> Floats:
        return np.where(self.age_hours(x) <= self.oldest_hours, self._latest(x, values), np.nan)

    def _latest(self, x: Inputs, values: Floats) -> Floats:
        return x.known(x.markets[self.symbol].source.bars, values)
