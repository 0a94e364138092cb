"""Laws of bars, whatever the ticks: nothing is lost, nothing is known early, and a feed makes the bars of a history."""

from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.bars.as_table import frame
from assay.bars.build import build
from assay.bars.builder import BarBuilder
from assay.bars.ticks import Ticks, columns
from assay.errors import DataError
from assay.tables.bars import BARS

SECOND_NS = 10**9
FIXED = [("time", 5.0), ("tick", 4.0), ("tick", 1.0), ("volume", 10.0), ("dollar", 500.0)]
LEARNED = [(f"{unit}_{form}", 3.0) for unit in ("tick", "volume", "dollar") for form in ("imbalance", "run")]
KINDS = st.sampled_from(FIXED + LEARNED)


@st.composite
def feeds(draw):
    """Return trades or quotes and session days: prices in eighths, whole sizes, breaks, and ticks outside."""
    n = draw(st.integers(1, 60))
    row = st.tuples(st.integers(0, 3), st.integers(80, 88), st.integers(0, 9), st.sampled_from([-1, 0, 0, 1]))
    rows = np.array(draw(st.lists(row, min_size=n, max_size=n)), np.int64)
    days = np.cumsum(draw(st.lists(st.sampled_from([0] * 12 + [1]), min_size=n, max_size=n)))
    outside = np.array(draw(st.lists(st.sampled_from([False] * 9 + [True]), min_size=n, max_size=n)))
    time_ns, price, size = np.cumsum(rows[:, 0]) * SECOND_NS, rows[:, 1] / 8.0, rows[:, 2].astype(np.float64)
    if draw(st.booleans()):
        ticks = Ticks(time_ns, price, size, rows[:, 3].astype(np.int8), None, None)
    else:
        ticks = Ticks(time_ns, price, size, None, rows[:, 0] / 8.0, rows[:, 0] / 8.0 - 0.25)
    return ticks, np.where(outside, -1, days)


def part(ticks, chosen):
    return Ticks(*(None if column is None else np.ascontiguousarray(column[chosen]) for column in ticks))


