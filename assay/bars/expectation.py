"""What imbalance and run bars expect of the next bar: learned from the bars before it, and bounded."""

from __future__ import annotations

from typing import NamedTuple

from numba import njit

from assay.bars.state import Expected, State

TOLERANCE = 1e-10
"""Share of a threshold by which a sum may fall short of it: ten sizes of 0.1 fill a bar of 1."""

MOST_SHORT = 0.5
"""Most units, or price times units, by which it may fall short: whole sizes are summed exactly, up to 2**53.

Sizes that are not whole, very many and very large in one bar, may have it take a tick more than exact sums would."""

LEAST_LIMIT = 2.0**-1000
"""Above 0: a bar without any imbalance is never full, however little is expected."""


class Rule(NamedTuple):
    """What fills a bar, and how expectations follow the bars.

    Parameters
    ----------
    threshold
        Nanoseconds, ticks, units or price times units; of imbalance and run bars, the ticks expected at first.
    decay
        Weight of the last bar in the averages, from above 0 to 1.
    fewest, most
        Bounds of the ticks expected.
    """

    threshold: float
    decay: float
    fewest: float
    most: float


@njit(cache=True)
def learned(bar: State, rule: Rule) -> Expected:
    """Return what is expected after a full bar.

    Notes
    -----
    AFML 2.3.2: averages of the ticks of a bar, ``E0[T]``, and of what it gathers per tick, with weight ``decay`` on the
    last bar and ``1 - decay`` on the average before. The next bar is full when what it gathers reaches ``E0[T]`` times
    the average per tick, which for imbalance bars is ``|E0[b v]|`` and for run bars the larger of
    ``P[b = 1] E0[v | b = 1]`` and ``P[b = -1] E0[v | b = -1]``.

    The first bar holds the ticks expected at first, and its figures are the first averages.

    Deviations: ``E0[T]`` is kept within bounds, without which it starves (ever longer bars, since a sum of even buys
    and sells returns to 0) or explodes (bars of one tick). Run bars shrink to the lower bound where buys and sells are
    even: the larger of two counts reaches its mean early. The two products of run bars are averaged as such, per tick,
    since a bar of one side has no mean of the other. A bar that a session break cuts teaches nothing: how long it would
    have been is not known; but see :func:`missed`.
    """
    before, n_ticks = bar.expected, bar.counts.n_ticks
    ticks, filled, against = rule.threshold, bar.sums.filled / n_ticks, bar.sums.against / n_ticks
    if before.limit > 0.0:
        ticks = _average(before.ticks, n_ticks, rule.decay)
        filled, against = _average(before.filled, filled, rule.decay), _average(before.against, against, rule.decay)
    ticks = min(max(ticks, rule.fewest), rule.most)
    limit = ticks * max(abs(filled), against) * (1.0 - TOLERANCE)
    return Expected(max(limit, LEAST_LIMIT), ticks, filled, against, 0.0)


@njit(cache=True)
def missed(bar: State, rule: Rule) -> Expected:
    """Return what is expected after a bar that a session break cuts: the same as before, or nothing any more.

    Notes
    -----
    Nothing bounds a single print, so what is expected of a tick may be out of reach for good after a large one, and
    then no bar would ever teach again. Hence what was expected is forgotten where a session ends without a full bar and
    the cut bars since the last full one hold ``most`` ticks or more. The bar after it is full like the very first.

    So starvation is bounded, whatever was printed: sessions one after another without a full bar hold less than
    ``most`` ticks before the last of them, and the next one that holds the ticks expected at first has a full bar. What
    was expected is known at the break, and a session with a full bar never forgets.
    """
    before = bar.expected
    if before.limit == 0.0:
        return before
    n_cut = before.n_cut + bar.counts.n_ticks
    if before.n_cut > 0.0 and n_cut >= rule.most:
        return Expected(0.0, 0.0, 0.0, 0.0, 0.0)
    return Expected(before.limit, before.ticks, before.filled, before.against, n_cut)


@njit(cache=True)
def _average(before: float, last: float, decay: float) -> float:
    return (1.0 - decay) * before + decay * last
