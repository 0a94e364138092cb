"""The large set of technical analysis against the tulip library, at rest, and in its number."""

from __future__ import annotations

import gzip
import json

import numpy as np
import polars as pl
import pytest
import talib

from assay.features.inputs import Inputs
from assay.features.params.ta import TaParams
from assay.features.ta.features import features
from assay.features.ta.line import HL, HLC, OHLC, Line, ema, wilder

from .conftest import ohlcv, walk

ENTRIES = {entry.name: entry for entry in features(TaParams())}
FUNCTIONS = {entry.reference.rsplit("TA-Lib ", 1)[1] for entry in ENTRIES.values()}


def test_there_are_more_than_a_hundred_functions_each_of_talib():
    assert len(FUNCTIONS) >= 100
    assert {*talib.get_functions()} >= FUNCTIONS
    assert len({name for name in FUNCTIONS if not name.startswith("CDL")}) >= 70


def test_patterns_can_be_left_out():
    less = features(TaParams(patterns=False))
    assert len(ENTRIES) - len(less) == 61
    assert not any(entry.name.startswith("ta_cdl") for entry in less)


@pytest.fixture(scope="module")
def spy(shared, instrument, hours):
    """SPY daily with a tick so fine that rounding shows nowhere, and what tulip made of its last 2,100 rows."""
    frame = pl.read_csv(shared / "indicators" / "SPY_D.csv").with_columns(pl.col("volume").cast(pl.Float64))
    with gzip.open(shared / "indicators" / "tulipy_oracle.json.gz") as file:
        arrays = json.load(file)["arrays"]
    fine = instrument.model_copy(update={"tick_size": 1e-4})
    return Inputs(ohlcv(frame), fine, hours), {name: np.array(values, float) for name, values in arrays.items()}


def line(function, columns=("close",), output=0, form="", **settings):
    return Line("x", function, "", "", columns, settings, output, form)


AVERAGES = {
    "ema": line("EMA", form="away", timeperiod=20),
    "wma": line("WMA", form="away", timeperiod=20),
    "hma": line("HMA", form="away", timeperiod=9),
    "zlema": line("ZLEMA", form="away", timeperiod=20),
    "wilders": line("RMA", form="away", timeperiod=14),
    "dema": line("DEMA", form="away", timeperiod=20),
    "tema": line("TEMA", form="away", timeperiod=20),
    "vwma": line("VWMA", ("close", "volume"), form="away", timeperiod=20),
    "trima": line("TRIMA", form="away", timeperiod=20),
    "linreg": line("LINEARREG", form="away", timeperiod=14),
    "tsf": line("TSF", form="away", timeperiod=14),
    "avgprice": line("AVGPRICE", OHLC, form="away"),
    "wcprice": line("WCLPRICE", HLC, form="away"),
}
OF_PRICE = {
    "ao": line("AO", HL, form="of price"),
    "dpo": line("DPO", form="of price", timeperiod=20),
    "qstick": line("QSTICK", ("open", "close"), form="of price", timeperiod=10),
    "stddev": line("STDDEV", form="of price", timeperiod=20),
    "md": line("AVGDEV", form="of price", timeperiod=5),
}
PLAIN = {
    "bop": line("BOP", OHLC),
    "cvi": line("CVI", HL, timeperiod=10, rocperiod=10),
    "vhf": line("VHF", timeperiod=28),
    "cmo": line("CMOU", timeperiod=14),
    "fosc": line("FOSC", timeperiod=14),
    "aroon_down": line("AROON", HL, timeperiod=14),
    "aroon_up": line("AROON", HL, output=1, timeperiod=14),
}


def last(one, x, n):
    return one.values(x, 100_000)[-n:]


@pytest.mark.parametrize("name", AVERAGES)
def test_averages_are_those_of_the_tulip_library(name, spy):
    x, expected = spy[0], spy[1][name]
    ours = x["close"][-expected.size :] / (1.0 + last(AVERAGES[name], x, expected.size))
    np.testing.assert_allclose(ours, expected, rtol=1e-7)


@pytest.mark.parametrize("name", OF_PRICE)
def test_differences_are_those_of_the_tulip_library(name, spy):
    x, expected = spy[0], spy[1][name]
    ours = x["close"][-expected.size :] * last(OF_PRICE[name], x, expected.size)
    np.testing.assert_allclose(ours, expected, rtol=1e-7, atol=1e-5)


@pytest.mark.parametrize("name", PLAIN)
def test_ratios_are_those_of_the_tulip_library(name, spy):
    x, expected = spy[0], spy[1][name]
    np.testing.assert_allclose(last(PLAIN[name], x, expected.size), expected, rtol=1e-7, atol=1e-5)


def test_running_totals_move_as_those_of_the_tulip_library(spy):
    x, total = spy[0], spy[1]["obv"]
    traded = pl.Series(x["volume"]).rolling_sum(14).to_numpy()
    ours = ENTRIES["ta_obv_14"].function(x) * traded
    np.testing.assert_allclose(ours[-total.size + 14 :], total[14:] - total[:-14], rtol=1e-9)


