"""How often each spread occurs, by plain counting: also where spreads are wide or below 0."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.sources.health import spread
from assay.sources.health.spans import minutes, spans

from .conftest import quotes_of

HOUR = 3_600 * 10**9


def told(frame, tick_size):
    return spread.part(frame, minutes(spans(frame, "quotes")), tick_size)


def counted(frame, tick_size):
    """Count spreads in whole steps by hour with Python's own numbers."""
    hours = [Counter() for _ in range(24)]
    for time, bid, ask in zip(frame["time"].to_physical(), frame["bid"], frame["ask"], strict=True):
        steps = (ask - bid) / tick_size if tick_size else (ask - bid) / (ask + bid) * 2e6
        hours[time // HOUR % 24][round(steps)] += 1
    return [sorted([steps, n] for steps, n in hour.items()) for hour in hours]


@st.composite
def quotes(draw):
    """Return quotes of two days; ``kind`` says whether spreads are narrow, wide, or of either sign."""
    seed, n, kind = (
        draw(st.integers(0, 2**32)),
        draw(st.integers(0, 60)),
        draw(st.sampled_from(["narrow", "wide", "signs"])),
    )
    generator = np.random.default_rng(seed)
    times = np.sort(generator.integers(0, 48 * HOUR, n))
    widths = {"narrow": [0.0, 1e-5, 2.5e-5, 3e-3], "wide": [0.0, 1e-5, 0.9, 1e6], "signs": [-1e-5, 0.0, -1e-9, 2e-5]}
    return quotes_of(times, generator.choice([1.1, 1.2], n), generator.choice(widths[kind], n))


@settings(deadline=None, max_examples=60)
@given(quotes(), st.sampled_from([None, 1e-5]))
def test_every_spread_is_counted_once(frame, tick_size):
    found = told(frame, tick_size)
    assert found == {"unit": "ticks" if tick_size else "bps", "hours": counted(frame, tick_size)}


@settings(deadline=None, max_examples=30)
@given(quotes(), st.lists(st.integers(0, 60), max_size=4))
def test_parts_that_are_joined_are_the_whole(frame, cuts):
    edges = [0, *sorted(min(cut, frame.height) for cut in cuts), frame.height]
    first, *others = [told(frame[a:b], 1e-5) for a, b in pairwise(edges)]
    for one in others:
        first = spread.joined(first, one)
    assert first == told(frame, 1e-5)


@pytest.mark.parametrize(("ticks", "median"), [([3], 3), ([1, 4], 1), ([1, 4, 4], 4), ([5, 1, 2, 9], 2)])
def test_the_median_is_the_lower_one_over_all_parts(ticks, median):
    frame = quotes_of(np.zeros(len(ticks), np.int64), spread=np.array(ticks) * 1e-5)
    parts = [told(frame[i : i + 1], 1e-5) for i in range(len(ticks))]
    assert spread.merged([parts[0], None, *parts[1:]]) == {"unit": "ticks", "median": [median] + [None] * 23}
    assert spread.merged([None]) is None
