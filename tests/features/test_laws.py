from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.features import catalogue as catalogue_module
from assay.features.build import build
from assay.features.catalogue import catalogue
from assay.features.feature import Feature
from assay.features.inputs import Inputs
from assay.features.params import FeatureParams
from assay.tables.bars import BARS
from assay.tables.features import FEATURES

from .conftest import TICK, ohlcv, typed, walk

PARAMS = FeatureParams()
ENTRIES = catalogue(PARAMS)
PRICES = ("open", "high", "low", "close", "vwap", "path", "value", "spread_open", "spread_mean")
SCALES_WITH_PRICE = {"amihud_50": -1}


@pytest.fixture(scope="module")
def whole(quotes, instrument, hours):
    return build(quotes, PARAMS, instrument, hours)


def bits(frame):
    return {name: frame[name].to_numpy().view(np.uint32) for name in frame.columns[3:]}


def assert_same_bits(one, other):
    assert one.columns == other.columns
    for name, values in bits(one).items():
        np.testing.assert_array_equal(values, bits(other)[name], err_msg=name)


CUTS = sorted({1, 2, 15, 53, 121, 512, *np.random.default_rng(7).integers(1, 900, 10).tolist()})


@pytest.mark.parametrize("cut", CUTS)
def test_a_prefix_gives_the_rows_of_the_whole_bit_for_bit(cut, quotes, whole, instrument, hours):
    assert_same_bits(build(quotes[:cut], PARAMS, instrument, hours), whole[:cut])


def test_the_future_scrambled_changes_no_row_before_it(quotes, whole, instrument, hours):
    cut = 450
    changed = build(pl.concat([quotes[:cut], walk(900, seed=99, quotes=True)[cut:]]), PARAMS, instrument, hours)
    assert_same_bits(changed[:cut], whole[:cut])
    same = {name for name, values in bits(changed).items() if (values[cut:] == bits(whole)[name][cut:]).all()}
    assert same == {"dow_sin", "dow_cos"}


@pytest.mark.parametrize(
    "cheat",
    [
        lambda x: np.append(x["close"][1:], np.nan),
        lambda x: x["close"] - x["close"].mean(),
        lambda x: (x["close"] - x["close"][-1]) / x["close"],
    ],
    ids=["next close", "mean of all rows", "last close"],
)
def test_a_planted_look_ahead_is_caught_by_the_prefix_law(cheat, monkeypatch, quotes, instrument, hours):
    planted = Feature("time", "cheat", "knows what comes", "none", 1, cheat, "none")
    monkeypatch.setitem(catalogue_module.GROUPS, "time", lambda params: [planted])
    whole = build(quotes, PARAMS, instrument, hours)
    with pytest.raises(AssertionError, match="cheat"):
        assert_same_bits(build(quotes[:450], PARAMS, instrument, hours), whole[:450])


@pytest.mark.parametrize("last", [420, 611, 899])
def test_a_feature_is_decided_by_its_declared_look_back(last, quotes, whole, instrument, hours):
    for entry in ENTRIES:
        piece = quotes[last + 1 - entry.lookback : last + 1]
        value = np.float32(entry.function(Inputs(piece, instrument, hours))[-1])
        expected = whole[entry.name][last]
        scale = np.nanstd(whole[entry.name].to_numpy())
        tolerance = 0.0 if entry.starts_at is None else 1e-6 * scale + 2.0 * np.spacing(np.float32(abs(expected)))
        assert abs(float(value) - expected) <= tolerance, entry.name


def test_no_window_feature_declares_more_look_back_than_it_needs(quotes, instrument, hours):
    exact = [entry for entry in ENTRIES if entry.starts_at is None and entry.lookback > 1]
    for entry in exact:
        piece = Inputs(quotes[: entry.lookback - 1], instrument, hours)
        assert np.isnan(entry.function(piece)[-1]), entry.name


@pytest.mark.parametrize("factor", [1e-4, 0.3, 7.0, 1e4])
def test_another_currency_unit_changes_nothing_but_what_says_so(factor, quotes, whole, instrument, hours):
    market = instrument.model_copy(update={"tick_size": factor * TICK})
    scaled = build(quotes.with_columns(pl.col(name) * factor for name in PRICES), PARAMS, market, hours)
    for entry in ENTRIES:
        expected = whole[entry.name].to_numpy() * factor ** SCALES_WITH_PRICE.get(entry.name, 0)
        tolerance = 2e-6 * np.nanstd(expected) + 2e-7 * np.nanmax(np.abs(expected))
        np.testing.assert_allclose(scaled[entry.name], expected, rtol=2e-5, atol=tolerance, err_msg=entry.name)


def test_another_unit_of_volume_changes_nothing_but_what_says_so(quotes, whole, instrument, hours):
    columns = ("volume", "buy_volume", "sell_volume", "value", "largest", "order_flow")
    scaled = build(quotes.with_columns(pl.col(name) * 4.0 for name in columns), PARAMS, instrument, hours)
    expected = whole.with_columns(pl.col("amihud_50") / 4.0)
    assert_same_bits(scaled, expected)


