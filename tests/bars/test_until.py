"""A feed that is asked by the clock has every bar when a history says that it is known, and the same one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.bars.as_table import frame
from assay.bars.builder import BarBuilder
from assay.bars.known import known
from assay.bars.rows import columns
from assay.bars.sessions import row_days
from assay.bars.ticks import Ticks
from assay.market.session_ends import ends
from assay.market.sessions import Hours, days

from .test_builder import FIXED, LEARNED, feeds, part
from .test_order import refused
from .test_rows import ohlcv

SECOND_NS, MINUTE_NS, HOUR_NS, DAY_NS = 10**9, 60 * 10**9, 3_600 * 10**9, 86_400 * 10**9
STOCKS = Hours("America/New_York", 34_200, 57_600, 46_800, weekend_trading=False)
FUTURES = Hours("America/Chicago", 61_200, 58_500, 54_900, weekend_trading=False)
CURRENCIES = Hours("America/New_York", 61_200, 61_200, 61_200, weekend_trading=False)
COINS = Hours("UTC", 0, 86_400, 86_400, weekend_trading=True)
MARKETS = st.sampled_from([STOCKS, FUTURES, CURRENCIES, COINS])
THURSDAYS = [int(np.datetime64(day, "D").astype(int)) * DAY_NS + 15 * HOUR_NS for day in ("2024-03-07", "2024-10-31")]
"""Clocks change on the Sunday after each."""
LONG_AFTER_NS = 62 * DAY_NS + 3 * HOUR_NS
"""A Wednesday at 18:00 UTC, when every market is open: what comes then closes the last session."""
PERIODS = [("time", 600.0), ("time", 7200.0), ("time", 86_400.0), ("time", 1e12)]
SHARES = [0.01, 0.1, 0.5, 1.0]


@st.composite
def instants(draw, n, step_ns, gaps):
    """Return ``n`` rising instants of some days around a change of clocks, the last one long after all others."""
    steps = np.array(draw(st.lists(st.sampled_from(gaps), min_size=n, max_size=n)), np.int64) * step_ns
    start = draw(st.sampled_from(THURSDAYS))
    steps[0] = 0
    return np.append(np.minimum(start + np.cumsum(steps), start + LONG_AFTER_NS)[:-1], start + LONG_AFTER_NS)


@st.composite
def markets_of_ticks(draw):
    ticks, _ = draw(feeds())
    gaps = [0, 0, 1, SECOND_NS, MINUTE_NS, 5 * MINUTE_NS, HOUR_NS, 6 * HOUR_NS, 20 * HOUR_NS, 3 * DAY_NS]
    return ticks._replace(time_ns=draw(instants(ticks.price.size, 1, gaps))), draw(MARKETS)


@st.composite
def markets_of_rows(draw):
    """Return rows, known at once or each with a lag of its own, some without trades; and the hours of their market."""
    n, length_ns = draw(st.integers(1, 40)), draw(st.sampled_from([5, 60, 240])) * MINUTE_NS
    opened_ns = np.unique(draw(instants(n, length_ns, [1, 1, 1, 1, 2, 3, 9, 40])) // length_ns * length_ns)
    random = np.random.default_rng(draw(st.integers(0, 99)))
    lag_s = random.choice(draw(st.sampled_from([[0], [120], [0, 60, 3_000]])), opened_ns.size)
    volume = random.integers(0, 5, opened_ns.size)
    return ohlcv(opened_ns, length_ns, lag_s * SECOND_NS, volume=volume, n_trades=volume), draw(MARKETS)


def told(bars, kind, threshold, hours):
    """Return from when a history has each bar, and when its session is over.

    Its own last tick fills a bar for a feed, and for a history a nanosecond later, if others come at that instant.
    """
    when = known(frame(bars, "TEST"), kind, threshold, hours)["known_at"].to_physical().to_numpy()
    filled = (kind != "time") & ((bars["partial"] == 0) | (when == bars["closed_ns"] + 1))
    return when - filled, ends(bars["session"], hours)


def moments(data, *edges):
    """Return some of the instants, rising, at which something comes or is over, and of those just before and after."""
    every = np.unique(np.concatenate([edge + step for edge in edges for step in (-1, 0, 1)]))
    share, seed = data.draw(st.sampled_from(SHARES)), data.draw(st.integers(0, 99))
    return every[np.random.default_rng(seed).random(every.size) < share]


def fed(builder, cut, came_ns, asked, wait_ns, hours):
    """Push what has come at each moment, and ask what is over; at last push the rest.

    Returns the bars, the clock by which each was asked for, beyond every date if pushed, and their number by moments.
    """
    parts, clock, counts, begin = [], [], [], 0
    for now in [*asked.tolist(), None]:
        end = came_ns.size if now is None else int(np.searchsorted(came_ns, now, "right"))
        parts.append(builder.push(*cut(begin, end)))
        clock += [np.iinfo(np.int64).max] * parts[-1].size
        begin = end
        if now is not None:
            parts.append(builder.until(now - wait_ns, hours))
            clock += [now - wait_ns] * parts[-1].size
            counts.append(len(clock))
    return np.concatenate(parts), np.array(clock, np.int64), np.array(counts, np.int64)


def as_asked(bars, over_ns, clock):
    """Return the bars of a history as a feed tells them: before its session is over, none is its last."""
    expected = bars.copy()
    expected["partial"] &= over_ns <= clock
    return expected


@given(feed=markets_of_ticks(), rule=st.sampled_from(FIXED + LEARNED + PERIODS), data=st.data())
@settings(deadline=None, max_examples=100)
def test_at_every_moment_a_feed_of_ticks_has_the_bars_that_a_history_knows(feed, rule, data):
    ticks, hours = feed
    sessions = days(ticks.time_ns, hours)
    bars = BarBuilder(*rule).push(ticks, sessions)
    known_ns, over_ns = told(bars, *rule, hours)
    asked = moments(data, ticks.time_ns, known_ns, over_ns)

    def cut(begin, end):
        return part(ticks, slice(begin, end)), sessions[begin:end]

    found, clock, counts = fed(BarBuilder(*rule), cut, ticks.time_ns, asked, 0, hours)
    assert counts.tolist() == [np.count_nonzero(known_ns <= now) for now in asked]
    assert found.tobytes() == as_asked(bars, over_ns, clock).tobytes()
    unlike = found["partial"] != bars["partial"]
    assert rule[0] == "time" or not unlike.any()


@given(
    feed=markets_of_rows(),
    rule=st.sampled_from([("time", 14_400.0), ("time", 86_400.0), ("tick", 7.0), ("volume", 10.0), ("dollar", 30.0)]),
    data=st.data(),
)
@settings(deadline=None, max_examples=100)
def test_a_feed_of_rows_has_the_bars_of_a_history_as_soon_as_no_row_of_theirs_can_come(feed, rule, data):
    rows, hours = feed
    sessions = row_days(rows, hours)
    opened, closed, came = (rows[name].to_physical().to_numpy() for name in ("opened_at", "closed_at", "known_at"))
    came = np.maximum.accumulate(came)
    every_end = np.unique(ends(np.arange(opened[0] // DAY_NS - 1, closed[-1] // DAY_NS + 2), hours))
    beyond = [int((closed - end)[(opened < end) & (end < closed)].max(initial=0)) for end in every_end]
    wait_ns = max(beyond) + int((came - closed).max())
    bars = BarBuilder(*rule).push(columns(rows), sessions)
    known_ns, over_ns = told(bars, *rule, hours)
    asked = moments(data, came, known_ns, known_ns + wait_ns, over_ns + wait_ns)
    asked = asked[asked < came[-1]]

    def cut(begin, end):
        return columns(rows[begin:end]), sessions[begin:end]

    found, clock, counts = fed(BarBuilder(*rule), cut, came, asked, wait_ns, hours)
    assert found.tobytes() == as_asked(bars, over_ns, clock).tobytes()
    if wait_ns == 0:
        assert counts.tolist() == [np.count_nonzero(known_ns <= now) for now in asked]
    assert (counts >= [np.count_nonzero(known_ns <= now - wait_ns) for now in asked]).all()


def minutes(*at, day=0):
    n = len(at)
    times = day * DAY_NS + np.array(at, np.int64) * MINUTE_NS
    return Ticks(times, np.full(n, 10.0), np.ones(n), np.ones(n, np.int8), None, None), np.full(n, day)


@pytest.mark.parametrize(("rule", "end"), [(("time", 600.0), 20), (("tick", 9.0), 30), (("tick_run", 9.0), 30)])
def test_what_begins_before_the_end_of_a_bar_that_was_asked_for_is_refused_and_loses_nothing(rule, end):
    half_an_hour = Hours("UTC", 0, 1800, 1800, weekend_trading=True)
    builder = BarBuilder(*rule)
    builder.push(*minutes(12, 15))
    assert builder.until(end * MINUTE_NS - 1, half_an_hour).size == 0
    (bar,) = builder.until(end * MINUTE_NS, half_an_hour)
    assert (bar["n_ticks"], bar["partial"]) == (2, rule[0] != "time")
    assert builder.until(end * MINUTE_NS, half_an_hour).size == 0
    resumed = BarBuilder(*rule, state=np.frombuffer(builder.state.tobytes(), builder.state.dtype))
    (late, _), sessions = minutes(end), np.zeros(1, np.int64)
    for one in (builder, resumed):
        told_ = refused(one, (minutes(end - 1)[0], sessions))
        assert f"found 1970-01-01T00:{end - 1}:00.000000000 after 1970-01-01T00:{end}:00" in told_
        assert one.push(late, sessions).size == 0
        assert one.state["n_ticks"] == 1


def test_the_last_time_bar_of_a_session_is_partial_only_if_it_is_asked_for_when_the_session_is_over():
    """In the same half hour a tick may still come or not: no rule can tell at the end of the period."""
    hour = Hours("UTC", 0, 3600, 3600, weekend_trading=True)
    for now, is_last in ((20, 0), (59, 0), (60, 1), (600, 1)):
        builder = BarBuilder("time", 600.0)
        builder.push(*minutes(12, 15))
        assert builder.until(now * MINUTE_NS, hour)["partial"].tolist() == [is_last]
    later = minutes(3, day=1)
    for also, partial in (([], [1]), ([40], [0, 1])):
        builder = BarBuilder("time", 600.0)
        first = builder.push(*minutes(12, 15, *also))
        assert [*first["partial"], *builder.push(*later)["partial"]] == partial


def test_a_bar_of_rows_of_a_day_is_over_when_the_row_comes_since_its_session_ended_before():
    rows = ohlcv(np.arange(3) * DAY_NS + THURSDAYS[0] // DAY_NS * DAY_NS, DAY_NS)
    sessions = row_days(rows, STOCKS)
    builder = BarBuilder("tick", 5.0)
    assert sessions.tolist() == [THURSDAYS[0] // DAY_NS, THURSDAYS[0] // DAY_NS + 1, -1]
    for i in range(2):
        assert builder.push(columns(rows[i : i + 1]), sessions[i : i + 1]).size == 0
        (bar,) = builder.until(rows["known_at"].to_physical()[i], STOCKS)
        assert (bar["session"], bar["partial"]) == (sessions[i], 1)
    assert builder.push(columns(rows[2:]), sessions[2:]).size == 0
