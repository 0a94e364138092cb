from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from assay.features import volatility
from assay.features.inputs import Inputs

from .conftest import ohlcv

SCIENCE_LAST = {"parkinson": 0.001647776, "garman_klass": 0.001549783}


@pytest.fixture(scope="module")
def dollar_bars(shared, instrument, hours):
    """1,000 dollar bars of E-mini, January 2015."""
    frame = pl.read_csv(shared / "mlfinpy" / "dollar_bar_sample.csv")
    return Inputs(ohlcv(frame.with_columns(volume=pl.col("cum_vol").cast(pl.Float64))), instrument, hours)


@pytest.mark.parametrize("name", ["garman_klass", "parkinson"])
def test_range_volatility_of_dollar_bars_equals_mlfinpy(name, dollar_bars, shared):
    expected = pl.read_csv(shared / "mlfinpy" / "expected" / "dollar_range_vols_w20.csv")[name].to_numpy()
    ours = getattr(volatility, name)(dollar_bars, 20)
    known = ~np.isnan(expected)
    assert known.sum() > 900
    np.testing.assert_allclose(ours[known], expected[known], rtol=1e-9)
    assert ours[-1] == pytest.approx(SCIENCE_LAST[name], abs=5e-10)


def test_volatilities_equal_brute_force(quotes, instrument, hours):
    x = Inputs(quotes, instrument, hours)
    o, h, l, c = (np.log(x[name][-24:]) for name in ("open", "high", "low", "close"))
    satchell = np.mean((h - c) * (h - o) + (l - c) * (l - o)) ** 0.5
    assert volatility.rogers_satchell(x, 24)[-1] == pytest.approx(satchell, rel=1e-9)
    returns = np.diff(np.log(x["close"]))[-24:]
    assert volatility.realised(x, 24)[-1] == pytest.approx(np.sqrt(np.mean(returns**2)), rel=1e-9)


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
