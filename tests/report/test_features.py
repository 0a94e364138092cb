"""The feature report: on rows before the hold-out alone, of returns that could be had."""

from __future__ import annotations

import json
import math

import numpy as np
import polars as pl
import pytest

from assay.errors import DataError, ParamsError
from assay.report.feature_lines import lines
from assay.report.features import feature_report, fitting
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
    text = list(lines(told, 2, "the first that is sealed"))
    assert text[0] == "4,495 rows before bar 4,500, the first that is sealed"
    assert " ".join(text[1].split()) == "feature IC 1 ICIR 1 bps 1 IC 4 ICIR 4 bps 4 peak half group"
    assert {row.split()[0] for row in text[2:4]} == {"ahead", "twin"}
    assert text[4].startswith("5 features say 4 different things")
    by_chance = "about 0 by chance on average; more if features are slow, and many at once where they move together"
    unknown = "1 are known in too few rows to tell"
    assert text[5] == f"1 bars ahead: 2 of 4 are 2 standard errors from 0, {by_chance}; {unknown}"
    assert len(text) == 7


@pytest.mark.parametrize(("n", "found"), [(50, 0), (1260, 1199)])
def test_bars_for_twenty_periods_of_the_longest_horizon_are_needed(market, n, found):
    features, bars = market
    told = f"need 1200 bars to look ahead from; found {found} whose longest return ends before bar {n}; "
    with pytest.raises(DataError, match=told):
        feature_report(features[:n], bars[:n], 0.0, (1, 60))
    assert feature_report(features[:1261], bars[:1261], 0.0, (1, 60)).n_rows == 1200


@pytest.mark.parametrize(
    ("until", "horizons"), [(0, [1]), (105, [1]), (106, [1, 5]), (1260, [1, 5]), (1261, [1, 5, 60])]
)
def test_horizons_that_fit_are_those_that_are_not_refused(until, horizons):
    """20 periods of the longest, that one itself and the bar that is entered: 21 times the horizon and 1."""
    assert fitting((1, 5, 60), pl.Series(np.arange(2000)), until) == horizons


def test_rows_until_the_first_tested_one_are_those_of_a_hold_out_that_begins_there(market, told):
    """What comes between is not looked at: whatever stands there changes nothing."""
    early = feature_report(*market, 0.25, HORIZONS, until=3000)
    assert (early.n_rows, early.sealed_from, early.until) == (3000 - 1 - 4, 4500, 3000)
    assert early.document()["known"] == feature_report(*market, 0.5, HORIZONS).document()["known"]
    assert next(lines(early, 1, "as said")) == "2,995 rows before bar 3,000, as said"
    assert feature_report(*market, 0.25, HORIZONS, until=4500).document()["known"] == told.document()["known"]
    rule = (
        r"--until: must not lie in the hold-out, which begins at bar 4500; found 4501; give that bar, or one before it"
    )
    with pytest.raises(ParamsError, match=rule):
        feature_report(*market, 0.25, HORIZONS, until=4501)


def noise(n_features, n_known, n=2600, seed=5):
    """Opens of a random walk, and noise known in some rows of it, together."""
    rng = np.random.default_rng(seed)
    known = (np.arange(n) >= 900) & (np.arange(n) < 900 + n_known)
    told = {f"n{i}": np.where(known, rng.standard_normal(n), np.nan) for i in range(n_features)}
    frame = pl.DataFrame({"symbol": ["X"] * n, "ordinal": np.arange(n), "closed_at": np.arange(n)}).with_columns(
        pl.Series(name, values, pl.Float32) for name, values in told.items()
    )
    features = frame.with_columns(pl.col("closed_at").cast(FEATURES.columns["closed_at"].dtype))
    opens = 100.0 * np.exp(np.cumsum(1e-3 * rng.standard_normal(n)))
    return features, features.select(*FEATURES.columns, open=opens)


@pytest.mark.parametrize(("n_known", "is_told"), [(300, False), (1199, False), (1200, True)])
def test_a_feature_known_in_fewer_rows_than_its_periods_need_has_no_distance(n_known, is_told):
    """20 periods of 60 rows each are 1,200; the coefficient itself is told, and so is the shorter horizon."""
    report = feature_report(*noise(3, n_known), 0.0, (1, 60))
    for one in report.known:
        near, far = (one.by_horizon[h] for h in (1, 60))
        assert (far.n_rows, math.isfinite(far.mean)) == (n_known, True)
        assert (math.isfinite(far.t), math.isfinite(far.icir)) == (is_told, is_told)
        assert math.isfinite(near.t)
    last = list(lines(report, 0, ""))[-1]
    assert last.startswith(f"60 bars ahead: {'' if is_told else '0 of 0'}")
    assert last.endswith("; 3 are known in too few rows to tell") == (not is_told)


def test_noise_that_is_known_in_enough_rows_lies_far_as_often_as_chance_says():
    """White noise of 400 markets of returns 20 ahead, known in 400 rows: Student's t of 19 beyond 2 is 6 in 100."""
    rng, n_far, n_of = np.random.default_rng(17), 0, 400
    for seed in rng.integers(0, 2**31, 20):
        report = feature_report(*noise(n_of // 20, 400, n=1400, seed=seed), 0.0, (20,))
        n_far += sum(abs(one.by_horizon[20].t) > 2 for one in report.known)
    assert n_far / n_of == pytest.approx(0.06, abs=4 * math.sqrt(0.06 * 0.94 / n_of))