def still(n, price, volume=5.0):
    same = dict.fromkeys(("open", "high", "low", "close"), np.full(n, price))
    return ohlcv(pl.DataFrame({**same, "volume": np.full(n, volume)}))


UNDEFINED_AT_REST = {
    *("vol_ratio_24_120", "zscore_20", "zscore_120", "efficiency_ratio_20", "efficiency_ratio_120"),
    *("range_position_20", "range_position_120", "skew_120", "kurtosis_120", "autocorrelation_120"),
    *("rsi_14", "cci", "willr", "stoch_k", "stoch_d", "mfi_14", "ultosc", "bop_14", "adx_14", "plus_di_14"),
    *("minus_di_14", "aroon_osc_14", "bb_position", "path_efficiency_50"),
}


@pytest.mark.parametrize("price", [0.1, 100.1, 1650.25, 1e-8])
def test_a_price_at_rest_is_undefined_or_0_and_never_infinite(price, instrument, hours):
    market = instrument.model_copy(update={"tick_size": min(price, TICK)})
    built = build(still(500, price), PARAMS, market, hours)
    undefined = {name for name in built.columns[3:] if np.isnan(built[name].to_numpy()[-1])}
    assert undefined == UNDEFINED_AT_REST
    for name in ("log_return_50", "rv_120", "parkinson_24", "natr", "macd_norm", "trix_18", "bb_squeeze"):
        assert abs(built[name][-1]) < 1e-12, name


def test_a_price_at_rest_after_a_walk_is_undefined_once_its_look_back_is_at_rest(instrument, hours):
    moving = walk(500, seed=5)
    rest = still(420, moving["close"][-1])
    later = pl.col("ordinal") + 500
    days = pl.duration(days=20_000, time_unit="ns")
    joined = pl.concat(
        [moving, rest.with_columns(later, pl.col("opened_at", "closed_at", "session") + days, symbol=pl.lit("WALK"))]
    )
    built = build(typed(joined), PARAMS, instrument, hours)
    assert {name for name in built.columns[3:] if np.isnan(built[name].to_numpy()[-1])} == UNDEFINED_AT_REST


def test_bars_without_volume_in_their_midst_are_undefined_where_the_window_traded_nothing(trades, instrument, hours):
    dry = (pl.col("ordinal") >= 300) & (pl.col("ordinal") < 420)
    columns = ("volume", "buy_volume", "sell_volume", "value", "largest")
    bars = trades.with_columns(pl.when(dry).then(0.0).otherwise(pl.col(name)).alias(name) for name in columns)
    built = build(bars, PARAMS, instrument, hours)
    for entry in (entry for entry in ENTRIES if entry.needs == ("volume",)):
        values = built[entry.name].to_numpy()
        assert np.isnan(values[360:420]).all(), entry.name
        assert np.isfinite(values[entry.first_valid : 300]).all(), entry.name
        assert np.isfinite(values[480:]).all(), entry.name


def test_quotes_without_sizes_have_no_feature_that_needs_a_volume(quotes, instrument, hours):
    columns = ("volume", "buy_volume", "sell_volume", "value", "largest", "imbalance")
    bars = quotes.with_columns(pl.lit(0.0).alias(name) for name in columns).with_columns(imbalance=pl.lit(np.nan))
    built = build(bars, PARAMS, instrument, hours)
    left_out = {entry.name for entry in ENTRIES if set(entry.needs) & {"volume", "imbalance"}}
    assert set(built.columns[3:]) == {entry.name for entry in ENTRIES} - left_out
    assert not [name for name in built.columns[3:] if built[name].is_nan().all()]


def test_what_is_built_is_decided_by_the_first_bar_alone(trades, instrument, hours):
    later = trades.with_columns(spread_mean=pl.when(pl.col("ordinal") > 10).then(TICK).otherwise(np.nan))
    assert "spread_bps" not in build(later, PARAMS, instrument, hours).columns


ODD_BAR = st.tuples(*[st.integers(1, 4)] * 4, st.integers(0, 2))


@given(rows=st.lists(ODD_BAR, min_size=1, max_size=160))
@settings(deadline=None, max_examples=40)
def test_no_bars_however_odd_make_an_infinity(rows, instrument, hours):
    o, h, l, c, v = np.array(rows, float).T * TICK
    columns = {"open": o, "high": np.max([o, h, l, c], 0), "low": np.min([o, h, l, c], 0), "close": c, "volume": v}
    built = FEATURES.check(build(ohlcv(pl.DataFrame(columns)), PARAMS, instrument, hours), "odd bars")
    assert not any(np.isinf(built[name].to_numpy()).any() for name in built.columns[3:])


def test_the_bars_of_these_tests_keep_the_contract(trades, quotes):
    assert BARS.check(trades, "trades") is trades
    assert BARS.check(quotes, "quotes") is quotes
