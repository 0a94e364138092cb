"""OHLCV rows that open before the row before was known: counted exactly, and stopped at the gate."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.bars.build import build
from assay.bars.health import health
from assay.bars.params import BarsParams
from assay.bars.row_health import RowHealth, row_health
from assay.bars.tally import tally
from assay.errors import DataError
from assay.market.sessions import Hours

from .conftest import _trades
from .test_rows import DAY_NS, MINUTE_NS, SECOND_NS, feeds, ohlcv

ALWAYS = Hours("UTC", 0, 86_400, 86_400, weekend_trading=True)


def told(rows, days):
    return row_health(rows, days, ALWAYS)["rows"]


def by_hand(rows, days):
    """Compare every row with every one before it: sessions only, and only those with trades can open a bar."""
    opened, known = (rows[name].to_physical().to_list() for name in ("opened_at", "known_at"))
    quiet = [n == 0 and volume == 0 for n, volume in rows.select("n_trades", "volume").rows()]
    seen = np.flatnonzero(days >= 0).tolist()
    return sum(not quiet[i] and any(known[j] > opened[i] for j in seen if j < i) for i in seen)


def pieces(rows, days, cuts):
    counted = RowHealth(ALWAYS)
    for start, end in pairwise([0, *sorted(cuts), days.size]):
        counted.add(rows[start:end], days[start:end])
    return counted.report()["rows"]


@given(feed=feeds(), lags_s=st.lists(st.integers(0, 200), min_size=40, max_size=40), cuts=st.lists(st.integers(0, 40)))
@settings(deadline=None, max_examples=100)
def test_every_row_that_opens_too_early_is_counted_once_wherever_the_history_is_cut(feed, lags_s, cuts):
    rows, days = feed
    lag_ns = np.array(lags_s[: days.size]) * SECOND_NS
    late = rows.with_columns(known_at=(rows["closed_at"].to_physical() + lag_ns).cast(rows["known_at"].dtype))
    found = told(late, days)
    assert found["rules"]["stale_open"] == by_hand(late, days)
    assert found["longest_lag_seconds"] == np.max(lag_ns[days >= 0], initial=0) / SECOND_NS
    assert pieces(late, days, [min(cut, days.size) for cut in cuts]) == found


@pytest.mark.parametrize(("lag_ns", "n_stale"), [(0, 0), (MINUTE_NS, 0), (MINUTE_NS + 1, 2)])
def test_a_row_that_is_known_at_the_very_instant_the_next_one_opens_is_in_time(lag_ns, n_stale):
    rows = ohlcv(np.arange(3) * 2 * MINUTE_NS, lag_ns=lag_ns)
    assert told(rows, np.zeros(3, np.int64))["rules"]["stale_open"] == n_stale


def test_the_rows_of_contracts_are_put_in_order_of_time():
    rows, days = ohlcv(np.arange(4) * DAY_NS, DAY_NS), np.arange(4)
    assert told(rows[[2, 3, 0, 1]], days[[2, 3, 0, 1]]) == told(rows, days)
    assert told(rows, days)["rules"]["stale_open"] == 0


def judged(rows, **gate):
    days = rows["opened_at"].to_physical().to_numpy() // DAY_NS
    params = BarsParams.model_validate({"types": {"tick": 1}, "max_tick_share": 1, "gate": gate})
    made = {"tick": build(rows, "tick", 1, days, "TEST")}
    return health(made, params, tally(rows, days), 1.0, (), told(rows, days))["types"]["tick"]["warnings"]


LATE = ohlcv(np.arange(5) * MINUTE_NS, lag_ns=300 * SECOND_NS)
WORDS = (
    "4 of 5 bars open at a price of before the bar before them was known, as data.publish_lag_seconds says: "
    "no fill can be as early"
)


def test_the_stage_stops_with_one_line_that_says_what_to_do():
    with pytest.raises(DataError) as stopped:
        judged(LATE)
    assert str(stopped.value) == (
        f"tick bars: bars.gate.fail asks for stale_open; found {WORDS}; take ticks, or bars that lie apart by more "
        "than the publish lag, such as days of a session; or correct data.publish_lag_seconds, or take stale_open out "
        "of bars.gate.fail to be warned only"
    )


def test_it_is_a_warning_where_params_say_so():
    assert judged(LATE, fail=[]) == [WORDS]


def test_days_of_a_session_that_are_known_a_little_after_the_close_pass():
    opened = np.arange(5) * DAY_NS + 570 * MINUTE_NS
    assert judged(ohlcv(opened, 390 * MINUTE_NS, lag_ns=15 * MINUTE_NS)) == []


def test_days_made_of_minutes_that_are_known_a_minute_late_pass_and_hours_of_them_do_not():
    """From 9:30 to 15:30 on three days, in seven hours of the clock, of which six follow one; the last is not over."""
    minutes = 570 * MINUTE_NS + np.arange(360) * MINUTE_NS
    rows = ohlcv(np.concatenate([day * DAY_NS + minutes for day in range(3)]), lag_ns=MINUTE_NS)
    days = rows["opened_at"].to_physical().to_numpy() // DAY_NS
    for seconds, n_stale in ((86_400, 0), (3_600, 3 * 6 - 1)):
        block = {"types": {"time": seconds}, "main": "time", "max_tick_share": 1, "gate": {"fail": []}}
        params = BarsParams.model_validate(block)
        made = {"time": build(rows, "time", seconds, days, "TEST")}
        report = health(made, params, tally(rows, days), 1.0, (), told(rows, days))
        assert report["types"]["time"]["n_stale_opens"] == n_stale


def test_ticks_and_rows_without_a_lag_pass():
    assert judged(ohlcv(np.arange(5) * MINUTE_NS)) == []
    ticks, days = _trades(np.arange(4), np.ones(4)), np.zeros(4, np.int64)
    params = BarsParams(types={"tick": 2}, max_tick_share=1.0)
    bars = {"tick": build(ticks, "tick", 2, days, "TEST")}
    assert health(bars, params, tally(ticks, days), 1.0)["types"]["tick"]["warnings"] == []


def earned(rows, path):
    """Return the t-statistic of who knows the price at the close of a bar and trades at the next open for ten bars."""
    bars = build(rows, "time", 60, np.zeros(rows.height, np.int64), "TEST")
    open_ = bars["open"].to_numpy()
    minute = bars["closed_at"].to_physical().to_numpy() // MINUTE_NS
    i = np.arange(bars.height - 20)
    gain = np.sign(path[minute[i]] - open_[i + 1]) * (open_[i + 11] - open_[i + 1])
    return float(gain.mean() / gain.std() * np.sqrt(gain.size / 11)) if gain.any() else 0.0


@pytest.mark.parametrize(("lag_s", "is_stopped"), [(0, False), (300, True)])
def test_a_worthless_signal_earns_where_rows_open_before_the_last_was_known_and_the_gate_stops_it(lag_s, is_stopped):
    """The price is a martingale, so that nobody can earn who trades at the price of the moment."""
    random = np.random.default_rng(1)
    path = 1_000.0 + np.cumsum(random.normal(0.0, 0.1, 3_001))
    ends = {"open": path[:-1], "close": path[1:]}
    both = np.array([path[:-1], path[1:]])
    rows = ohlcv(np.arange(3_000) * MINUTE_NS, lag_ns=lag_s * SECOND_NS, high=both.max(0), low=both.min(0), **ends)
    assert (earned(rows, path) > 5.0) == is_stopped
    assert bool(told(rows, np.zeros(3_000, np.int64))["rules"]["stale_open"]) == is_stopped
