from __future__ import annotations

import gzip
import json

import numpy as np
import pandas as pd
import polars as pl
import pytest
import talib

from assay.features import indicators
from assay.features.build import build
from assay.features.catalogue import catalogue
from assay.features.inputs import Inputs
from assay.features.params import FeatureParams

from .conftest import ohlcv

PARAMS = FeatureParams()
ENTRIES = {entry.name: entry for entry in catalogue(PARAMS)}

STOCKCHARTS_CLOSES = (
    *(44.3389, 44.0902, 44.1497, 43.6124, 44.3278, 44.8264, 45.0955, 45.4245, 45.8433, 46.0826),
    *(45.8931, 46.0328, 45.6140, 46.2820, 46.2820, 46.0028, 46.0328, 46.4116, 46.2222, 45.6439),
)
STOCKCHARTS_RSI_14 = (70.53, 66.32, 66.55, 69.41, 66.36, 57.97)
CUTLER_RSI_14 = (70.53, 70.08, 69.89)

# The inputs of the sheet of the average true range, as the tests of other libraries have them.
STOCKCHARTS_HIGH_LOW_CLOSE = (
    *((48.70, 47.79, 48.16), (48.72, 48.14, 48.61), (48.90, 48.39, 48.75), (48.87, 48.37, 48.63)),
    *((48.82, 48.24, 48.74), (49.05, 48.64, 49.03), (49.20, 48.94, 49.07), (49.35, 48.86, 49.32)),
    *((49.92, 49.50, 49.91), (50.19, 49.87, 50.13), (50.12, 49.20, 49.53), (49.66, 48.90, 49.50)),
    *((49.88, 49.43, 49.75), (50.19, 49.73, 50.03), (50.36, 49.26, 50.31), (50.57, 50.09, 50.52)),
    (50.65, 50.30, 50.41),
)
STOCKCHARTS_ATR_14, TALIB_ATR_14 = (0.554286, 0.593265, 0.585175, 0.568377), (0.567857, 0.561582)


def fine(instrument):
    return instrument.model_copy(update={"tick_size": 1e-4})


def inputs(frame, instrument, hours):
    return Inputs(ohlcv(frame), fine(instrument), hours)


@pytest.fixture(scope="module")
def deterministic(instrument, hours):
    """Prices that TA-Lib 0.8.2 was run on, 80 bars.

    c = 100 + 5 sin(t/7) + .1 t, h = c + 1 + .3 cos(t/3), l = c - 1 - .3 sin(t/5).
    """
    t = np.arange(80)
    c = 100 + 5 * np.sin(t / 7) + 0.1 * t
    frame = pl.DataFrame(
        {"open": c, "high": c + 1 + 0.3 * np.cos(t / 3), "low": c - 1 - 0.3 * np.sin(t / 5), "close": c}
    )
    return build(ohlcv(frame), PARAMS, fine(instrument).model_copy(update={"tick_size": 1e-6}), hours)


def test_rsi_of_the_stockcharts_sheet(instrument, hours):
    c = np.array(STOCKCHARTS_CLOSES)
    x = inputs(pl.DataFrame({"open": c, "high": c, "low": c, "close": c}), instrument, hours)
    values = indicators.rsi(x, 14, 400)
    np.testing.assert_allclose(values[14:], STOCKCHARTS_RSI_14, atol=0.006)
    rise = pd.Series(np.diff(c)).clip(lower=0.0).rolling(14).mean()
    fall = -pd.Series(np.diff(c)).clip(upper=0.0).rolling(14).mean()
    simple = (100 * rise / (rise + fall)).to_numpy()[13:16]
    np.testing.assert_allclose(simple, CUTLER_RSI_14, atol=0.006)
    assert values[14] == pytest.approx(simple[0], rel=1e-9)
    assert abs(values[15:17] - simple[1:]).min() > 3.0


