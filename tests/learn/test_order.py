"""The choice of a fractional difference: the smallest order that is enough, by training bars only."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from pydantic import ValidationError

from assay.compute.executor import Serial
from assay.errors import FitError
from assay.features.memory import features as memory
from assay.features.params.memory import MemoryParams
from assay.learn import order
from assay.learn.base import fit_base
from assay.learn.fit import fit
from assay.learn.models.artifact import Card
from assay.learn.order import NONE, SET, SMALLEST, chosen, kept, orders
from assay.learn.params import ModelParams
from assay.learn.rows import Rows
from assay.stats.unit_root import dickey_fuller
from tests.learn.differences import NAMES, NOISE, WALK, differences, with_differences


def only_differences(table):
    """Return bars that have nothing but these columns, and no events."""
    keys = pl.DataFrame({"symbol": "S1", "ordinal": np.arange(table.height), "closed_at": 0})
    return Rows(keys.hstack(table), pl.DataFrame(), "s1")


def choice_of(price, wanted="auto"):
    return chosen(only_differences(differences(price)), wanted, "base model")[1]


def test_the_columns_of_the_group_memory_are_the_candidates():
    grid = [0.9, 0.05, 1.2, 0.4]
    names = [entry.name for entry in memory(MemoryParams(orders=grid))]
    assert list(orders(names).values()) == sorted(grid)
    assert orders(["ffd_4", "ffd_1000", "off_40", "ffd_40_2", "dollar_ffd_40", "return_1"]) == {}


def test_noise_needs_the_smallest_order_and_a_walk_more_but_less_than_one():
    assert choice_of(NOISE).order == 0.1
    found = choice_of(WALK)
    assert 0.1 < found.order < 1
    assert found.reason == SMALLEST


@pytest.mark.parametrize("price", [NOISE, WALK, np.cumsum(WALK)], ids=["noise", "walk", "walk of walks"])
def test_the_choice_is_the_first_that_passes_the_test(price):
    table, found = differences(price), choice_of(price)
    tests = {name: dickey_fuller(table[name].cast(pl.Float64).to_numpy()) for name in NAMES}
    passed = [name for name in NAMES if tests[name].stationary]
    assert found.feature == (passed or NAMES[-1:])[0]
    assert (found.statistic, found.critical) == (tests[found.feature].statistic, tests[found.feature].critical)
    assert (found.stationary, found.reason) == ((True, SMALLEST) if passed else (False, NONE))


def test_dollar_bars_need_order_one_tenth(shared):
    """At order 0 their statistic is -2.4391, at 0.1 it is -2.9856, and the 5 % point is -2.8646."""
    close = pl.read_csv(shared / "mlfinpy" / "dollar_bar_sample.csv")["close"].to_numpy()
    found = chosen(only_differences(differences(np.log(close), 1e-3)), "auto", "base model")[1]
    assert (found.order, round(found.critical, 4)) == (0.1, -2.8646)
    assert found.statistic == pytest.approx(-2.9856, abs=2e-4)


def test_if_none_is_stationary_the_highest_is_used_and_says_so():
    found = choice_of(np.cumsum(WALK))
    assert (found.feature, found.reason, found.stationary) == ("ffd_90", NONE, False)
    assert found.numbers()["ffd_stationary"] == 0.0


def test_a_price_that_stands_still_has_no_statistic():
    found = choice_of(np.full(200, 9.0))
    assert (found.order, found.statistic, found.reason) == (0.9, None, NONE)
    assert set(found.numbers()) == {"ffd_order", "ffd_stationary", "ffd_critical"}


def test_the_others_are_left_out_and_nothing_else_is(wandering):
    rows = wandering.rows(0.3)
    own, found = chosen(rows, "auto", "base model")
    assert own.names == [name for name in rows.names if name not in NAMES or name == found.feature]
    assert own.features.equals(rows.features.select(own.features.columns))
    assert own.events is rows.events


def test_an_order_may_be_set_or_all_taken(wandering):
    rows = wandering.rows(0.3)
    own, found = chosen(rows, 0.7, "base model")
    assert (found.feature, found.reason) == ("ffd_70", SET)
    assert found.stationary
    assert [name for name in own.names if name in NAMES] == ["ffd_70"]
    assert chosen(rows, "all", "base model") == (rows, None)


def test_an_order_that_is_not_there_is_refused(small, wandering):
    with pytest.raises(
        FitError, match=r"base model: ffd_order 0\.45 must be among the features; found 0\.1, 0\.2, .*0\.9"
    ):
        chosen(wandering.rows(), 0.45, "base model")
    with pytest.raises(FitError, match=r"found no fractional difference; set features\.memory\.enabled"):
        chosen(small.rows(), 0.4, "base model")


@pytest.mark.parametrize("wanted", [0, 2, -0.4, "none", None])
def test_params_refuse_what_is_no_order(wanted):
    with pytest.raises(ValidationError, match="ffd_order"):
        ModelParams(ffd_order=wanted)


@pytest.mark.parametrize("wanted", ["auto", "all"])
def test_without_candidates_rows_and_card_are_as_ever(small, make_recipe, wanted):
    rows = small.rows()
    assert chosen(rows, wanted, "base model")[0] is rows
    assert kept(rows, []) is rows
    params = make_recipe(hmm=False).models.model_copy(update={"ffd_order": wanted})
    card = fit_base(rows, rows.features.select(), params, 5).card
    assert card.features == tuple(rows.names)
    assert "ffd" not in json.loads(card.to_bytes())
    assert Card.from_bytes(card.to_bytes()) == card


def test_a_gap_between_bars_is_not_walked_across():
    table = differences(WALK)
    rows = only_differences(table)
    apart = replace(rows, features=rows.features.filter(~pl.col("ordinal").is_between(300, 599)))
    values = table["ffd_30"].cast(pl.Float64).to_numpy()
    hole = np.concatenate((values[:300], [np.nan], values[600:]))
    found = chosen(apart, 0.3, "base model")[1]
    assert found.statistic == dickey_fuller(hole).statistic
    assert found.statistic != dickey_fuller(hole[~np.isnan(hole)]).statistic


LATER = np.concatenate((WALK[:630], 100 * np.random.default_rng(12).standard_normal(NOISE.size - 630)))


def test_later_bars_change_no_choice(small, wandering):
    other = with_differences(small, LATER)
    before, after = (chosen(market.rows(0.3), "auto", "base model") for market in (wandering, other))
    assert before[1] == after[1]
    assert before[0].features.equals(after[0].features)


def test_a_planted_choice_on_all_bars_is_caught(small, wandering, make_recipe, monkeypatch):
    """The same demand as above, of a whole fit, fails where the choice looks at bars after the training rows."""

    def files(market):
        return fit(market.rows(0.3), make_recipe(hmm=False, enabled=False), 0, Serial()).base.files()

    def leaky(market):
        tested = order._tested
        monkeypatch.setattr(order, "_tested", lambda rows, name: tested(replace(rows, features=market.features), name))
        found = files(market)
        monkeypatch.setattr(order, "_tested", tested)
        return found

    other = with_differences(small, LATER)
    assert files(wandering) == files(other)
    assert leaky(wandering) != leaky(other)
