from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.stats.rounding import in_ticks

STEP = Fraction(1, 1 << 20)


@given(st.lists(st.integers(1, 10**8), min_size=1), st.sampled_from([0.01, 0.25, 1e-5, 1 / 3]))
@settings(deadline=None, max_examples=50)
def test_whole_ticks_are_whole_numbers_in_any_unit(ticks, tick_size):
    np.testing.assert_array_equal(in_ticks(np.array(ticks) * tick_size, tick_size), ticks)


@given(st.floats(0.01, 1e6))
@settings(deadline=None, max_examples=50)
def test_a_price_between_ticks_is_a_multiple_of_the_step_half_of_one_away_at_most(price):
    (told,) = in_ticks(np.array([price]), 0.25)
    assert Fraction(told) % STEP == 0
    assert abs(Fraction(told) - Fraction(price) * 4) <= STEP / 2


def test_sums_are_exact():
    price = np.random.default_rng(1).uniform(1.0, 1e4, 1000)
    told = in_ticks(price, 0.01)
    assert Fraction(told.sum()) == sum(map(Fraction, told))