def by_hand(ticks, days, kind, threshold):
    """Group ticks into bars with lists: (ticks of the bar, closed by a session break); the rest is still open."""
    bars, held, filled, before = [], [], 0.0, 0
    for i in np.flatnonzero(days >= 0):
        period = int(ticks.time_ns[i] // (threshold * SECOND_NS))
        if held and (days[i] != days[held[0]] or (kind == "time" and period != before)):
            bars.append((held, bool(days[i] != days[held[0]])))
            held, filled = [], 0.0
        held, before = [*held, int(i)], period
        filled += {"time": 0.0, "tick": 1.0, "volume": ticks.size[i], "dollar": ticks.price[i] * ticks.size[i]}[kind]
        if kind != "time" and filled >= threshold:
            bars.append((held, False))
            held, filled = [], 0.0
    return bars, held


def signs_by_hand(ticks, days):
    """Sign each tick of a session: the given side, else the tick rule; 0 outside."""
    signs, last_price, last_sign = np.zeros(days.size, np.int64), None, 0
    for i in np.flatnonzero(days >= 0):
        move = 0 if last_price is None else int(np.sign(ticks.price[i] - last_price))
        last_sign = (0 if ticks.side is None else int(ticks.side[i])) or move or last_sign
        last_price, signs[i] = ticks.price[i], last_sign
    return signs


def given_or_nan(column, held):
    return np.full(len(held), np.nan) if column is None else column[held]


@given(feed=feeds(), rule=st.sampled_from(FIXED))
@settings(deadline=None, max_examples=80)
def test_bars_are_those_of_brute_force(feed, rule):
    ticks, days = feed
    bars = BARS.check(frame(BarBuilder(*rule).push(ticks, days), "TEST"), "test")
    expected, _ = by_hand(ticks, days, *rule)
    signs = signs_by_hand(ticks, days)
    assert bars["partial"].to_list() == [cut for _, cut in expected]
    for row, (held, _) in zip(bars.iter_rows(named=True), expected, strict=True):
        price, size = ticks.price[held], ticks.size[held]
        assert (row["open"], row["high"], row["low"], row["close"]) == (price[0], price.max(), price.min(), price[-1])
        assert (row["n_ticks"], row["volume"], row["value"]) == (len(held), size.sum(), (price * size).sum())
        assert row["path"] == np.abs(np.diff(price)).sum()
        assert row["largest"] == size.max()
        assert row["vwap"] == pytest.approx(np.average(price, weights=size if size.any() else None))
        spread, imbalance = given_or_nan(ticks.spread, held), given_or_nan(ticks.imbalance, held)
        quoted = [row["spread_open"], row["spread_mean"], row["imbalance"]]
        assert quoted == pytest.approx([spread[0], spread.mean(), imbalance.mean()], nan_ok=True)
        assert (row["n_buys"], row["n_sells"]) == tuple(np.count_nonzero(signs[held] == s) for s in (1, -1))
        assert (row["buy_volume"], row["sell_volume"]) == tuple(size[signs[held] == s].sum() for s in (1, -1))


@given(feed=feeds(), rule=KINDS)
@settings(deadline=None, max_examples=100)
def test_every_tick_in_a_session_is_in_one_bar_or_in_the_open_one(feed, rule):
    ticks, days = feed
    builder = BarBuilder(*rule)
    closed = builder.push(ticks, days)
    still_open = builder.state[builder.state["n_ticks"] > 0]
    inside = days >= 0
    totals = {"n_ticks": inside, "volume": ticks.size * inside, "value": ticks.price * ticks.size * inside}
    for name, total in totals.items():
        assert closed[name].sum() + still_open[name].sum() == total.sum(), name
    for name in ("buy_volume", "sell_volume"):
        assert (closed[name] <= closed["volume"]).all()


@given(feed=feeds(), rule=KINDS, cut=st.integers(0, 60))
@settings(deadline=None, max_examples=100)
def test_bars_of_the_past_do_not_change_with_the_future(feed, rule, cut):
    ticks, days = feed
    full = BarBuilder(*rule).push(ticks, days)
    early = BarBuilder(*rule).push(part(ticks, slice(cut)), days[:cut])
    assert early.tobytes() == full[: early.size].tobytes()


@given(feed=feeds(), rule=KINDS, cuts=st.lists(st.integers(0, 60), max_size=5))
@settings(deadline=None, max_examples=100)
def test_a_feed_makes_the_bars_of_a_history_when_its_state_is_saved_anywhere(feed, rule, cuts):
    ticks, days = feed
    full = BarBuilder(*rule)
    expected = full.push(ticks, days)
    feed_builder, found = BarBuilder(*rule), b""
    edges = [0, *sorted(cuts), days.size]
    for start, end in pairwise(edges):
        saved = feed_builder.state.tobytes()
        feed_builder = BarBuilder(*rule, state=np.frombuffer(saved, full.state.dtype))
        found += feed_builder.push(part(ticks, slice(start, end)), days[start:end]).tobytes()
    assert found == expected.tobytes()
    assert feed_builder.state.tobytes() == full.state.tobytes()


@given(feed=feeds(), rule=KINDS)
@settings(deadline=None, max_examples=60)
def test_ticks_outside_every_session_change_nothing(feed, rule):
    ticks, days = feed
    inside = days >= 0
    without = BarBuilder(*rule).push(part(ticks, inside), days[inside])
    assert BarBuilder(*rule).push(ticks, days).tobytes() == without.tobytes()


@given(feed=feeds(), rule=KINDS)
@settings(deadline=None, max_examples=60)
def test_a_bar_is_partial_only_where_the_session_ends(feed, rule):
    ticks, days = feed
    closed = BarBuilder(*rule).push(ticks, days)
    for i in np.flatnonzero(closed["partial"]):
        assert i + 1 == closed.size or closed["session"][i + 1] > closed["session"][i]
    assert (np.diff(closed["session"]) >= 0).all()


@pytest.mark.parametrize(
    "rule",
    [("tick", 100), ("time", 300), ("volume", 997), ("dollar", 2e6), ("tick_imbalance", 500), ("dollar_run", 500)],
)
def test_emini_bars_at_ten_cut_points_are_those_of_the_whole_sample(es_trades, rule):
    ticks, days = columns(es_trades), es_trades["time"].dt.epoch("d").cast(pl.Int64).to_numpy()
    full = BarBuilder(*rule).push(ticks, days)
    for cut in np.linspace(1, es_trades.height, 10).astype(int):
        early = BarBuilder(*rule).push(part(ticks, slice(cut)), days[:cut])
        assert early.tobytes() == full[: early.size].tobytes()


def test_a_history_longer_than_one_piece_is_one_history(trades, monkeypatch):
    generator = np.random.default_rng(1)
    ticks = trades(range(500), 100 + generator.integers(-3, 4, 500), generator.integers(1, 9, 500))
    days = np.arange(500) // 200
    whole = build(ticks, "volume", 37, days, "TEST")
    monkeypatch.setattr("assay.bars.builder.TICKS_AT_ONCE", 64)
    monkeypatch.setattr("assay.bars.build.TICKS_AT_ONCE", 96)
    assert build(ticks, "volume", 37, days, "TEST").equals(whole, null_equal=True)


def test_ten_sizes_of_a_tenth_fill_a_bar_of_one(trades):
    bars = build(trades(range(20), [5.0] * 20, [0.1] * 20), "volume", 1.0, np.zeros(20, np.int64), "TEST")
    assert bars["n_ticks"].to_list() == [10, 10]


@pytest.mark.parametrize("kind", ["volume", "dollar"])
def test_whole_sizes_fill_a_bar_to_the_last_unit_however_large_it_is(trades, kind):
    size = [2.0**34 - 1.0, 1.0, 2.0**34 - 1.0, 2.0]
    bars = build(trades(range(4), [1.0] * 4, size), kind, 2.0**34, np.zeros(4, np.int64), "TEST")
    assert bars["n_ticks"].to_list() == [2, 2]


def test_a_period_without_ticks_has_no_bar(trades):
    seconds = np.array([0, 59, 60, 200, 301])
    bars = build(trades(seconds * SECOND_NS, [1, 2, 3, 4, 5]), "time", 60, np.zeros(5, np.int64), "TEST")
    assert bars["n_ticks"].to_list() == [2, 1, 1]
    assert (bars["closed_at"].dt.timestamp("ns") // SECOND_NS).to_list() == [59, 60, 200]


def test_a_session_break_closes_and_the_next_tick_may_fill_its_own_bar(trades):
    bars = build(trades(range(3), [1, 2, 3], [1, 1, 9]), "volume", 5, np.array([7, 7, 8]), "TEST")
    assert bars["partial"].to_list() == [True, False]
    assert bars["n_ticks"].to_list() == [2, 1]
    assert bars["session"].dt.to_string().to_list() == ["1970-01-08", "1970-01-09"]


def test_quotes_by_hand(quotes):
    ticks = quotes([0, 1], [1, 1], [2, 2], [3, 0], [1, 0])
    made = columns(ticks)
    assert (made.price.tolist(), made.size.tolist()) == ([1.5, 1.5], [2.0, 0.0])
    assert made.spread.tolist() == [1, 1]
    assert made.imbalance.tolist() == [0.5, 0]
    bars = build(ticks, "tick", 2, np.zeros(2, np.int64), "TEST")
    assert bars.select("spread_open", "spread_mean", "imbalance").row(0) == (1, 1, 0.25)


def test_without_sizes_the_vwap_is_the_mean_price(quotes):
    ticks = quotes([0, 1], [1, 2], [1, 2], [0, 0], [0, 0])
    assert build(ticks, "tick", 2, np.zeros(2, np.int64), "TEST")["vwap"].to_list() == [1.5]


def test_trades_have_no_spread(trades):
    bars = BARS.check(build(trades([0], [1.0]), "tick", 1, np.zeros(1, np.int64), "TEST"), "test")
    assert bars.select(pl.col("spread_open", "spread_mean", "imbalance").is_nan()).row(0) == (True,) * 3


@pytest.mark.parametrize("threshold", [0.0, -1.0, np.nan, np.inf])
def test_a_threshold_that_is_not_positive_is_one_line(trades, threshold):
    with pytest.raises(DataError, match=r"bars.types.tick: threshold must be positive"):
        build(trades([0], [1.0]), "tick", threshold, np.zeros(1, np.int64), "TEST")


def test_a_part_of_a_tick_is_one_line(trades):
    with pytest.raises(DataError, match=r"bars.types.tick: threshold must be whole; found 2\.5"):
        build(trades([0], [1.0]), "tick", 2.5, np.zeros(1, np.int64), "TEST")


@pytest.mark.parametrize(("n", "days"), [(0, []), (3, [5, 5, 5]), (3, [-1, -1, -1])])
def test_no_bar_is_one_line(trades, n, days):
    with pytest.raises(DataError, match=r"TEST: .*bars.* need") as error:
        build(trades(range(n), [1.0] * n), "tick", 10, np.array(days, np.int64), "TEST")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(("price", "size", "rule"), [(1e290, 1.0, "prices are from"), (1e12, 1e300, "value is finite")])
def test_bars_of_impossible_ticks_are_refused_by_name(trades, price, size, rule):
    with pytest.raises(DataError, match=rf"TEST, tick bars: bars: {rule}"):
        build(trades([0, 1], [price] * 2, [size] * 2), "tick", 2, np.zeros(2, np.int64), "TEST")


@pytest.mark.parametrize("seconds", [1e12, 1e300])
def test_a_period_beyond_every_date_ends_with_the_session(trades, seconds):
    bars = build(trades([0, 10**18, 10**18 + 1], [1.0] * 3), "time", seconds, np.array([0, 0, 1]), "TEST")
    assert (bars["n_ticks"].to_list(), bars["partial"].to_list()) == ([2], [True])
