"""Contracts joined into one market: against a join by hand, and that nothing later is known."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.bars import roll
from assay.bars.build import build
from assay.bars.figures import figures
from assay.bars.roll import joined
from assay.bars.sessions import row_days
from assay.errors import DataError
from tests.bars.contracts import DAY_NS, HOUR_NS, HOURS, LAST, by_hand, interest, market, params

from .conftest import _trades
from .test_rows import ohlcv

SAME = ("open", "high", "low", "close", "volume", "n_ticks", "partial")


@pytest.mark.parametrize(("rule", "days"), [("volume", 0), ("days_before_expiry", 0), ("days_before_expiry", 2)])
@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6))
def test_the_join_is_that_of_plain_loops(rule, days, seed):
    prices = market(seed)
    held, expected = by_hand(prices, rule, days)
    made = joined(prices, {}, params(rule, days=days), HOURS, "ES")
    bars = made.bars["tick"]
    assert bars["ordinal"].to_list() == list(range(len(expected)))
    assert bars["session"].to_physical().to_list() == [day for day, *_ in expected]
    path = [(p[0], max(p), min(p), p[-1], volume, len(p), cut) for _, _, p, volume, cut in expected]
    assert bars.select(SAME).rows() == path
    rolls = made.report["rolls"]
    changes = [(a[1], b[1]) for a, b in pairwise(expected) if a[1] != b[1]]
    assert [(one["from"], one["to"]) for one in rolls["made"]] == changes
    unused = sum(held[t // DAY_NS] != name for name, f in prices.items() for t in f["time"].to_physical())
    assert rolls["n_ticks_not_held"] == unused == sum(f.height for f in prices.values()) - made.given.n_rows


def test_open_interest_counts_from_when_it_was_known():
    prices = {
        name: _trades(np.arange(24) * 6 * HOUR_NS, np.full(24, price)) for name, price in (("H", 1.0), ("M", 2.0))
    }
    last = {"H": 5, "M": 9}
    told = {"H": interest({0: 9, 1: 8}), "M": interest({0: 1, 1: 9})}
    made = joined(prices, told, params("open_interest", last=last), HOURS, "ES")
    assert made.bars["time"]["close"].to_list() == [1.0] * 8 + [2.0] * 15
    for lag in ("1h", "2h"):  # with the first row of the next session, and after it
        late = {"H": told["H"], "M": told["M"].with_columns(pl.col("known_at").dt.offset_by(lag))}
        made = joined(prices, late, params("open_interest", last=last), HOURS, "ES")
        assert made.bars["time"]["close"].to_list() == [1.0] * 12 + [2.0] * 11


def test_volume_of_rows_that_are_known_late_counts_late():
    days = np.arange(6) * DAY_NS
    size = {"H": [9.0, 2, 2, 2, 2, 2], "M": [1.0, 8, 8, 8, 8, 8]}
    first = {}
    for lag_ns in (0, HOUR_NS):
        rows = {name: ohlcv(days, DAY_NS, lag_ns, volume=np.array(size[name])) for name in size}
        wanted = params(last={"H": 4, "M": 9}, types={"tick": 1})
        made = joined(rows, {}, wanted.model_copy(update={"main": "tick"}), HOURS, "ES")
        first[lag_ns] = made.bars["tick"].filter(pl.col("volume") == 8.0)["session"].to_physical()[0]
    assert first == {0: 2, HOUR_NS: 3}


def test_a_contract_that_trades_outside_the_hours_alone_has_no_volume():
    mornings = replace(HOURS, end_s=43_200, friday_end_s=43_200)
    days = np.arange(6) * DAY_NS
    found = {"H": _trades(days + 3 * HOUR_NS, np.full(6, 1.0)), "M": _trades(days + 20 * HOUR_NS, np.full(6, 2.0))}
    wanted = params(last={"H": 9, "M": 20}, types={"tick": 1}).model_copy(update={"main": "tick"})
    assert joined(found, {}, wanted, mornings, "ES").bars["tick"]["close"].to_list() == [1.0] * 6


def test_a_new_contract_waits_until_the_last_bar_of_the_old_one_is_known():
    rows = {"H": ohlcv(np.arange(2) * DAY_NS, DAY_NS, HOUR_NS), "M": ohlcv(np.arange(2, 4) * DAY_NS, DAY_NS, HOUR_NS)}
    made = joined(rows, {}, params("days_before_expiry", last={"H": 2, "M": 9}, types={"tick": 1}), HOURS, "ES")
    opened = made.bars["tick"]["opened_at"].to_physical().to_list()
    assert opened == [0, *(day * DAY_NS + HOUR_NS for day in (1, 2, 3))]
    assert made.report["rows"]["rules"]["known_late"] == 4


def returns(bars):
    return np.diff(bars["close"].to_numpy())


def earlier(prices, at_ns):
    return {name: rows.filter(pl.col("time").to_physical() <= at_ns) for name, rows in prices.items()}


def breaks(seed, cut, adjustment="none"):
    """Tell whether a market that is cut in the middle has other bars than the whole has there."""
    prices = market(seed)
    at_ns = int(cut * 12 * DAY_NS)
    seen = {name: rows for name, rows in earlier(prices, at_ns).items() if rows.height}
    last = {name: LAST[name] for name in seen}
    then = joined(seen, {}, params("volume", adjustment, last), HOURS, "ES").bars
    now = joined(prices, {}, params("volume", adjustment), HOURS, "ES").bars
    for kind, bars in then.items():
        whole = now[kind].head(bars.height)
        same = bars.equals(whole) if adjustment == "none" else np.allclose(returns(bars), returns(whole), atol=1e-9)
        if not same:
            return True
    return False


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10**6), st.floats(0.15, 1.0), st.sampled_from(["none", "difference"]))
def test_later_ticks_change_no_bar_and_no_return(seed, cut, adjustment):
    assert not breaks(seed, cut, adjustment)


def test_a_rule_that_looks_at_the_same_day_is_found(monkeypatch):
    monkeypatch.setattr(roll, "figures", same_day)
    assert sum(breaks(seed, cut) for seed in range(4) for cut in np.arange(0.2, 0.9, 0.06)) > 1


def same_day(*given_):
    """Move each day's volume to the day before, as if it had been known then."""
    return figures(*given_).with_columns(pl.col("volume").shift(-1, fill_value=0.0).over("contract"))


