import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.stats import turns

DAY_NS = 86_400 * 10**9


def test_whole_seconds_are_sine_and_cosine_themselves():
    second = np.arange(86_400)
    sine, cosine = turns.of_day(second * 10**9)
    np.testing.assert_array_equal(sine, np.sin(turns.TURN * (second / 86_400)))
    np.testing.assert_array_equal(cosine, np.cos(turns.TURN * (second / 86_400)))


@given(st.lists(st.integers(0, DAY_NS - 1), min_size=1, max_size=50))
@settings(deadline=None, max_examples=50)
def test_every_nanosecond_is_exact_to_the_rounding_of_its_angle(ns):
    at = np.array([*ns, 0, 1, DAY_NS - 1, 10**9 - 1])
    sine, cosine = turns.of_day(at)
    angle = turns.TURN * (at / DAY_NS)
    np.testing.assert_allclose(sine, np.sin(angle), rtol=0, atol=2e-15)
    np.testing.assert_allclose(cosine, np.cos(angle), rtol=0, atol=2e-15)
    np.testing.assert_allclose(sine * sine + cosine * cosine, 1.0, rtol=1e-15)


def test_no_time_has_no_turn():
    assert turns.of_day(np.zeros(0, np.int64))[0].size == 0
