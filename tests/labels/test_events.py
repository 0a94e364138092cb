"""Events: published CUSUM counts, the clock, sessions, rules; causality of every method."""

import numpy as np
import polars as pl
import pytest
from pydantic import ValidationError

from assay.labels.events import events, moved, new_period, since_open
from assay.labels.params import EventParams

MLFINPY_EVENTS = {0.02: 9, 0.01: 37, 0.005: 100}
"""Events on the 1,000 dollar bars by threshold, log return."""
MINUTE = 60_000_000_000
CHOICES = [
    {"method": "every_bar"},
    {"method": "cusum", "cusum_threshold": 3.0, "volatility_window": 20},
    {"method": "clock", "clock_minutes": 8},
    {"method": "session_open", "open_minutes": 30},
    {"method": "breakout", "window": 15},
    {"method": "cross", "fast_window": 5, "slow_window": 21},
    {"method": "bands", "window": 18, "band_sigmas": 1.5},
]


@pytest.fixture(scope="module")
def bars(walk_bars):
    """A walk in sessions of 95 bars each, which are far shorter than those of the market."""
    days = pl.Series((np.arange(1200) // 95 + 19724).astype(np.int32)).cast(pl.Date)
    return walk_bars(seed=8, n_bars=1200).with_columns(session=days)


@pytest.mark.parametrize("threshold", MLFINPY_EVENTS)
def test_mlfinpy_cusum_events(dollar_bars, mlfinpy, threshold):
    closed_at, close = dollar_bars
    found = np.flatnonzero(moved(close, EventParams(cusum_unit="log_return", cusum_threshold=threshold)))
    assert found.size == MLFINPY_EVENTS[threshold]
    np.testing.assert_array_equal(closed_at[found], mlfinpy(f"cusum_{threshold}")["t"])


def test_the_first_event_of_two_per_cent_is_of_the_first_monday(dollar_bars):
    closed_at, close = dollar_bars
    found = np.flatnonzero(moved(close, EventParams(cusum_unit="log_return", cusum_threshold=0.02)))
    assert closed_at[found[0]] == np.datetime64("2015-01-05T15:40:45.114", "ns").astype(np.int64)


@pytest.mark.parametrize("choice", CHOICES, ids=lambda choice: choice["method"])
def test_law_whether_a_bar_is_an_event_is_known_at_its_close(bars, choice):
    params = EventParams.model_validate(choice)
    full, side = events(bars, params)
    assert full.size > 10
    assert (np.diff(full) > 0).all()
    for cut in range(1, 1200, 171):
        found = events(bars[:cut], params)
        np.testing.assert_array_equal(found.ordinals, full[full < cut])
        if side is not None:
            np.testing.assert_array_equal(found.side, side[full < cut])


@pytest.mark.parametrize("choice", CHOICES[4:], ids=lambda choice: choice["method"])
def test_law_mirrored_prices_give_the_other_side_at_the_same_bars(bars, choice):
    params = EventParams.model_validate(choice)
    mirror = bars.with_columns(
        open=2000 - pl.col("open"), high=2000 - pl.col("low"), low=2000 - pl.col("high"), close=2000 - pl.col("close")
    )
    ours, theirs = events(bars, params), events(mirror, params)
    np.testing.assert_array_equal(ours.ordinals, theirs.ordinals)
    np.testing.assert_array_equal(ours.side, -theirs.side)
    assert set(ours.side.tolist()) == {1, -1}


@pytest.mark.parametrize("choice", CHOICES, ids=lambda choice: choice["method"])
def test_one_bar_and_prices_that_stand_still(make_bars, choice):
    """Only the filters that look at no price fire: at every bar, or at the first one of the only session."""
    params = EventParams.model_validate(choice | {"open_minutes": 0.0})
    for n in (1, 300):
        found = events(make_bars(*np.full((4, n), 100.0)), params).ordinals
        by_time = {"every_bar": n, "clock": -(-n // 8), "session_open": 1}
        assert found.size == by_time.get(params.method, 0)


def test_the_clock_fires_at_the_first_close_of_each_period():
    closed = MINUTE * np.array([59, 60, 61, 61, 119, 250, 251, 299, 300])
    assert np.flatnonzero(new_period(closed, 60.0)).tolist() == [0, 1, 5, 8]
    assert new_period(closed[:0], 60.0).size == 0


def test_bars_that_close_at_the_same_instant_are_one_period():
    assert new_period(np.full(4, 7 * MINUTE), 1.0).tolist() == [True, False, False, False]


@pytest.mark.parametrize(("minutes", "expected"), [(0.0, [0, 4, 6]), (1.0, [0, 4]), (2.0, [1, 5]), (30.0, [3])])
def test_the_opening_range_ends_once_a_session(minutes, expected):
    session = np.array([1, 1, 1, 1, 2, 2, 3])
    opened = MINUTE * np.array([0, 1, 2, 20, 100, 101, 200])
    closed = MINUTE * np.array([1, 2, 19, 31, 101, 102, 200])
    assert np.flatnonzero(since_open(opened, closed, session, minutes)).tolist() == expected


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"fast_window": 120}, "fast_window must be below slow_window"),
        ({"clock_minutes": 0}, r"clock_minutes\s+Input should be greater than 0"),
        ({"method": "moon"}, r"method\s+Input should be 'every_bar', 'cusum'"),
        ({"window": 1}, r"window\s+Input should be greater than or equal to 2"),
    ],
)
def test_impossible_parameters_are_refused(wrong, why):
    with pytest.raises(ValidationError, match=why):
        EventParams.model_validate(wrong)
