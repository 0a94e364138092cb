"""Laws of bars made of OHLCV rows: those of ticks, and that no row is divided or known early."""

from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.bars.as_table import frame
from assay.bars.build import build
from assay.bars.builder import BarBuilder
from assay.bars.rows import Rows, columns, rules
from assay.errors import DataError
from assay.tables.bars import BARS
from assay.tables.flags import Flag
from assay.tables.ohlcv import OHLCV
from assay.tables.table import TIME

SECOND_NS, MINUTE_NS, DAY_NS = 10**9, 60 * 10**9, 86_400 * 10**9
KINDS = st.sampled_from(
    [("time", 60.0), ("time", 300.0), ("tick", 7.0), ("tick", 1.0), ("volume", 10.0), ("dollar", 150.0)]
)
NOT_GIVEN = {"value": np.nan, "buy_volume": np.nan, "n_trades": -1, "flags": 0}


def ohlcv(opened_ns, length_ns=MINUTE_NS, lag_ns=0, **given):
    """Return a checked table of rows; prices of 1 and volume of 1 where none are given."""
    opened = np.asarray(opened_ns, np.int64)
    closed = opened + np.asarray(length_ns)
    prices = dict.fromkeys(("open", "high", "low", "close", "volume"), 1.0)
    made = {"opened_at": opened, "closed_at": closed, "known_at": closed + lag_ns, **prices, **NOT_GIVEN, **given}
    whole = {name: np.broadcast_to(np.asarray(values), opened.shape) for name, values in made.items()}
    cast = [
        pl.Series(name, whole[name]).cast(TIME if column.dtype == TIME else column.dtype)
        for name, column in OHLCV.columns.items()
    ]
    return OHLCV.check(pl.DataFrame(cast), "rows")


@st.composite
def feeds(draw):
    """Return rows of a minute with holes, rows without trades, session days, and rows outside of any."""
    n = draw(st.integers(1, 40))
    row = st.tuples(
        st.sampled_from([1, 1, 1, 2, 6]),
        *[st.integers(8, 20)] * 4,
        st.integers(0, 9),
        st.sampled_from([-1, 0, 1, 3]),
        st.sampled_from([0.0, 0.25, 0.5, 1.0, np.nan]),
        st.integers(0, 3),
    )
    rows = np.array(draw(st.lists(row, min_size=n, max_size=n)))
    days = np.cumsum(draw(st.lists(st.sampled_from([0] * 9 + [1]), min_size=n, max_size=n)))
    outside = np.array(draw(st.lists(st.sampled_from([False] * 9 + [True]), min_size=n, max_size=n)))
    price = rows[:, 1:5] / 8.0
    feed = ohlcv(
        np.cumsum(rows[:, 0]) * MINUTE_NS,
        lag_ns=(rows[:, 8] * SECOND_NS).astype(np.int64),
        open=price[:, 0],
        high=price.max(1),
        low=price.min(1),
        close=price[:, 3],
        volume=rows[:, 5],
        n_trades=rows[:, 6].astype(np.int64),
        buy_volume=rows[:, 5] * rows[:, 7],
    )
    return feed, np.where(outside, -1, days)


def by_hand(feed, days, kind, threshold):
    """Group rows into bars with lists: (rows of the bar, closed by a session break); the rest is still open."""
    bars, held, filled, before = [], [], 0.0, 0
    for i, row in enumerate(feed.iter_rows(named=True)):
        if days[i] < 0:
            continue
        opened_s, closed_s = row["opened_at"].timestamp(), row["closed_at"].timestamp()
        period = opened_s // threshold
        if held and (days[i] != days[held[0]] or (kind == "time" and period != before)):
            bars.append((held, bool(days[i] != days[held[0]])))
            held, filled = [], 0.0
        quiet = row["n_trades"] == 0 and row["volume"] == 0
        if not quiet:
            held, before = [*held, i], period
            typical = (row["high"] + row["low"] + row["close"]) / 3
            trades = max(row["n_trades"], 1)
            filled += {"time": 0, "tick": trades, "volume": row["volume"], "dollar": typical * row["volume"]}[kind]
        elif held:
            held = [*held, i]
        full = closed_s % threshold == 0 if kind == "time" else filled >= threshold * (1 - 1e-10)
        if held and full:
            bars.append((held, False))
            held, filled = [], 0.0
    return bars


