from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy.stats import norm

from assay.features import flow
from assay.features.catalogue import catalogue
from assay.features.inputs import Inputs
from assay.features.params import FeatureParams

from .conftest import ohlcv
from .test_microstructure import VPIN_W20_BULK, VPIN_W20_OVER_CURRENT_VOLUME

ENTRIES = {entry.name: entry for entry in catalogue(FeatureParams())}
AMIHUD_W20_MLFINLAB = {"max": 4.057839e-11, "mean": 1.721321e-11, "row 25": 1.843986e-11}


@pytest.fixture(scope="module")
def dollar_bars(shared):
    return pl.read_csv(shared / "mlfinpy" / "dollar_bar_sample.csv")


def test_amihud_of_dollar_bars_equals_mlfinlab(dollar_bars, instrument, hours):
    bars = ohlcv(dollar_bars).with_columns(value=dollar_bars["cum_dollar"].cast(pl.Float64))
    values = flow.amihud(Inputs(bars, instrument, hours), 20)
    found = {"max": np.nanmax(values), "mean": np.nanmean(values), "row 25": values[25]}
    assert found == pytest.approx(AMIHUD_W20_MLFINLAB, rel=1e-6)


def test_vpin_of_dollar_bars_is_over_the_volume_of_the_window(dollar_bars, instrument, hours):
    """Bulk classification (Easley et al. 2012) over 20 bars gives the sides; mlfinlab divides by the current volume."""
    step = pd.Series(dollar_bars["close"].to_numpy()).diff()
    volume = dollar_bars["cum_vol"].to_numpy().astype(float)
    bought = volume * norm.cdf(step / step.rolling(20).std())
    bars = ohlcv(dollar_bars).with_columns(
        volume=pl.Series(volume), buy_volume=pl.Series(bought), sell_volume=pl.Series(volume - bought)
    )
    values = flow.vpin(Inputs(bars, instrument, hours), 20)
    found = {"max": np.nanmax(values), "mean": np.nanmean(values), "row 45": values[45]}
    assert found == pytest.approx(VPIN_W20_BULK, abs=1e-6)
    for name, wrong in VPIN_W20_OVER_CURRENT_VOLUME.items():
        assert abs(found[name] - wrong) > 1e-4


def test_flow_equals_brute_force_on_the_last_windows(quotes, instrument, hours):
    x = Inputs(quotes, instrument, hours)
    ten, fifty = quotes[-10:], quotes[-50:]

    def total(frame, column):
        return float(sum(frame[column].to_list()))

    def seconds(frame):
        return (frame["closed_at"] - frame["opened_at"]).dt.total_nanoseconds().sum() / 1e9

    close = quotes["close"][-1]
    expected = {
        "volume_imbalance_1": (quotes["buy_volume"][-1] - quotes["sell_volume"][-1]) / quotes["volume"][-1],
        "volume_imbalance_10": (total(ten, "buy_volume") - total(ten, "sell_volume")) / total(ten, "volume"),
        "volume_imbalance_50": (total(fifty, "buy_volume") - total(fifty, "sell_volume")) / total(fifty, "volume"),
        "tick_imbalance_10": (total(ten, "n_buys") - total(ten, "n_sells")) / total(ten, "n_ticks"),
        "tick_imbalance_50": (total(fifty, "n_buys") - total(fifty, "n_sells")) / total(fifty, "n_ticks"),
        "vwap_distance_1": close / quotes["vwap"][-1] - 1,
        "vwap_distance_10": close / (total(ten, "value") / total(ten, "volume")) - 1,
        "vwap_distance_50": close / (total(fifty, "value") / total(fifty, "volume")) - 1,
        "duration": seconds(quotes[-1:]),
        "duration_ratio_50": seconds(quotes[-1:]) / (seconds(fifty) / 50),
        "tick_rate_10_50": 200 / seconds(ten) / (1000 / seconds(fifty)),
        "volume_ratio_10_50": total(ten, "volume") / 10 / (total(fifty, "volume") / 50),
        "vpin_50": (fifty["buy_volume"] - fifty["sell_volume"]).abs().sum() / total(fifty, "volume"),
        "amihud_50": (np.abs(np.diff(np.log(quotes["close"][-51:]))) / (fifty["value"] / 1e6)).mean(),
        "largest_share_50": total(fifty, "largest") / total(fifty, "volume"),
        "path_efficiency_50": (fifty["close"] - fifty["open"]).abs().sum() / total(fifty, "path"),
    }
    assert expected.keys() == {name for name, entry in ENTRIES.items() if entry.group == "flow"}
    for name, value in expected.items():
        assert ENTRIES[name].function(x)[-1] == pytest.approx(value, rel=1e-9, abs=1e-14), name


def test_vpin_without_information_is_that_of_a_fair_coin(instrument, hours):
    """n equal trades a bar, each side by a coin: E|buys - sells| / n is .24609 for n = 10 exactly."""
    buys = np.random.default_rng(11).binomial(10, 0.5, 40_000).astype(float)
    price = np.full(buys.size, 100.0)
    frame = pl.DataFrame(dict.fromkeys(("open", "high", "low", "close"), price) | {"volume": np.full(buys.size, 10.0)})
    bars = ohlcv(frame).with_columns(buy_volume=pl.Series(buys), sell_volume=pl.Series(10 - buys))
    assert flow.vpin(Inputs(bars, instrument, hours), buys.size)[-1] == pytest.approx(0.24609, abs=0.003)