def test_one_contract_is_the_market_as_it_is():
    only = market(5)["U"]
    made = joined({"U": only}, {}, params(last={"U": 30}), HOURS, "ES")
    for kind, size in params().types.items():
        assert made.bars[kind].equals(build(only, kind, size, row_days(only, HOURS), "ES"))
    assert made.report["rolls"]["made"] == []
    assert made.warnings == []


def test_what_cannot_be_joined_is_refused(quotes):
    prices = market(3)
    with pytest.raises(DataError, match=r"must reach to the last session"):
        joined({"H": prices["H"], "M": prices["M"]}, {}, params(last={"H": 2, "M": 5}), HOURS, "ES")
    ones = [1.0, 1.0]
    book = quotes([0, DAY_NS], ones, ones, ones, ones)
    with pytest.raises(DataError, match=r"volume needs trades or OHLCV; found quotes"):
        joined({"U": book}, {}, params(last={"U": 30}), HOURS, "ES")
    with pytest.raises(DataError, match=r"contracts must be of one kind"):
        joined({**prices, "M": book}, {}, params(), HOURS, "ES")
    with pytest.raises(DataError, match=r"tick bars need enough ticks to fill one"):
        joined({"U": prices["U"].head(1)}, {}, params(last={"U": 30}), HOURS, "ES")
    with pytest.raises(DataError, match=r"bars need rows in a session"):
        joined({"U": prices["U"].clear()}, {}, params(last={"U": 30}), HOURS, "ES")
    falling = {"H": _trades([0, 1, DAY_NS], [2.0, 9.0, 9.0]), "M": _trades(np.arange(3) * DAY_NS, np.ones(3))}
    with pytest.raises(DataError, match=r"adjusted prices must be positive; found -6 in tick bars"):
        joined(falling, {}, params("days_before_expiry", "difference", {"H": 2, "M": 9}, {"tick": 1}), HOURS, "ES")
