"""Corporate actions as the bars block asks for them."""

import numpy as np
import polars as pl
import pytest
from pydantic import ValidationError

from assay.bars.adjust import adjust
from assay.bars.params import BarsParams
from assay.errors import DataError
from assay.tables.context import ACTIONS

from .test_rows import DAY_NS, ohlcv

SPLIT = {"time": [2 * DAY_NS], "known_at": [2 * DAY_NS], "split": [2.0], "dividend": [0.0], "flags": [0]}


def actions(**changed):
    made = pl.DataFrame(SPLIT | changed)
    return ACTIONS.check(made.cast(dict(ACTIONS.empty().schema)), "actions")


def rows():
    return ohlcv(np.arange(4) * DAY_NS, DAY_NS, open=4.0, high=4.0, low=4.0, close=4.0, volume=10.0, value=40.0)


def closes(params, found):
    return adjust(rows(), found, params, "lean", "AAPL")["close"].to_list()


def test_prices_are_as_traded_unless_asked_for():
    assert adjust(rows(), {"lean": actions()}, BarsParams(), "lean", "AAPL").equals(rows(), null_equal=True)


def test_a_split_of_two_for_one_halves_the_prices_and_doubles_the_sizes_before_it():
    made = adjust(rows(), {"lean": actions()}, BarsParams(adjust="splits"), "lean", "AAPL")
    assert made["close"].to_list() == [2.0, 2.0, 4.0, 4.0]
    assert made["volume"].to_list() == [20.0, 20.0, 10.0, 10.0]
    assert made["value"].to_list() == [40.0] * 4


def test_after_a_dividend_value_over_volume_is_still_the_price():
    """A dividend of 1 from a price of 4: prices before it are three quarters of what they were."""
    found = {"lean": actions(split=[1.0], dividend=[1.0])}
    made = adjust(rows(), found, BarsParams(adjust="splits_and_dividends"), "lean", "AAPL")
    assert made["close"].to_list() == [3.0, 3.0, 4.0, 4.0]
    assert (made["value"] / made["volume"]).to_list() == [3.0, 3.0, 4.0, 4.0]
    assert made.columns == rows().columns


def test_the_label_of_the_prices_comes_first_then_the_only_other():
    params = BarsParams(adjust="splits")
    other = actions(split=[4.0])
    assert closes(params, {"lean": actions(), "yahoo": other})[0] == 2.0
    assert closes(params, {"yahoo": other})[0] == 1.0


@pytest.mark.parametrize(("day", "first"), [("1970-01-02", 4.0), ("1970-01-03", 2.0), ("all", 2.0)])
def test_an_action_of_the_day_itself_counts(day, first):
    assert closes(BarsParams(adjust="splits", adjust_as_of=day), {"lean": actions()})[0] == first


@pytest.mark.parametrize(
    ("found", "remedy"),
    [
        ({}, "found none; add {source: yahoo, kind: actions, symbols: [AAPL]} to data.more and fetch, or set it to"),
        ({"polygon": actions(), "yahoo": actions()}, "found polygon, yahoo; leave one of them in data.more, or set"),
    ],
)
def test_without_actions_or_with_those_of_two_others_the_remedy_is_told(found, remedy):
    with pytest.raises(DataError) as told:
        adjust(rows(), found, BarsParams(adjust="splits"), "lean", "AAPL")
    assert f"bars.adjust: splits need the actions of AAPL from lean or one other source; {remedy}" in str(told.value)


@pytest.mark.parametrize(
    ("found", "why"),
    [
        ({"adjust": "yes"}, r"adjust\s+Input should be 'none', 'splits' or 'splits_and_dividends'"),
        ({"adjust_as_of": "2020-13-01"}, r"adjust_as_of\s+Value error, must be an ISO date, .* or all, not 2020-13-01"),
        ({"adjust_as_of": "now"}, r"adjust_as_of\s+Value error, must be an ISO date, .* or all, not now"),
    ],
)
def test_what_is_no_adjustment_is_refused(found, why):
    with pytest.raises(ValidationError, match=why):
        BarsParams.model_validate(found)
