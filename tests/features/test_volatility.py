from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from assay.features import volatility
from assay.features.catalogue import catalogue
from assay.features.inputs import Inputs
from assay.features.params import FeatureParams

from .conftest import ohlcv

ENTRIES = {entry.name: entry for entry in catalogue(FeatureParams()) if entry.group == "volatility"}


@pytest.fixture(scope="module")
def dollar_bars(shared, instrument, hours):
    """1,000 dollar bars of E-mini, January 2015."""
    frame = pl.read_csv(shared / "mlfinpy" / "dollar_bar_sample.csv")
    return Inputs(ohlcv(frame.with_columns(volume=pl.col("cum_vol").cast(pl.Float64))), instrument, hours)


@pytest.mark.parametrize(("name", "last"), [("garman_klass", 0.001549783), ("parkinson", 0.001647776)])
def test_range_volatility_of_dollar_bars_equals_mlfinpy(name, last, dollar_bars, shared):
    expected = pl.read_csv(shared / "mlfinpy" / "expected" / "dollar_range_vols_w20.csv")[name].to_numpy()
    ours = getattr(volatility, name)(dollar_bars, 20)
    known = ~np.isnan(expected)
    assert known.sum() > 900
    np.testing.assert_allclose(ours[known], expected[known], rtol=1e-9)
    assert known[-1]
    assert ours[-1] == pytest.approx(last, abs=1e-9)


def test_every_volatility_equals_brute_force(quotes, instrument, hours):
    x = Inputs(quotes, instrument, hours)
    o, h, l, c = (np.log(x[name][-24:]) for name in ("open", "high", "low", "close"))
    realised = {n: np.mean(np.diff(np.log(x["close"]))[-n:] ** 2) ** 0.5 for n in (10, 24, 50, 120)}
    expected = {
        **{f"rv_{n}": value for n, value in realised.items()},
        "vol_ratio_24_120": realised[24] / realised[120],
        "parkinson_24": np.mean((h - l) ** 2 / (4 * np.log(2))) ** 0.5,
        "garman_klass_24": np.mean((h - l) ** 2 / 2 - (2 * np.log(2) - 1) * (c - o) ** 2) ** 0.5,
        "rogers_satchell_24": np.mean((h - c) * (h - o) + (l - c) * (l - o)) ** 0.5,
    }
    assert {name: entry.function(x)[-1] for name, entry in ENTRIES.items()} == pytest.approx(expected, rel=1e-9)


def test_every_estimator_finds_the_volatility_of_a_brownian_motion(instrument, hours):
    """Parkinson 1980, Garman-Klass 1980, Rogers-Satchell 1991: unbiased on continuous paths; 1,000 steps a bar."""
    rng, sigma, n_bars, n_steps = np.random.default_rng(3), 0.01, 2000, 1000
    steps = rng.standard_normal((n_bars, n_steps)) * sigma / n_steps**0.5
    path = np.cumsum(steps, axis=1)
    start = np.concatenate([[0.0], np.cumsum(path[:-1, -1])])
    low, high = np.minimum(path.min(1), 0), np.maximum(path.max(1), 0)
    logs = {"open": start, "high": start + high, "low": start + low, "close": start + path[:, -1]}
    fine = instrument.model_copy(update={"tick_size": 1e-6})
    x = Inputs(ohlcv(pl.DataFrame({name: 100 * np.exp(values) for name, values in logs.items()})), fine, hours)
    for estimator in (volatility.parkinson, volatility.garman_klass, volatility.rogers_satchell):
        assert estimator(x, n_bars)[-1] == pytest.approx(sigma, rel=0.04)
    assert volatility.realised(x, n_bars - 1)[-1] == pytest.approx(sigma, rel=0.05)