def test_chande_momentum_is_smoothed_by_talib_and_plain_in_tulip(spy):
    """Two definitions of one name: TA-Lib's CMO takes Wilder averages, tulip's and Chande's plain sums."""
    x, plain = spy[0], spy[1]["cmo"]
    rsi = talib.RSI(x.ticks("close"), 14)
    smoothed = last(line("CMO", timeperiod=14), x, plain.size)
    np.testing.assert_allclose(smoothed, 2.0 * rsi[-plain.size :] - 100.0, rtol=1e-6, atol=1e-5)
    assert np.abs(smoothed - plain).max() > 10.0


def at_rest(n, volume):
    rest = np.full(n, 100.25)
    return ohlcv(pl.DataFrame({**dict.fromkeys(("open", "high", "low", "close"), rest), "volume": np.full(n, volume)}))


def is_a_quotient(entry):
    return "NaN where" in entry.definition


@pytest.mark.parametrize("volume", [0.0, 7.0])
def test_a_market_at_rest_has_no_quotient_and_no_infinity(volume, instrument, hours):
    x = Inputs(at_rest(1800, volume), instrument, hours)
    for entry in ENTRIES.values():
        value = entry.function(x)[-1]
        traded = volume > 0.0 and entry.needs
        assert np.isnan(value) if is_a_quotient(entry) and not traded else not np.isinf(value), entry.name


def test_what_is_left_at_rest_is_a_distance_of_nothing(instrument, hours):
    x = Inputs(at_rest(1800, 7.0), instrument, hours)
    for name in ("ta_away_ema", "ta_away_hma", "ta_adr", "ta_ppo", "ta_obv_14", "ta_cdl_engulfing"):
        assert ENTRIES[name].function(x)[-1] == 0.0, name
    assert ENTRIES["ta_cdl_doji"].function(x)[-1] == 1.0


@pytest.mark.parametrize(
    ("name", "columns"),
    [("ta_correl", ["high"]), ("ta_correl", ["volume"]), ("ta_beta", ["high"])],
    ids=["correlation, high", "correlation, volume", "slope, high"],
)
def test_what_divides_by_a_spread_is_undefined_where_one_side_alone_stands_still(name, columns, instrument, hours):
    """TA-Lib says 0 there, as of two lines that have nothing to do with one another."""
    bars, entry = walk(600, seed=8), ENTRIES[name]
    top = bars["high"].max()
    still = [pl.when(pl.col("ordinal") < 300).then(pl.col(one)).otherwise(top).alias(one) for one in columns]
    value = entry.function(Inputs(bars.with_columns(still), instrument, hours))
    assert np.isfinite(value[entry.first_valid : 300]).all()
    assert np.isnan(value[299 + entry.lookback :]).all()


def test_a_trend_that_nothing_has_moved_in_the_look_back_has_no_side(instrument, hours):
    """Else the side would be that of a move which no window of the look-back holds."""
    bars, entry = walk(1200, seed=8), ENTRIES["ta_supertrend"]
    last = bars["close"][399]
    prices = ("open", "high", "low", "close")
    rest = [pl.when(pl.col("ordinal") < 400).then(pl.col(one)).otherwise(last).alias(one) for one in prices]
    value = entry.function(Inputs(bars.with_columns(rest), instrument, hours))
    assert {*value[entry.first_valid : 400]} == {-1.0, 1.0}
    assert np.isnan(value[400 + entry.lookback :]).all()


def test_one_bar_is_taken_by_all(instrument, hours):
    x = Inputs(walk(1, seed=3), instrument, hours)
    assert all(entry.function(x).shape == (1,) for entry in ENTRIES.values())


@pytest.mark.slow
@pytest.mark.parametrize("group", ["ta_cdl", "ta_swing", "ta_super", "ta_away_sar"])
def test_what_remembers_a_state_is_decided_by_its_look_back_in_every_row(group, instrument, hours):
    bars = walk(2600, seed=11)
    whole = Inputs(bars, instrument, hours)
    for entry in (entry for name, entry in ENTRIES.items() if name.startswith(group)):
        told = entry.function(whole)
        for row in range(entry.lookback, bars.height, 7):
            value = entry.function(Inputs(bars[row + 1 - entry.lookback : row + 1], instrument, hours))[-1]
            assert value == pytest.approx(told[row], rel=1e-6, abs=1e-9), (entry.name, row)


def test_the_past_fades_as_fast_as_the_closed_form_says():
    impulse = np.zeros(2000)
    impulse[0] = 1.0
    for n in (13, 26, 79):
        answer = talib.EMA(np.concatenate([np.full(n, 1.0), impulse[1:]]), n)
        assert answer[n - 1 + ema(n)] <= 1e-9 < answer[n - 3 + ema(n)]
    answer = talib.RMA(np.concatenate([np.full(14, 1.0), impulse[1:]]), 14)
    assert answer[13 + wilder(14)] <= 1e-9 < answer[11 + wilder(14)]
