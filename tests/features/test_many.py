"""The features of many markets: neither order nor executor changes a bit, and one that fails is alone in it."""

from __future__ import annotations

import copy
import time
from dataclasses import replace

import polars as pl
import pytest

from assay.compute.executor import Processes, Serial
from assay.compute.outcomes import outcomes
from assay.errors import ParamsError
from assay.features.build import build
from assay.features.inputs import Inputs
from assay.features.many import Builder
from assay.features.own import Own
from assay.features.params import FeatureParams

from .conftest import walk
from .test_own import doubled

PARAMS = FeatureParams()


@pytest.fixture(scope="module")
def markets(instrument, hours):
    return {f"M{seed}": Inputs(walk(150, seed=seed, quotes=True), instrument, hours) for seed in range(4)}


@pytest.fixture(scope="module")
def expected(markets):
    return {name: build(x.bars, PARAMS, x.instrument, x.hours) for name, x in markets.items()}


def assert_equal(done, expected):
    assert [outcome.error for outcome in done] == [""] * len(expected)
    assert all(outcome.value.equals(expected[outcome.name], null_equal=True) for outcome in done)


@pytest.mark.parametrize("order", [[0, 1, 2, 3], [3, 1, 0, 2]])
def test_each_market_is_built_as_if_alone_in_any_order(order, markets, expected):
    names = [f"M{i}" for i in order]
    done = outcomes(Serial(), Builder(PARAMS), {name: markets[name] for name in names}, 60.0, "features")
    assert [outcome.name for outcome in done] == names
    assert_equal(done, expected)


@pytest.mark.slow
def test_other_processes_build_the_same_bits(markets, expected):
    assert_equal(outcomes(Processes(2), Builder(PARAMS), markets, 60.0, "features"), expected)


def test_a_market_that_fails_is_named_and_the_others_are_built(markets, expected):
    broken = markets["M1"].bars.with_columns(close=pl.lit(1e-9), low=pl.lit(1e-9))
    given = {**markets, "M1": Inputs(broken, markets["M1"].instrument, markets["M1"].hours)}
    done = {outcome.name: outcome for outcome in outcomes(Serial(), Builder(PARAMS), given, 60.0, "features")}
    assert done["M1"].value is None
    assert done["M1"].error.startswith("DataError: bars: prices must be at least one tick, 0.25; found 1e-09")
    assert_equal([done[name] for name in ("M0", "M2", "M3")], {name: expected[name] for name in ("M0", "M2", "M3")})


def slow() -> Own:
    def wait(x):
        while x.instrument.symbol == "HANGS":
            time.sleep(0.01)
        return x["close"] / x["high"]

    return Own((replace(doubled(), function=wait),), "abc")


def test_a_market_that_takes_too_long_is_named_and_the_others_are_built(markets):
    bars, hours = markets["M1"].bars, markets["M1"].hours
    hangs = markets["M1"].instrument.model_copy(update={"symbol": "HANGS"})
    given = {**markets, "M1": Inputs(bars, hangs, hours)}
    done = outcomes(Serial(), Builder(FeatureParams(only=["doubled"]), slow), given, 0.5, "features")
    assert [outcome.name for outcome in done if outcome.value is None] == ["M1"]
    assert done[1].error.startswith("ComputeError: M1: must be done in 0.5 s")


def test_what_was_made_of_a_market_is_not_kept(markets):
    market = markets["M0"].fresh()
    Builder(PARAMS)(market)
    assert market._kept == {}


def own() -> Own:
    return Own((doubled(),), "abc")


def test_a_users_own_features_are_built_too_and_a_builder_can_be_sent_to_others(markets):
    builder = Builder(FeatureParams(only=["doubled", "rsi_14"]), own)
    built = builder(markets["M2"])
    assert built.columns[3:] == ["rsi_14", "doubled"]
    assert builder.__getstate__() == {"params": builder.params, "own": own}
    assert copy.copy(builder)(markets["M2"]).equals(built, null_equal=True)


def test_slower_bars_are_refused():
    with pytest.raises(ParamsError, match=r"features\.slower: many markets are built of their main bars; found time"):
        Builder(FeatureParams(slower=["time"]))
