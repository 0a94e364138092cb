"""Fractional differences of real bars: how stationary they are, and how much they remember."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from assay.features.catalogue import catalogue
from assay.features.inputs import Inputs
from assay.features.memory import features
from assay.features.params import FeatureParams
from assay.features.params.memory import MemoryParams
from assay.stats import fractional

from .conftest import TICK, ohlcv

# Augmented Dickey-Fuller of log closes, weights down to 1e-3, one lag, and their correlation with the log close.
STATIONARITY = {0.1: (-2.9856, 0.9878), 0.2: (-4.3172, 0.9391), 0.4: (-8.2040, 0.7383), 1.0: (-23.7982, 0.0807)}


@pytest.fixture(scope="module")
def dollar_bars(shared, instrument, hours):
    """1,000 dollar bars of E-mini, January 2015."""
    return Inputs(ohlcv(pl.read_csv(shared / "mlfinpy" / "dollar_bar_sample.csv").drop("date_time")), instrument, hours)


@pytest.fixture(scope="module")
def x(quotes, instrument, hours):
    return Inputs(quotes, instrument, hours)


def dickey_fuller(y):
    """The t statistic of y_(t-1) in a regression of its change on it, the change before, and a constant."""
    change = np.diff(y)
    columns = np.column_stack((y[1:-1], change[:-1], np.ones(change.size - 1)))
    slopes, residual, *_ = np.linalg.lstsq(columns, change[1:], rcond=None)
    variance = residual[0] / (len(columns) - 3) * np.linalg.inv(columns.T @ columns)
    return slopes[0] / variance[0, 0] ** 0.5


def test_the_price_itself_is_not_stationary(dollar_bars):
    assert dickey_fuller(np.log(dollar_bars["close"])) == pytest.approx(-2.4391, abs=5e-5)


@pytest.mark.parametrize("order", STATIONARITY)
def test_stationarity_and_memory_of_dollar_bars(order, dollar_bars):
    entry = features(MemoryParams(orders=[order], threshold=1e-3))[0]
    found = entry.function(dollar_bars)[entry.first_valid :]
    statistic, correlation = STATIONARITY[order]
    assert not np.isnan(found).any()
    assert dickey_fuller(found) == pytest.approx(statistic, abs=5e-5)
    assert np.corrcoef(found, np.log(dollar_bars["close"])[entry.first_valid :])[0, 1] == pytest.approx(
        correlation, abs=5e-5
    )


def test_orders_are_a_grid_of_names_and_windows():
    found = {entry.name: entry.lookback for entry in features(MemoryParams(orders=[0.4, 0.05, 1.0], threshold=1e-5))}
    assert {name: found[name] for name in ("ffd_40", "ffd_05", "ffd_100")} == {
        "ffd_40": 1458,
        "ffd_05": fractional.weights(0.05, 1e-5).size,
        "ffd_100": 2,
    }


def correlation(values, lag):
    return np.corrcoef(values[-120:], values[-120 - lag : -lag])[0, 1]


def fractional_difference(logs, order):
    """The series of (1 - B)^d, as long as its weights reach 1e-4."""
    weight, total, k = 1.0, 0.0, 0
    while abs(weight) >= 1e-4:
        total, k = total + weight * logs[-1 - k], k + 1
        weight *= (k - 1 - order) / k
    return total


def variance_of_moves(logs, lag, window):
    """Lo, MacKinlay 1988, 1.1: of all moves over so many bars that overlap, per bar."""
    levels = logs[-window - 1 :]
    mean = (levels[-1] - levels[0]) / window
    off = [levels[k] - levels[k - lag] - lag * mean for k in range(lag, window + 1)]
    return sum(one**2 for one in off) / (lag * (window - lag + 1) * (1 - lag / window))


def variance_ratio(logs, lag):
    return variance_of_moves(logs, lag, 120) / variance_of_moves(logs, 1, 120)


def z_score(logs, lag):
    squares = np.diff(logs) ** 2
    rows = range(squares.size - 120, squares.size)
    below = sum(squares[k] for k in rows) ** 2
    parts = [(2 * (lag - j) / lag) ** 2 * sum(squares[k] * squares[k - j] for k in rows) for j in range(1, lag)]
    return (variance_ratio(logs, lag) - 1) / (sum(parts) / below) ** 0.5


def hurst(logs):
    lags = np.array([1, 2, 4, 8, 16])
    spread = [variance_of_moves(logs, lag, 240) * lag for lag in lags]
    return np.polyfit(np.log(lags), np.log(spread) / 2, 1)[0]


def test_every_entry_equals_brute_force(x):
    logs, returns = np.log(x["close"] / TICK), np.diff(np.log(x["close"]))
    expected = {
        **{f"ffd_{n}0": fractional_difference(logs, n / 10) for n in range(1, 10)},
        **{f"variance_ratio_{lag}_120": variance_ratio(logs, lag) for lag in (2, 4, 8, 16)},
        **{f"variance_ratio_z_{lag}_120": z_score(logs, lag) for lag in (2, 4, 8, 16)},
        "hurst_240": hurst(logs),
        **{f"autocorrelation_lag_{lag}_120": correlation(returns, lag) for lag in (2, 5, 10)},
        **{f"size_autocorrelation_lag_{lag}_120": correlation(np.abs(returns), lag) for lag in (1, 5)},
    }
    found = {entry.name: entry.function(x)[-1] for entry in features(MemoryParams())}
    assert found == pytest.approx(expected, rel=1e-8)


def test_a_lag_that_the_window_cannot_hold_is_refused():
    with pytest.raises(ValueError, match="ratio_window must be twice the largest of ratio_lags"):
        MemoryParams(ratio_lags=[2, 64], ratio_window=120)
    with pytest.raises(ValueError, match="must be whole hundredths"):
        MemoryParams(orders=[0.405])
    assert [entry.name for entry in catalogue(FeatureParams()) if entry.group == "memory"] == []
