"""The gate of bars: each rule on bars made to break it, as a warning, or as the end of the stage."""

import re

import numpy as np
import pytest
from pydantic import ValidationError

from assay.bars.build import build
from assay.bars.gate import duration_tail, one_tick_run
from assay.bars.health import health
from assay.bars.params import BarsParams
from assay.bars.tally import tally
from assay.errors import DataError

SECOND_NS = 10**9


def one_huge_bar(trades):
    """Ten bars of one large trade each, then one of 990 small ones."""
    size = np.concatenate([np.full(10, 9.9), np.full(990, 0.01)])
    return {"types": {"volume": 9.9}, "main": "volume"}, trades(np.arange(1_000) * SECOND_NS, np.ones(1_000), size)


def one_long_bar(trades):
    """Bars of 10 ticks, a second apart, but one that takes a day."""
    time_s = np.arange(2_000) + np.where(np.arange(2_000) > 1_005, 86_400, 0)
    return {"types": {"tick": 10}}, trades(time_s * SECOND_NS, np.ones(2_000))


def too_many(trades):
    return {"types": {"tick": 10}, "gate": {"per_session": {"tick": 20}}}, even(trades)


def too_few(trades):
    return {"types": {"tick": 10}, "gate": {"per_session": {"tick": 401}}}, even(trades)


def collapsed(trades):
    return {"types": {"volume": 1}, "main": "volume"}, even(trades)


def cut_short(trades):
    return {"types": {"volume": 1_001}, "main": "volume"}, even(trades, 20_000)


def taught_too_much(trades):
    """Trades of one unit, two buys for each sell, but one of ten thousand in their first bar."""
    n = 100_000
    size = np.where(np.arange(n) == 50, 10_000.0, 1.0)
    side = np.where(np.arange(n) % 3, 1, -1)
    found = {"types": {"volume_run": 100}, "main": "volume_run", "max_tick_share": 1}
    return found, trades(np.arange(n) * SECOND_NS, np.ones(n), size, side)


def even(trades, n=2_000):
    return trades(np.arange(n) * SECOND_NS, np.ones(n))


PLANTED = {
    "tick_share": (one_huge_bar, "one bar holds a share of 0.99 of all ticks in sessions"),
    "duration_tail": (one_long_bar, "the longest hundredth of the bars takes a share of 0.97.* of the time of all"),
    "per_session": (too_many, "a session has 200 bars at the median, .* = 2 times off bars.gate.per_session = 20"),
    "per_session ": (too_few, "a session has 200 bars at the median, .* = 2 times off bars.gate.per_session = 401"),
    "one_tick_run": (collapsed, "2000 bars of one tick follow one another"),
    "expected_ticks": (taught_too_much, "the median bar has .* ticks, more than may be expected of one"),
    "partial_share": (cut_short, "session breaks closed a share of 1 of the bars before they were full"),
}


def judged(found, ticks, **gate):
    found = {**found, "gate": {**found.get("gate", {}), **gate}}
    params = BarsParams.model_validate({"main": "tick", **found})
    seconds = ticks["time"].to_physical().to_numpy() // SECOND_NS
    days = seconds // 1_000 if seconds[-1] == 19_999 else np.zeros_like(seconds)
    ((kind, size),) = params.types.items()
    bars = {kind: build(ticks, kind, size, days, "TEST")}
    return health(bars, params, tally(ticks, days), 1.0)["types"][kind]["warnings"]


@pytest.mark.parametrize("rule", PLANTED)
def test_each_rule_warns_of_bars_that_break_it(trades, rule):
    planted, words = PLANTED[rule]
    (warning,) = judged(*planted(trades))
    assert re.match(words, warning)


@pytest.mark.parametrize("rule", PLANTED)
def test_each_rule_fails_where_params_say_so(trades, rule):
    planted, words = PLANTED[rule]
    with pytest.raises(
        DataError, match=rf"bars: bars.gate.fail asks for {rule.strip()}; found {words}.*; change"
    ) as told:
        judged(*planted(trades), fail=[rule.strip()])
    assert "\n" not in str(told.value)
    others = [other.strip() for other in PLANTED if other.strip() != rule.strip()]
    assert len(judged(*planted(trades), fail=others)) == 1


def test_even_bars_pass(trades):
    found = {"types": {"tick": 10}, "gate": {"per_session": {"tick": 100}}}
    assert judged(found, even(trades), fail=sorted({rule.strip() for rule in PLANTED})) == []


def test_one_tick_a_bar_is_no_fault_where_it_was_asked_for(trades):
    assert judged({"types": {"tick": 1}}, even(trades)) == []


@pytest.mark.parametrize(
    ("seconds", "share"),
    [([1.0] * 99, None), ([1.0] * 99 + [101.0], 0.505), ([0.0] * 100, 0.0), ([2.0] * 250, 2 / 250)],
)
def test_the_tail_of_durations_by_hand(seconds, share):
    assert duration_tail(np.array(seconds)) == (share if share is None else pytest.approx(share))


@pytest.mark.parametrize(("n_ticks", "run"), [([1], 1), ([2, 3], 0), ([1, 1, 2, 1, 1, 1], 3), ([2, 1, 1, 2], 2)])
def test_runs_of_bars_of_one_tick_by_hand(n_ticks, run):
    assert one_tick_run(np.array(n_ticks)) == run


@pytest.mark.parametrize(
    "gate", [{"per_session": {"dollar": 10}}, {"fail": ["speed"]}, {"max_factor": 0.5}, {"per_session": {"tick": 0}}]
)
def test_a_gate_that_cannot_be_is_refused(gate):
    with pytest.raises(ValidationError, match="gate"):
        BarsParams.model_validate({"gate": gate})