def push(builder, feed, days):
    return builder.push(columns(feed), days)


@given(feed=feeds(), rule=KINDS)
@settings(deadline=None, max_examples=60)
def test_bars_are_those_of_brute_force(feed, rule):
    rows, days = feed
    bars = BARS.check(frame(push(BarBuilder(*rule), rows, days), "TEST"), "test")
    expected = by_hand(rows, days, *rule)
    assert bars["partial"].to_list() == [cut for _, cut in expected]
    known = rows["known_at"].to_physical().to_numpy()
    for bar, (held, _) in zip(bars.iter_rows(named=True), expected, strict=True):
        traded = rows[held].filter((pl.col("n_trades") != 0) | (pl.col("volume") > 0))
        assert (bar["open"], bar["close"]) == (traded["open"][0], traded["close"][-1])
        assert (bar["high"], bar["low"]) == (traded["high"].max(), traded["low"].min())
        assert (bar["volume"], bar["n_ticks"]) == (traded["volume"].sum(), traded["n_trades"].clip(1).sum())
        assert bar["path"] == np.abs(np.diff([traded["open"][0], *traded["close"]])).sum()
        assert bar["closed_at"].timestamp() * SECOND_NS >= known[held].max()
        typical = traded.select((pl.col("high") + pl.col("low") + pl.col("close")) / 3).to_series()
        assert bar["value"] == pytest.approx((typical * traded["volume"]).sum())
        assert bar["largest"] == (traded["volume"] / traded["n_trades"].clip(1)).max()
        assert np.isnan([bar["spread_open"], bar["spread_mean"], bar["imbalance"]]).all()


@given(feed=feeds(), rule=KINDS)
@settings(deadline=None, max_examples=80)
def test_every_row_in_a_session_is_in_one_bar_or_in_the_open_one(feed, rule):
    rows, days = feed
    builder = BarBuilder(*rule)
    closed, made = push(builder, rows, days), columns(rows)
    still_open = builder.state[builder.state["n_ticks"] > 0]
    for name in ("n_ticks", "volume", "value"):
        total = getattr(made, name)[days >= 0].sum()
        assert closed[name].sum() + still_open[name].sum() == pytest.approx(total), name
    sided = closed["buy_volume"] + closed["sell_volume"]
    assert (sided <= closed["volume"]).all()


@given(feed=feeds(), rule=KINDS, cut=st.integers(0, 40))
@settings(deadline=None, max_examples=100)
def test_bars_of_the_past_do_not_change_with_the_future(feed, rule, cut):
    rows, days = feed
    full = push(BarBuilder(*rule), rows, days)
    early = push(BarBuilder(*rule), rows[:cut], days[:cut])
    assert early.tobytes() == full[: early.size].tobytes()


@given(feed=feeds(), rule=KINDS)
@settings(deadline=None, max_examples=60)
def test_a_bar_holds_nothing_that_was_not_known_at_its_close(feed, rule):
    """The bars that are closed by an instant are those of the rows known by then: later rows change none of them."""
    rows, days = feed
    bars = frame(push(BarBuilder(*rule), rows, days), "TEST")
    for at in bars.filter(~pl.col("partial"))["closed_at"].unique():
        known = (rows["known_at"] <= at).arg_true()
        early = frame(push(BarBuilder(*rule), rows[known], days[known]), "TEST")
        assert bars.filter(pl.col("closed_at") <= at)[: early.height].equals(early, null_equal=True)