def test_average_true_range_of_the_stockcharts_sheet_starts_a_bar_later(instrument, hours):
    """The sheet takes the first bar's high less its low for a true range, which needs a close before."""
    high, low, close = np.array(STOCKCHARTS_HIGH_LOW_CLOSE).T
    x = inputs(pl.DataFrame({"open": close, "high": high, "low": low, "close": close}), instrument, hours)
    values = indicators.atr(x, 14) * x.instrument.tick_size
    assert np.isnan(values[:14]).all()
    np.testing.assert_allclose(values[14:16], TALIB_ATR_14, atol=1e-6)
    before = np.concatenate([close[:1], close[:-1]])
    true = np.maximum(high, before) - np.minimum(low, before)
    true[0] = high[0] - low[0]
    sheet = [true[:14].mean()]
    for one in true[14:]:
        sheet.append((13 * sheet[-1] + one) / 14)
    np.testing.assert_allclose(sheet, STOCKCHARTS_ATR_14, atol=1e-6)
    gap = np.array(sheet[1:]) - values[14:]
    np.testing.assert_allclose(gap, (0.593265 - 0.567857) * (13 / 14) ** np.arange(3), atol=2e-6)


@pytest.mark.parametrize(
    ("row", "name", "expected"),
    [
        (30, "rsi_14", 29.19794921),
        (30, "adx_14", 42.47741190),
        (30, "plus_di_14", 6.29923633),
        (30, "minus_di_14", 17.74776749),
        (30, "cci", -120.64329730),
        (50, "rsi_14", 86.72385392),
        (50, "adx_14", 45.82337990),
    ],
)
def test_deterministic_input_of_talib_0_8_2(row, name, expected, deterministic):
    assert deterministic[name][row] == pytest.approx(expected, rel=2e-7)


def test_deterministic_input_prices_over_the_close(deterministic):
    close = {t: 100 + 5 * np.sin(t / 7) + 0.1 * t for t in (30, 50)}
    assert deterministic["natr"][30] == pytest.approx(100 * 1.87232957 / close[30], rel=1e-6)
    assert deterministic["natr"][50] == pytest.approx(100 * 1.99668177 / close[50], rel=1e-6)
    assert deterministic["macd_norm"][50] == pytest.approx(1.71405668 / close[50], rel=1e-6)
    assert deterministic["macd_hist_norm"][50] == pytest.approx(0.91995265 / close[50], rel=1e-6)
    position, width, upper = deterministic["bb_position"][30], deterministic["bb_squeeze"][30], 108.22626846
    middle = (close[30] - upper) / (position - 1) / width
    assert middle * (1 + width / 2) == pytest.approx(upper, rel=1e-6)


def test_windows_computed_here_equal_talib(quotes, instrument, hours):
    x = Inputs(quotes, instrument, hours)
    h, l, c = x["high"], x["low"], x["close"]
    upper, middle, lower = talib.BBANDS(c, 20, 2.0, 2.0)
    k, d = talib.STOCH(h, l, c, 14, 3, 0, 3, 0)
    built = build(quotes, PARAMS, instrument, hours)
    for name, expected in {
        "bb_position": (c - lower) / (upper - lower),
        "bb_squeeze": (upper - lower) / middle,
        "willr": talib.WILLR(h, l, c, 14),
        "stoch_k": k,
        "stoch_d": d,
        "mfi_14": talib.MFI(h, l, c, x["volume"], 14),
        "close_to_sma_24": c / talib.SMA(c, 24) - 1,
    }.items():
        ours, known = built[name].to_numpy(), ~np.isnan(expected)
        np.testing.assert_allclose(ours[known], expected[known], rtol=1e-4, atol=1e-6, err_msg=name)


def test_plain_windows_equal_numpy_pandas_and_talib_by_name(quotes, instrument, hours):
    x = Inputs(quotes, instrument, hours)
    close, mean = pd.Series(x["close"]), pd.Series(x["close"]).rolling
    body, span = pd.Series(x["close"] - x["open"]), pd.Series(x["high"] - x["low"])
    slope, _ = np.polyfit(np.arange(14), np.lib.stride_tricks.sliding_window_view(x["close"], 14).T, 1)
    expected = {
        "ultosc": talib.ULTOSC(x["high"], x["low"], x["close"], 7, 14, 28),
        "linreg_slope_14": slope / x["close"][13:],
        "bop_14": body.rolling(14).sum() / span.rolling(14).sum(),
        "close_to_sma_120": close / mean(120).mean() - 1,
        "sma_cross_24_120": mean(24).mean() / mean(120).mean() - 1,
    }
    for name, values in expected.items():
        found = ENTRIES[name].function(x)[-600:]
        np.testing.assert_allclose(found, np.asarray(values)[-600:], rtol=1e-7, atol=1e-12, err_msg=name)


