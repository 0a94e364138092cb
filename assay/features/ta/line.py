"""One line of a function of TA-Lib as a feature: what it is called on, what is made of it, where it is undefined."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import talib
import talib.abstract

from assay.features import indicators
from assay.features.feature import Feature
from assay.features.inputs import Inputs
from assay.stats import rolling
from assay.types import Flags, Floats

HL, HLC, OHLC = ("high", "low"), ("high", "low", "close"), ("open", "high", "low", "close")
FADED = 1e-9
"""What is left of the past behind a look-back, as a share."""
HILBERT = 700
"""Bars after which recursions of the Hilbert transform agree: they feed back on their own period, so by experiment."""

_FORMS: Mapping[str, Callable[[Inputs, Floats], Floats]] = {
    "": lambda _, value: value,
    "of price": lambda x, value: value / x.ticks("close"),
    "away": lambda x, value: x.ticks("close") / value - 1.0,
    "hundredths": lambda _, value: value / 100.0,
}
"""How a value becomes free of the price level; ``away``: how far above a level the close is, as a fraction of it."""

_ALIVE: Mapping[str, Callable[[Inputs], Flags]] = {
    "close": lambda x: x.ticks("close") != rolling.lagged(x.ticks("close"), 1),
    "high": lambda x: x.ticks("high") != rolling.lagged(x.ticks("high"), 1),
    "trade": lambda x: x["volume"] != rolling.lagged(x["volume"], 1),
    "range": lambda x: x.true_range > 0.0,
    "direction": indicators.directed,
    "bar": lambda x: x.ticks("high") > x.ticks("low"),
    "body": lambda x: x.ticks("close") != x.ticks("open"),
    "volume": lambda x: x["volume"] > 0.0,
}
"""What must have happened once in the look-back: without it TA-Lib says 0 or 50 where it is 0 / 0."""

_OF_A_ROW = ("bar", "body", "volume")
"""Those that one row tells by itself; the others are steps from the row before."""


@dataclass(frozen=True)
class Line:
    """One output of one function.

    Parameters
    ----------
    name
        Its column, behind ``ta_``.
    function
        TA-Lib's name of it.
    definition, unit
        As in :class:`assay.features.feature.Feature`.
    columns
        What it is called on: prices in ticks, and the volume.
    settings
        Its periods where they are not TA-Lib's usual ones.
    output
        Which of its outputs.
    form
        What is made of it, a key of ``_FORMS``.
    memory
        Bars after which a recursion has faded; 0 for a window.
    alive
        What must have happened in the look-back, or in ``last`` bars, for a value: keys of ``_ALIVE`` with blanks
        between, each of which must; empty where the value is always defined.
    last
        Bars that ``alive`` looks at; 0 for the look-back.
    fades
        As in :class:`assay.features.feature.Feature`.
    by
        Author and year.
    """

    name: str
    function: str
    definition: str
    unit: str
    columns: Sequence[str] = ("close",)
    settings: Mapping[str, float] = field(default_factory=dict)
    output: int = 0
    form: str = ""
    memory: int = 0
    alive: str = ""
    last: int = 0
    fades: bool = True
    by: str = ""

    @property
    def first(self) -> int:
        """The first row with a value."""
        found: int = talib.abstract.Function(self.function, **self.settings).lookback  # type: ignore[attr-defined] # made at run time
        return found

    def entry(self) -> Feature:
        """Return it as an entry of the catalogue."""
        lookback = self.first + 1 + self.memory
        rest = " or ".join(_REST[key] for key in self.alive.split())
        undefined = f"; NaN where {rest} for {self.last or lookback} bars" if rest else ""
        return Feature(
            "ta",
            f"ta_{self.name}",
            f"{self.definition}{undefined}",
            self.unit,
            lookback,
            lambda x: self.values(x, lookback),
            f"{self.by}; TA-Lib {self.function}" if self.by else f"TA-Lib {self.function}",
            needs=("volume",) if "volume" in self.columns else (),
            starts_at=self.first,
            fades=self.fades,
        )

    def values(self, x: Inputs, lookback: int) -> Floats:
        """Return the line, shape (n,); NaN where it is undefined."""
        value = _FORMS[self.form](x, called(x, self.function, self.columns, self.settings)[self.output])
        for key in self.alive.split():
            rows = (self.last or lookback) + (key in _OF_A_ROW)
            value = rolling.moving(value, _ALIVE[key](x), rows)
        return np.where(np.isfinite(value), value, np.nan)


_REST = {
    "close": "the close stood still",
    "high": "the high stood still",
    "trade": "the volume stayed the same",
    "range": "nothing moved",
    "direction": indicators.NO_DIRECTION,
    "bar": "high was low",
    "body": "close was open",
    "volume": "nothing was traded",
}


def called(x: Inputs, function: str, columns: Sequence[str], settings: Mapping[str, float]) -> tuple[Floats, ...]:
    """Return the outputs of a function of TA-Lib, each float64 of shape (n,); called once for all its lines.

    Lines of one function stand beside each other, so its outputs are kept for the next line alone: those of all
    functions would be as large as the features themselves.
    """

    def call() -> tuple[Floats, ...]:
        found = getattr(talib, function)(*(column(x, name) for name in columns), **settings)
        return tuple(np.asarray(one, np.float64) for one in (found if isinstance(found, tuple) else (found,)))

    return x.newest(f"talib {function} {sorted(settings.items())}", call)


def column(x: Inputs, name: str) -> Floats:
    """Return what a function is called on: the volume, or a price in ticks."""
    return x[name] if name == "volume" else x.ticks(name)


def ema(n: int, times: int = 1) -> int:
    """Return after how many bars an exponential average of n, taken so many times over, has forgotten."""
    return times * math.ceil(math.log(FADED) / math.log((n - 1) / (n + 1)))


def wilder(n: int, times: int = 1) -> int:
    """Return after how many bars Wilder's average of n, taken so many times over, has forgotten."""
    return times * math.ceil(math.log(FADED) / math.log(1.0 - 1.0 / n))