@given(feed=feeds(), rule=KINDS, cuts=st.lists(st.integers(0, 40), max_size=5))
@settings(deadline=None, max_examples=80)
def test_a_feed_makes_the_bars_of_a_history_when_its_state_is_saved_anywhere(feed, rule, cuts):
    rows, days = feed
    full = BarBuilder(*rule)
    expected = push(full, rows, days)
    builder, found = BarBuilder(*rule), b""
    for start, end in pairwise([0, *sorted(cuts), days.size]):
        saved = builder.state.tobytes()
        builder = BarBuilder(*rule, state=np.frombuffer(saved, full.state.dtype))
        found += push(builder, rows[start:end], days[start:end]).tobytes()
    assert found == expected.tobytes()
    assert builder.state.tobytes() == full.state.tobytes()


def inside(n):
    return np.zeros(n, np.int64)


def test_a_time_bar_closes_with_the_row_that_ends_its_period():
    bars = build(ohlcv(np.arange(5) * MINUTE_NS), "time", 300, inside(5), "TEST")
    assert bars["closed_at"].dt.timestamp("ns").to_list() == [5 * MINUTE_NS]
    assert bars["partial"].to_list() == [False]


def test_a_time_bar_without_its_last_row_closes_with_the_next_one():
    rows = ohlcv(np.array([0, 1, 5]) * MINUTE_NS)
    assert build(rows, "time", 300, inside(3), "TEST")["closed_at"].dt.timestamp("ns").to_list() == [2 * MINUTE_NS]