def test_the_ultimate_oscillator_is_williams_s(quotes, instrument, hours):
    """Buying pressure, from the true low to the close, over true ranges: 4, 2 and 1 parts of 7, 14 and 28 bars."""
    x = Inputs(quotes, instrument, hours)
    before = x["close"][-29:-1]
    low, high = np.minimum(x["low"][-28:], before), np.maximum(x["high"][-28:], before)
    pressure, ranged = x["close"][-28:] - low, high - low
    parts = [weight * pressure[-n:].sum() / ranged[-n:].sum() for weight, n in ((4, 7), (2, 14), (1, 28))]
    assert ENTRIES["ultosc"].function(x)[-1] == pytest.approx(100 * sum(parts) / 7, rel=1e-9)


def test_bollinger_deviation_is_of_the_population(quotes, instrument, hours):
    x = Inputs(quotes, instrument, hours)
    last = x["close"][-20:]
    assert indicators.band_width(x, 20)[-1] == pytest.approx(4 * last.std(ddof=0) / last.mean(), rel=1e-12)


def test_money_flow_does_not_depend_on_the_unit_of_volume(trades, instrument, hours):
    expected = indicators.money_flow(Inputs(trades, instrument, hours), 14)
    small = Inputs(trades.with_columns(pl.col("volume") / 1e9), instrument, hours)
    np.testing.assert_allclose(indicators.money_flow(small, 14), expected, rtol=1e-9)


def test_known_bad_talib_calls_a_price_at_rest_oversold(instrument, hours):
    rest = np.full(60, 100.25)
    assert talib.RSI(rest, 14)[-1] == 0.0
    x = inputs(pl.DataFrame({"open": rest, "high": rest, "low": rest, "close": rest}), instrument, hours)
    assert np.isnan(indicators.rsi(x, 14, 400)).all()


@pytest.fixture(scope="module")
def spy(shared, instrument, hours):
    """SPY daily from 1999 on as inputs, and what the tulip library made of its last 2,100 rows."""
    frame = pl.read_csv(shared / "indicators" / "SPY_D.csv").with_columns(pl.col("volume").cast(pl.Float64))
    with gzip.open(shared / "indicators" / "tulipy_oracle.json.gz") as file:
        arrays = json.load(file)["arrays"]
    return inputs(frame, instrument, hours), {name: np.array(values, float) for name, values in arrays.items()}


def trix_over_the_current_average(x):
    """Tulip divides by the triple average of this bar, TA-Lib and Hutson by that of the bar before."""
    change = ENTRIES["trix_18"].function(x)
    return change / (1 + change / 100)


SAME_AS_TULIP = {
    "rsi": ENTRIES["rsi_14"].function,
    "natr": ENTRIES["natr"].function,
    "willr": ENTRIES["willr"].function,
    "mfi": ENTRIES["mfi_14"].function,
    "stoch_k": ENTRIES["stoch_k"].function,
    "stoch_d": ENTRIES["stoch_d"].function,
    "aroonosc": ENTRIES["aroon_osc_14"].function,
    "cci": lambda x: indicators.cci(x, 14),
    "trix": trix_over_the_current_average,
}


@pytest.mark.parametrize("name", SAME_AS_TULIP)
def test_spy_daily_equals_the_tulip_library(name, spy):
    x, expected = spy[0], spy[1][name]
    np.testing.assert_allclose(SAME_AS_TULIP[name](x)[-expected.size :], expected, rtol=1e-7, atol=1e-6)


def test_tulip_has_other_rates_for_macd_and_ours_are_those_of_the_periods(spy):
    x, tulip = spy[0], spy[1]["macd"]
    close, fast, slow = pd.Series(x["close"]), 2 / 13, 2 / 27
    ours = ENTRIES["macd_norm"].function(x) * x["close"]
    witness = close.ewm(alpha=fast, adjust=False).mean() - close.ewm(alpha=slow, adjust=False).mean()
    classic = close.ewm(alpha=0.15, adjust=False).mean() - close.ewm(alpha=0.075, adjust=False).mean()
    np.testing.assert_allclose(ours[-2100:], witness[-2100:], atol=1e-8)
    np.testing.assert_allclose(classic[-2100:], tulip, atol=1e-8)
    assert np.abs(ours[-2100:] - tulip).max() > 0.1
