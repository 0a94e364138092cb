"""The state of a builder as it is saved in mid-bar, and taken up again for the same bars of the same feed only."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from assay.bars.closing import CODES, IMBALANCE, RUN
from assay.bars.params import Kind
from assay.bars.rows import Rows
from assay.bars.state import BAR, State, loaded, saved
from assay.bars.ticks import Ticks
from assay.errors import DataError

REMEDY = "start anew, with no state, from the first tick or row"


class SetUp(NamedTuple):
    """What tells bars from others: their type, what fills one, and how the next one is expected."""

    kind: Kind
    threshold: float
    decay: float
    least: float
    most: float

    @property
    def telling(self) -> tuple[str | float, ...]:
        """What matters to the type: only imbalance and run bars expect anything."""
        return self if CODES[self.kind][0] in (IMBALANCE, RUN) else self[:2]

    def __str__(self) -> str:
        """Return it in words."""
        kind, threshold, *learned = self.telling
        expects = zip(self._fields[2:], learned, strict=False)
        return ", ".join([f"{kind} bars of {threshold!r}", *(f"{name} {value!r}" for name, value in expects)])


KINDS = {name.encode(): name for name in get_args(Kind)}
FEEDS = {name.encode(): name for name in ("", "trades", "quotes", "OHLCV rows")}
"""What bars are made from; "" as long as nothing came."""

SAVED = np.dtype([*BAR.descr, ("feed", "S16"), ("kind", "S16"), *((name, "<f8") for name in SetUp._fields[1:])])
"""A saved state: the bar in the making, what it is made from, and what it is."""

SavedState: TypeAlias = NDArray[np.void]
"""Array of ``SAVED``, shape (1,)."""


def to_save(bar: State, feed: str, set_up: SetUp) -> SavedState:
    """Return a state as it is saved, shape (1,)."""
    return np.array([(*saved(bar)[0], feed, *set_up)], SAVED)


def resumed(state: SavedState, set_up: SetUp) -> tuple[State, str]:
    """Return the bar in the making, and what it is made from.

    Raises
    ------
    DataError
        If it was saved by another version, or of other bars.
    """
    if not isinstance(state, np.ndarray):
        remedy = "read bytes by numpy.frombuffer(bytes, assay.bars.saving.SAVED)"
        raise DataError("state of bars", "a saved state is an array of shape (1,)", type(state).__name__, remedy)
    if state.dtype != SAVED or state.shape != (1,):
        n, n_found = (len(dtype.names or ()) for dtype in (SAVED, state.dtype))
        rule, found = f"a saved state has the {n} fields of this version", f"shape {state.shape} of {n_found} fields"
        raise DataError("state of bars", rule, found, REMEDY)
    feed, kind, *numbers = state[0].tolist()[len(BAR.names or ()) :]
    if feed not in FEEDS or kind not in KINDS:
        rule, found = "a saved state is of a type of bar and of prices that there are", f"{kind!r} of {feed!r}"
        raise DataError("state of bars", rule, found, REMEDY)
    of = SetUp(KINDS[kind], *numbers)
    if of.telling != set_up.telling:
        raise DataError("state of bars", f"a saved state goes on with bars of its own, here {set_up}", of, REMEDY)
    return loaded(state[list(BAR.names or ())].astype(BAR)), FEEDS[feed]


def feed_of(prices: Ticks | Rows, before: str, kind: Kind) -> str:
    """Return what these are.

    Raises
    ------
    DataError
        If anything else came before, such as trades before quotes: a bar would hold some of both.
    """
    feed = "OHLCV rows" if isinstance(prices, Rows) else "quotes" if prices.side is None else "trades"
    if before not in ("", feed):
        rule, remedy = "one builder takes quotes, trades or OHLCV rows", "make bars of each with a builder of its own"
        raise DataError(f"{kind} bars", rule, f"{feed} after {before}", remedy)
    return feed