def test_a_bar_is_stamped_with_the_instant_from_which_it_was_known():
    rows = ohlcv(np.arange(3) * MINUTE_NS, lag_ns=np.array([0, 7, 0]) * SECOND_NS)
    bars = build(rows, "time", 60, inside(3), "TEST")
    assert (bars["closed_at"].dt.timestamp("ns") // SECOND_NS).to_list() == [60, 127, 180]
    assert (bars["opened_at"].dt.timestamp("ns") // SECOND_NS).to_list() == [0, 60, 127]


@pytest.mark.parametrize("seconds", [90, 30, 61])
def test_a_period_that_rows_do_not_fill_evenly_is_refused_with_the_remedy(seconds):
    rule = r"bars\.types\.time: rows of 60 s make time bars of whole multiples of 60 s only.*finer data\.interval"
    with pytest.raises(DataError, match=rule):
        build(ohlcv(np.arange(3) * MINUTE_NS), "time", seconds, inside(3), "TEST")


def test_rows_across_two_periods_are_refused_by_name():
    rows = ohlcv(np.array([30, 90]) * MINUTE_NS, length_ns=60 * MINUTE_NS)
    with pytest.raises(
        DataError, match=r"inside one period of 7200 s.*1970-01-01 01:30:00.*set bars\.types\.time to 3600"
    ):
        build(rows, "time", 7200, inside(2), "TEST")


def test_rows_as_long_as_the_bar_stand_for_themselves_wherever_they_begin():
    rows = ohlcv(np.array([30, 90, 150]) * MINUTE_NS, length_ns=60 * MINUTE_NS, close=[1.0, 1.0, 1.0])
    bars = build(rows, "time", 3600, inside(3), "TEST")
    assert bars["opened_at"].to_list() == rows["opened_at"].to_list()
    assert bars["closed_at"].to_list() == rows["closed_at"].to_list()


def test_days_of_23_to_25_hours_are_days():
    hours = np.array([24, 23, 25, 24])
    opened = np.concatenate(([5], 5 + np.cumsum(hours)[:-1])) * 60 * MINUTE_NS
    bars = build(ohlcv(opened, length_ns=hours * 60 * MINUTE_NS), "time", 86_400, np.arange(4), "TEST")
    assert (bars.height, bars["partial"].any()) == (4, False)


def test_each_rule_by_hand():
    """A flat row, one whose open lies below its low, one with all given, one outside."""
    rows = ohlcv(
        np.arange(4) * MINUTE_NS,
        open=[9.0, 7.0, 9.0, 9.0],
        high=[9.0, 10.0, 10.0, 9.0],
        low=[9.0, 8.0, 9.0, 9.0],
        close=[9.0, 9.0, 10.0, 9.0],
        volume=[0.0, 2.0, 6.0, 1.0],
        value=[0.0, np.nan, 57.0, 9.0],
        buy_volume=[np.nan, np.nan, 1.0, np.nan],
        n_trades=[-1, -1, 3, -1],
        flags=[Flag.FLAT, Flag.RANGE, 0, 0],
    )
    (bar,) = build(rows, "tick", 4, np.array([0, 0, 0, -1]), "TEST").iter_rows(named=True)
    assert (bar["open"], bar["high"], bar["low"], bar["close"]) == (8.0, 10.0, 8.0, 10.0)
    assert (bar["volume"], bar["value"], bar["n_ticks"]) == (8.0, 2 * 9 + 57, 4)
    assert (bar["buy_volume"], bar["sell_volume"]) == (1.0, 5.0)  # the first row has no price before it, so no side
    assert (bar["n_buys"], bar["n_sells"]) == (0, 3)
    assert (bar["path"], bar["largest"]) == (2.0, 2.0)
    assert rules(rows, np.array([True, True, True, False])) == {
        "without_trades_counts_no_tick": 1,
        "trades_not_given_count_1": 1,
        "value_from_typical_price": 1,
        "open_put_inside_range": 1,
        "close_put_inside_range": 0,
        "value_is_not_price_times_volume": 0,
    }


def test_a_value_that_is_no_price_times_volume_is_counted():
    """Contracts of 100 dollars at a price of 50,000: value / volume is 100."""
    price = dict.fromkeys(("open", "high", "low", "close"), 50_000.0)
    rows = ohlcv(np.arange(2) * MINUTE_NS, **price, volume=[3.0, 3.0], value=[300.0, 150_000.0])
    assert rules(rows, np.ones(2, bool))["value_is_not_price_times_volume"] == 1


def test_periods_without_trades_have_no_bar():
    rows = ohlcv(np.arange(6) * MINUTE_NS, volume=[1.0, 0, 0, 0, 0, 1], flags=[0, *[Flag.FLAT] * 4, 0])
    assert build(rows, "time", 120, inside(6), "TEST")["volume"].to_list() == [1.0, 1.0]


def test_rows_of_no_session_make_no_bar():
    with pytest.raises(DataError, match="2 OHLCV rows, 0 of them in a session"):
        build(ohlcv(np.arange(2) * MINUTE_NS), "time", 60, np.full(2, -1), "TEST")


@pytest.mark.parametrize(("kind", "size"), [("time", 60.0), ("tick", 2.0)])
def test_what_was_sold_is_none_where_all_was_bought_but_for_the_last_bit(kind, size):
    rows = ohlcv(np.arange(4) * MINUTE_NS, volume=[0.3] * 4, buy_volume=[0.1 + 0.2, 0.3, 0.1, 0.2])
    sold = build(rows, kind, size, inside(4), "TEST")["sell_volume"].to_list()
    assert sold == ([0.0, 0.0, 0.3 - 0.1, 0.3 - 0.2] if kind == "time" else [0.0, 0.3 - 0.1 + (0.3 - 0.2)])


def test_more_bought_than_traded_is_no_rounding_and_is_refused():
    rows = ohlcv(np.arange(2) * MINUTE_NS).with_columns(buy_volume=pl.Series([1.0, 1.0 + 2e-9]))
    with pytest.raises(DataError, match="no sum is negative; found 1 of 2 rows"):
        build(rows, "time", 60, inside(2), "TEST")


def test_the_columns_are_those_of_the_rows():
    assert isinstance(columns(ohlcv([0])), Rows)
