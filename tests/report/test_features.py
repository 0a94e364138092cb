"""The feature report: on rows before the hold-out alone, of returns that could be had."""

from __future__ import annotations

import json
import math

import numpy as np
import polars as pl
import pytest

from assay.errors import DataError
from assay.report.features import feature_report, lines
from assay.tables.features import FEATURES

N = 6000
HORIZONS = (1, 4)


@pytest.fixture(scope="module")
def market():
    """Opens of a random walk; ``ahead`` foretells the step from the next open to the one after, ``late`` the last."""
    rng = np.random.default_rng(9)
    step = 1e-3 * rng.standard_normal(N)
    opens = 100.0 * np.exp(np.concatenate([[0.0], np.cumsum(step[:-1])]))
    known = np.concatenate([step[1:], [0.0]]) + 2e-3 * rng.standard_normal(N)
    columns = {
        "ahead": known,
        "twin": -3.0 * known,
        "late": np.concatenate([[np.nan], step[:-1]]),
        "noise": rng.standard_normal(N),
        "empty": np.full(N, np.nan),
    }
    features = pl.DataFrame({"symbol": ["X"] * N, "ordinal": np.arange(N), "closed_at": np.arange(N)}).with_columns(
        pl.Series(name, values, pl.Float32) for name, values in columns.items()
    )
    features = features.with_columns(pl.col("closed_at").cast(FEATURES.columns["closed_at"].dtype))
    return features, features.select(*FEATURES.columns, open=opens)


@pytest.fixture(scope="module")
def told(market):
    return feature_report(*market, 0.25, HORIZONS)


def test_the_planted_feature_is_first_with_its_information_and_its_copy_is_of_its_group(told):
    """Correlation of the step with the step and twice its size of noise: 1/sqrt(5)."""
    by_name = {one.name: one for one in told.known}
    assert {told.known[0].name, told.known[1].name} == {"ahead", "twin"}
    rho = 1 / math.sqrt(5)
    n = told.n_rows
    assert by_name["ahead"].by_horizon[1].mean == pytest.approx(6 / math.pi * math.asin(rho / 2), abs=4 / math.sqrt(n))
    assert by_name["ahead"].by_horizon[4].mean == pytest.approx(6 / math.pi * math.asin(rho / 4), abs=6 / math.sqrt(n))
    assert by_name["ahead"].spread_bps[1] == pytest.approx(2 * 1.39981 * rho * 10, rel=0.15)
    assert by_name["twin"].spread_bps[1] == pytest.approx(-by_name["ahead"].spread_bps[1], rel=1e-9)
    assert by_name["ahead"].cluster == by_name["twin"].cluster
    assert len({one.cluster for one in told.known}) == 4


@pytest.mark.parametrize(("horizons", "half_life"), [((1, 2), None), ((1, 9), 9), ((1, 2, 9, 16), 9)])
def test_what_is_known_of_one_step_fades_with_the_root_of_the_horizon(market, horizons, half_life):
    """Of h steps the correlation is that of one over the root of h: .71 of it for 2, a third for 9."""
    ahead = next(one for one in feature_report(*market, 0.25, horizons).known if one.name == "ahead")
    assert (ahead.peak, ahead.half_life) == (1, half_life)


def test_what_is_known_too_late_to_trade_knows_nothing(told):
    late = next(one for one in told.known if one.name == "late")
    assert all(abs(late.by_horizon[h].mean) < 4 / math.sqrt(told.n_rows / h) for h in HORIZONS)


def test_the_hold_out_changes_nothing_whatever_happens_there(market, told):
    features, bars = market
    assert told.sealed_from == 4500
    assert told.n_rows == 4500 - 1 - 4
    sealed = pl.Series(np.arange(N) >= 4500)
    wild = pl.Series(np.exp(np.linspace(0, 9, N)))
    names = features.columns[3:]
    scrambled = features.with_columns(pl.when(sealed).then(wild).otherwise(pl.col(name)).alias(name) for name in names)
    other = bars.with_columns(open=pl.when(sealed).then(wild).otherwise(pl.col("open")))
    again = feature_report(scrambled.with_columns(pl.col(names).cast(pl.Float32)), other, 0.25, HORIZONS)
    assert json.dumps(again.document()) == json.dumps(told.document())
    before = other.with_columns(open=pl.when(pl.int_range(N) >= 4499).then(wild).otherwise(pl.col("open")))
    assert feature_report(features, before, 0.25, HORIZONS).document() != told.document()


def test_a_feature_that_is_never_known_is_last_and_of_its_own_group(told):
    last = told.known[-1]
    assert last.name == "empty"
    assert told.document()["known"][-1]["by_horizon"]["1"] == {"mean": None, "icir": None, "t": None, "n_rows": 0}


def test_the_lines_name_the_best_and_what_chance_would_show(told):
    text = list(lines(told, 2))
    assert text[0] == "4,495 rows before bar 4,500, where the hold-out begins"
    assert " ".join(text[1].split()) == "feature IC 1 ICIR 1 bps 1 IC 4 ICIR 4 bps 4 peak half group"
    assert {row.split()[0] for row in text[2:4]} == {"ahead", "twin"}
    assert text[4].startswith("5 features say 4 different things")
    by_chance = "about 0 by chance, up to three times as many if features are slow"
    assert text[5] == f"1 bars ahead: 2 of 5 are 2 standard errors from 0, {by_chance}"
    assert len(text) == 7


@pytest.mark.parametrize(("n", "found"), [(50, 0), (1260, 1199)])
def test_bars_for_twenty_periods_of_the_longest_horizon_are_needed(market, n, found):
    features, bars = market
    with pytest.raises(DataError, match=f"need 1200 bars to look ahead from; found {found} whose longest return"):
        feature_report(features[:n], bars[:n], 0.0, (1, 60))
    assert feature_report(features[:1261], bars[:1261], 0.0, (1, 60)).n_rows == 1200
