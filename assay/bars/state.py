"""The state of bars in the making: what a feed saves in mid-bar, and what leaves as a closed bar.

States are tuples of numbers, so that compiled loops keep them in registers; bars are their rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
from numba import njit
from numpy.typing import NDArray

from assay.types import Floats, Ints

LATE = np.iinfo(np.int64).max
NOTHING_READ = np.iinfo(np.int64).min


class Counts(NamedTuple):
    """The whole numbers of a bar. Of one that has closed, the times and the sign are looked at again.

    ``read_ns`` is the end of what was taken in last: of a tick its time, of a row the end of its period, which may lie
    long before the row was known; or the end of a bar that the clock closed, if that is later. It is ``LATE`` from the
    first tick or row on that begins before that.
    """

    session: int
    period: int
    opened_ns: int
    closed_ns: int
    n_ticks: int
    n_buys: int
    n_sells: int
    partial: int
    last_sign: int
    read_ns: int


class Sums(NamedTuple):
    """The real numbers of a bar: ``last_price`` is its close, ``filled`` and ``against`` are what fills it.

    Of a run bar ``filled`` is what was bought and ``against`` what was sold; of any other ``against`` is 0. The flow of
    the next quote is told from the last one, which outlives its bar.
    """

    open: float
    high: float
    low: float
    last_price: float
    price_sum: float
    volume: float
    buy_volume: float
    sell_volume: float
    value: float
    path: float
    largest: float
    spread_open: float
    spread_sum: float
    imbalance_sum: float
    flow: float
    last_bid: float
    last_ask: float
    last_bid_size: float
    last_ask_size: float
    filled: float
    against: float


class Expected(NamedTuple):
    """What imbalance and run bars expect of the next one: see ``assay.bars.expectation``; 0 as long as unknown.

    ``n_cut`` counts the ticks of the bars that session breaks cut since the last full one.
    """

    limit: float
    ticks: float
    filled: float
    against: float
    n_cut: float


class State(NamedTuple):
    """A bar, open or closed, and what outlives it. It is open while it has ticks."""

    counts: Counts
    sums: Sums
    expected: Expected


BAR = np.dtype(
    [
        *((name, "<i8") for name in Counts._fields),
        *((name, "<f8") for name in Sums._fields),
        *((f"expected_{name}", "<f8") for name in Expected._fields),
    ]
)
"""A state as a row: an open bar or a closed one."""

N_COUNTS, N_SUMS = len(Counts._fields), len(Sums._fields)

Bars: TypeAlias = NDArray[np.void]
"""Array of ``BAR``."""


def initial() -> State:
    """Return the state before the first tick: no bar, no price, no sign, nothing expected."""
    state = np.zeros(1, BAR)
    state["read_ns"] = NOTHING_READ
    for name in ("last_price", "last_bid", "last_ask"):
        state[name] = np.nan
    return loaded(state)


def numbers(bars: Bars) -> tuple[Ints, Floats]:
    """Return the whole and the real numbers of bars, each of shape (n, fields), without a copy."""
    shape = (bars.size, N_COUNTS + N_SUMS + len(Expected._fields))
    return bars.view("<i8").reshape(shape)[:, :N_COUNTS], bars.view("<f8").reshape(shape)[:, N_COUNTS:]


def loaded(bar: Bars) -> State:
    """Return a bar, shape (1,), as a state."""
    (whole,), (real,) = (part.tolist() for part in numbers(bar))
    return State(Counts(*whole), Sums(*real[:N_SUMS]), Expected(*real[N_SUMS:]))


def saved(state: State) -> Bars:
    """Return a state as a bar, shape (1,)."""
    return np.array([(*state.counts, *state.sums, *state.expected)], BAR)


def chained(parts: Sequence[Bars]) -> Bars:
    """Return bars one after another; joined as bytes, since numpy would compare the names of all fields each time."""
    return np.concatenate([np.empty(0, np.uint8), *(part.view(np.uint8) for part in parts)]).view(BAR)


@njit(cache=True, forceinline=True)
def read(bar: State, begins_ns: int, ends_ns: int) -> int:
    """Return the end of a tick or row that comes after a state, or ``LATE``, which stays, if it begins too early."""
    return ends_ns if begins_ns >= bar.counts.read_ns else LATE


@njit(cache=True, forceinline=True)
def write(state: State, whole: Ints | None, real: Floats | None, row: int) -> None:
    """Write a state to a row of the :func:`numbers` of bars; nothing where there are none to write to."""
    if whole is None or real is None:
        return
    for i in range(N_COUNTS):
        whole[row, i] = state.counts[i]
    for i in range(N_SUMS):
        real[row, i] = state.sums[i]
    for i in range(len(state.expected)):
        real[row, N_SUMS + i] = state.expected[i]
