"""Volatilities against TA-Lib, pandas and the published daily volatility."""

import numpy as np
import pandas as pd
import pytest
import talib

from assay.labels.volatility import average_true_range, daily_volatility, weighted_deviation

RNG = np.random.default_rng(5)
CLOSE = 100 + RNG.standard_normal(300).cumsum()
HIGH, LOW = CLOSE + RNG.random(300), CLOSE - RNG.random(300)


@pytest.mark.parametrize("window", [2, 14, 50])
def test_average_true_range_as_ta_lib(window):
    np.testing.assert_allclose(
        average_true_range(HIGH, LOW, CLOSE, window), talib.ATR(HIGH, LOW, CLOSE, window), rtol=1e-12
    )


@pytest.mark.parametrize("span", [2, 10, 100])
def test_weighted_deviation_as_pandas(span):
    expected = pd.Series(CLOSE).ewm(span=span).std().to_numpy()
    np.testing.assert_allclose(weighted_deviation(CLOSE, span), expected, rtol=1e-9)


def test_mlfinlab_daily_volatility_of_the_dollar_bars(dollar_bars, mlfinpy):
    found = daily_volatility(*dollar_bars, 100)
    expected = mlfinpy("daily_vol_lb100")["daily_vol"]
    assert expected.size == 960
    np.testing.assert_allclose(found[-960:], expected, rtol=1e-12)
    assert np.isnan(found[:-960]).all()
    assert found[-1] == pytest.approx(0.008968238932170641, rel=1e-12)
