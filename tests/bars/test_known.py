"""From when a bar is known to be over, against all that may still come at that instant."""

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assay.bars.as_table import frame
from assay.bars.builder import BarBuilder
from assay.bars.clock import period_end
from assay.bars.known import known
from assay.bars.rows import columns as columns_of_rows
from assay.bars.ticks import Ticks
from assay.market.sessions import Hours, days

from .test_builder import KINDS, SECOND_NS, feeds, part
from .test_rows import KINDS as KINDS_OF_ROWS
from .test_rows import feeds as feeds_of_rows

DAY_NS = 86_400 * SECOND_NS
SHORT = Hours("UTC", 0, 30, 30, weekend_trading=True)
"""Half a minute a day, so that feeds reach its end."""
WHOLE_DAY = Hours("UTC", 0, 86_400, 86_400, weekend_trading=True)
LAST_NS = 9 * DAY_NS
"""A tick of a later session, which closes what is open."""


def trades(time_ns, price):
    n = len(time_ns)
    size, side = np.ones(n), np.ones(n, np.int8)
    return Ticks(np.array(time_ns, np.int64), np.array(price, float), size, side, None, None)


def told(time_ns, rule, at):
    """What a reader knows at an instant of a feed: of time bars not whether they are partial."""
    ticks = trades([*time_ns, LAST_NS], [1.0] * (len(time_ns) + 1))
    bars = frame(BarBuilder(*rule).push(ticks, days(ticks.time_ns, SHORT)), "TEST")
    seen = known(bars, *rule, SHORT).filter(pl.col("known_at").to_physical() <= at)
    return seen.drop("partial") if rule[0] == "time" else seen


@st.composite
def sessions(draw):
    """Times of ticks in some sessions of half a minute, and an instant, whole or half seconds."""
    gaps = draw(st.lists(st.sampled_from([0, 1, 2, 7, 20, 86_400 - 3]), min_size=1, max_size=20))
    time_s = np.cumsum(gaps)
    time_s = time_s[(time_s % 86_400 < 30) & (time_s < 8 * 86_400)]
    at = draw(st.one_of(st.sampled_from([0, *time_s.tolist()]), st.integers(0, 40)))
    return (time_s * SECOND_NS).tolist(), at * SECOND_NS + draw(st.sampled_from([0, 1, SECOND_NS // 2]))


@given(
    feed=sessions(),
    rule=st.sampled_from(
        [*[("time", s) for s in (5.0, 45.0, 200_000.0, 1e12)], ("tick", 4.0), ("volume", 3.0), ("tick_run", 3.0)]
    ),
    later_s=st.integers(0, 60),
)
@example(
    feed=([SECOND_NS, 2 * SECOND_NS, 3 * SECOND_NS, 90_000 * SECOND_NS], 4 * SECOND_NS), rule=("tick", 9.0), later_s=5
)
@settings(deadline=None, max_examples=300)
def test_what_is_known_at_an_instant_is_the_same_whatever_comes_after_it(feed, rule, later_s):
    """A tick of the instant itself may still come after others of it, so what comes begins there."""
    time_ns, at = feed
    before = [time for time in time_ns if time < at]
    later = at + later_s * SECOND_NS
    more = [later] if later % DAY_NS < 30 * SECOND_NS else []
    whole, none, one = (told(times, rule, at) for times in (time_ns, before, before + more))
    assert whole.equals(none, null_equal=True)
    assert whole.equals(one, null_equal=True)


@pytest.mark.parametrize(
    ("rule", "last_s", "known_s"),
    [
        (("tick", 9.0), 3, 30),  # partial: the session's end
        (("time", 20.0), 3, 20),  # the period's end
        (("time", 45.0), 3, 30),  # the session's end, before the period's
        (("time", 1e12), 3, 30),
    ],
)
def test_a_bar_that_a_break_closed_is_known_when_the_session_is_over(rule, last_s, known_s):
    """Not after its last tick: at 4 s nobody knows that none comes at 5 s."""
    seconds = np.array([1, 2, last_s]) * SECOND_NS
    assert told(seconds.tolist(), rule, known_s * SECOND_NS - 1).is_empty()
    assert told(seconds.tolist(), rule, known_s * SECOND_NS)["n_ticks"].to_list() == [3]


@given(feed=feeds(), rule=KINDS)
@settings(deadline=None, max_examples=50)
def test_what_is_known_at_a_tick_is_what_a_feed_had_made_by_then(feed, rule):
    """Ticks of one instant come together, so the feed is asked after the last of them."""
    ticks, days = feed
    bars = known(frame(BarBuilder(*rule).push(ticks, days), "TEST"), *rule, WHOLE_DAY)
    known_ns = bars["known_at"].to_physical().to_numpy()
    for at in np.unique(ticks.time_ns[days >= 0]):
        seen = ticks.time_ns <= at
        n_made = BarBuilder(*rule).push(part(ticks, seen), days[seen]).size
        assert np.count_nonzero(known_ns <= at) <= n_made


@given(feed=feeds_of_rows(), rule=KINDS_OF_ROWS)
@settings(deadline=None, max_examples=30)
def test_what_is_known_at_the_end_of_a_row_is_what_a_feed_had_made_by_then(feed, rule):
    rows, days = feed
    bars = known(frame(BarBuilder(*rule).push(columns_of_rows(rows), days), "TEST"), *rule, WHOLE_DAY)
    rows, days = rows.filter(pl.Series(days >= 0)), days[days >= 0]
    for at in rows["known_at"]:
        seen = (rows["known_at"] <= at).arg_true()
        n_made = BarBuilder(*rule).push(columns_of_rows(rows[seen]), days[seen]).size
        assert (bars["known_at"] <= at).sum() <= n_made


def test_a_bar_that_its_last_tick_filled_is_known_after_that_tick():
    times = pl.Series([5, 9]).cast(pl.Datetime("ns", "UTC"))
    session = pl.Series([0, 0], dtype=pl.Int32).cast(pl.Date)
    bars = pl.DataFrame({"opened_at": times, "closed_at": times, "partial": [False, True], "session": session})
    assert known(bars, "tick", 10, SHORT)["known_at"].to_physical().to_list() == [6, 30 * SECOND_NS]


@given(opened_ns=st.integers(-(2**62), 2**63 - 2), period_ns=st.integers(1, 2**62))
def test_a_period_ends_when_exact_integers_say_or_at_the_largest_instant(opened_ns, period_ns):
    expected = min((opened_ns // period_ns + 1) * period_ns, 2**63 - 1)
    assert period_end(opened_ns, period_ns) == expected
    assert period_end(np.array([opened_ns]), period_ns).tolist() == [expected]


@pytest.mark.parametrize("year", [2116, 2150, 2261])
def test_ticks_of_a_period_that_ends_after_the_largest_instant_are_one_bar(year):
    """Periods of 5e9 s: the second one begins in 2128 and ends after 2262, the largest instant."""
    time_ns = int(np.datetime64(f"{year}-01-01", "ns").astype(int)) + np.arange(10) * 10**9
    ticks = Ticks(time_ns, np.ones(10), np.ones(10), np.ones(10, np.int8), None, None)
    builder = BarBuilder("time", 5e9)
    assert builder.push(ticks, np.zeros(10, np.int64)).size == 0
    assert builder.state["n_ticks"][0] == 10
