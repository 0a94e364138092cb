"""Look-ahead planted in features, in many rows or few: the law must find it."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from assay.features.breaches import breaches
from assay.features.inputs import Inputs
from assay.stats import rolling

from .planted import planted


@pytest.mark.parametrize(
    "cheat",
    [
        lambda x: np.append(x["close"][1:], np.nan) / x["close"],
        lambda x: x["close"] / x["close"][-1],
        lambda x: x.known(x.markets["OTHER"].bars, np.arange(x.markets["OTHER"].bars.height)[::-1] * 1.0),
        lambda x: rolling.ratio(np.cumsum(x["volume"]), np.full(x.bars.height, x["volume"].sum())),
    ],
    ids=["next close", "last close", "rows of another market to come", "share of the day's volume"],
)
def test_look_ahead_is_caught_however_it_comes(cheat, world):
    breach = next(breaches([planted(function=cheat)], world))
    assert breach.law == "must not change when bars follow"


def next_of(x, name):
    """A column one bar ahead; the last bar has its own."""
    return np.append(x.ticks(name)[1:], x.ticks(name)[-1])


def is_last(x):
    return np.append(np.diff(x.session_day) > 0, False)


def jump_to_come(x, least=12):
    jump = next_of(x, "close") - x.ticks("close")
    return np.where(np.abs(jump) > least, jump, 0.0)


@pytest.mark.parametrize(
    ("cheat", "n_rows"),
    [
        (lambda x: is_last(x) * 1.0, 3),
        (lambda x: np.append(is_last(x)[:-1], True) * 1.0, 4),
        (lambda x: np.where(is_last(x), next_of(x, "open") - x.ticks("close"), 0.0), 3),
        (jump_to_come, 2),
    ],
    ids=["a session's last bar", "that, or the last of all", "the gap over night", "a jump to come"],
)
def test_look_ahead_in_few_rows_is_caught(cheat, n_rows, world):
    assert np.count_nonzero(cheat(world)) == n_rows
    breach = next(breaches([planted(function=cheat)], world))
    assert breach.law == "must not change when bars follow"


def test_look_ahead_that_never_told_is_caught(world):
    """No jump of the world is as large: only with other bars to come does it show."""
    assert not jump_to_come(world, 20).any()
    breach = next(breaches([planted(function=lambda x: jump_to_come(x, 20))], world))
    assert breach.law == "must not change when bars follow"


def next_return(x):
    """The log return to come; in the last row, that which was."""
    return np.append(x.log_return[1:], x.log_return[-1])


def next_over(x, name, factor):
    """Whether a column is so many times larger in the next bar; the last row tells nothing."""
    return np.append(x[name][1:] > factor * x[name][:-1], False)


PEEKS = {
    "every 500th bar": lambda x: x["ordinal"] % 500 == 317,
    "bars before three times the volume": lambda x: next_over(x, "volume", 3.0),
    "a price level": lambda x: x.ticks("close") % 97 == 7,
}


@pytest.mark.parametrize("peek", PEEKS)
def test_look_ahead_in_rows_that_only_every_cut_finds_is_caught(peek, quotes, instrument, hours):
    def function(x):
        return np.where(PEEKS[peek](x), next_return(x), x.log_return)

    louder = pl.when(pl.col("ordinal") % 300 == 101).then(5.0).otherwise(1.0)
    market = Inputs(quotes.with_columns(pl.col("volume") * louder), instrument, hours)
    n_rows = np.count_nonzero(function(market)[1:] != market.log_return[1:])
    assert 1 <= n_rows <= 15
    entry = planted(lookback=2, function=function)
    assert [breach.law for breach in breaches([entry], market)] == []
    assert [breach.law for breach in breaches([entry], market, closely=True)] == ["must not change when bars follow"]
    fair = planted(lookback=2, function=lambda x: x.log_return)
    assert list(breaches([fair], market, closely=True)) == []
