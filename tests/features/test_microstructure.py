from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest

from assay.features import flow
from assay.features.catalogue import catalogue
from assay.features.inputs import Inputs
from assay.features.microstructure import impact, ranges, signed

from .conftest import EVERY, TICK, ohlcv

ENTRIES = {entry.name: entry for entry in catalogue(EVERY) if entry.group == "microstructure"}
ROLL_W20 = {"mean": 1.896394, "row 25": 1.176525}
ROLL_W20_OF_THE_ABSOLUTE_COVARIANCE = {"max": 7.158451, "mean": 2.341811, "row 25": 1.176525}
KYLE_W20_MLFINLAB = {"max": 1.634238e-4, "mean": 7.020106e-5, "row 25": 7.762172e-5}
VPIN_W1_BULK = {"max": 0.999975, "mean": 0.501143, "row 25": 0.554052}
VPIN_W20_BULK = {"max": 0.679283, "mean": 0.500273, "row 45": 0.465155}
VPIN_W20_OVER_CURRENT_VOLUME = {"max": 0.681184, "mean": 0.500074, "row 45": 0.463817}


@pytest.fixture(scope="module")
def x(quotes, instrument, hours):
    return Inputs(quotes, instrument, hours)


@pytest.fixture(scope="module")
def dollar_bars(shared, instrument, hours):
    frame = pl.read_csv(shared / "mlfinpy" / "dollar_bar_sample.csv")
    return Inputs(ohlcv(frame.with_columns(volume=pl.col("cum_vol").cast(pl.Float64))), instrument, hours)


def told(values, row):
    values = np.asarray(values)
    return {"max": np.nanmax(values), "mean": np.nanmean(values), f"row {row}": values[row]}


def market(instrument, hours, close, high=None, low=None, tick_size=1e-6, **columns) -> Inputs:
    """Bars of given prices, and columns of given values."""
    close = np.asarray(close, float)
    high, low = (close if one is None else one for one in (high, low))
    bars = ohlcv(pl.DataFrame({"open": close, "high": high, "low": low, "close": close}))
    bars = bars.with_columns(pl.Series(name, values, pl.Float64) for name, values in columns.items())
    return Inputs(bars, instrument.model_copy(update={"tick_size": tick_size}), hours)


def test_roll_of_dollar_bars_calls_no_trend_a_spread(dollar_bars):
    """The defective measure takes the absolute covariance, which is positive in 23.6 % of the rows of this sample."""
    values = ranges.roll(dollar_bars, 20)
    found = told(values, 25)
    assert {name: found[name] for name in ROLL_W20} == pytest.approx(ROLL_W20, rel=1e-6)
    step = pd.Series(dollar_bars["close"]).diff()
    covariance = step.rolling(20).cov(step.shift())
    defective = 2 * np.sqrt(covariance.abs())
    assert told(defective, 25) == pytest.approx(ROLL_W20_OF_THE_ABSOLUTE_COVARIANCE, rel=1e-6)
    assert (covariance > 0).mean() == pytest.approx(0.236)
    assert (values[covariance > 0] == 0.0).all()
    assert np.isfinite(values[21:]).all()


def test_kyle_of_dollar_bars_is_no_mean_of_moves_over_volume(dollar_bars, instrument, hours):
    """The defective measure is mean(|dp| / V): near the slope here, where all volumes are alike, and no slope."""
    bars = dollar_bars.bars
    step = pd.Series(bars["close"].to_numpy()).diff()
    sign = np.sign(step).replace(0, np.nan).ffill()
    defective = (step / (sign * bars["volume"].to_numpy())).rolling(20).mean()
    assert told(defective, 25) == pytest.approx(KYLE_W20_MLFINLAB, rel=1e-6)
    bought = np.where(sign > 0, bars["volume"], 0.0)
    sides = bars.with_columns(buy_volume=pl.Series(bought), sell_volume=bars["volume"] - pl.Series(bought))
    found = impact.kyle(Inputs(sides, instrument, hours), 20)
    flow = sign * bars["volume"].to_numpy()
    assert found[400] == pytest.approx(np.polyfit(flow[381:401], step[381:401], 1)[0], rel=1e-9)
    assert np.median(np.abs(found / defective - 1)[20:]) > 0.01


def test_kyle_finds_the_planted_impact(instrument, hours):
    """The market that was measured: dp = .002 b V + e, V 100 times lognormal(.5), e .5, and least squares of it.

    Those said .001976, of an R2 of .208732 in theory; the defective mean(|dp| / V) said .00487.
    """
    rng, n, planted = np.random.default_rng(1), 20_000, 0.002
    volume, side = 100 * rng.lognormal(0, 0.5, n), rng.choice([-1, 1], n)
    step = planted * side * volume + rng.normal(0, 0.5, n)
    sides = {"buy_volume": volume * (side > 0), "sell_volume": volume * (side < 0)}
    x = market(instrument, hours, 1e4 + np.cumsum(step), volume=volume, **sides)
    error = 0.5 / np.sqrt(n * 1e4 * np.exp(0.5))
    found = impact.kyle(x, n - 1)[-1]
    assert found == pytest.approx(planted, abs=3 * error)
    assert found == pytest.approx(0.001976, abs=1e-6)
    (correlation,) = (entry for entry in impact.features(n - 1) if entry.name.startswith("impact_correlation"))
    assert correlation.function(x)[-1] ** 2 == pytest.approx(0.208732, abs=0.01)
    assert (np.abs(step) / volume).mean() == pytest.approx(0.00487, abs=5e-6)


def test_hasbrouck_finds_the_planted_impact_where_sizes_of_returns_do_not(instrument, hours):
    """The defective measure regresses |log return| on the signed root: sides by a coin have no slope at all."""
    rng, n, planted = np.random.default_rng(4), 20_000, 2e-6
    volume, value, side = 100 * rng.lognormal(0, 0.5, n), 5_000 * rng.lognormal(0, 0.5, n), rng.choice([-1, 1], n)
    root = side * np.sqrt(value)
    price = 50 * np.exp(np.cumsum(planted * root + rng.normal(0, 2e-4, n)))
    sides = {"volume": volume, "buy_volume": volume * (side > 0), "sell_volume": volume * (side < 0)}
    x = market(instrument, hours, price, vwap=value / volume, **sides)
    found = impact.hasbrouck(x, n - 1)[-1]
    back = np.diff(np.log(price))
    assert found == pytest.approx(np.linalg.lstsq(root[1:, None], back)[0][0], rel=1e-6)
    error = 2e-4 / np.sqrt((root**2).sum())
    assert found == pytest.approx(planted, abs=3 * error)
    assert abs(np.linalg.lstsq(root[1:, None], np.abs(back))[0][0]) < planted / 5
    dearer = impact.hasbrouck(market(instrument, hours, 4 * price, vwap=4 * value / volume, **sides), n - 1)
    assert dearer[-1] == pytest.approx(found / 2, rel=1e-6)
    last = np.linalg.lstsq(root[-50:, None], back[-50:])[0][0]
    assert ENTRIES["hasbrouck_lambda_50"].function(x)[-1] == pytest.approx(1e3 * last, rel=1e-6)


def bounced(seed, n):
    """Return prices whose middle walks by .01 a step and that are traded .01 above it or below."""
    rng = np.random.default_rng(seed)
    return 100 + np.cumsum(rng.normal(0, 0.01, n)) + 0.01 * rng.choice([-1, 1], n)


def roll_error(n):
    """Return the standard error of their spread by Roll: of a covariance at lag one (Bartlett 1946), over its root."""
    variance, covariance = 3e-4, -1e-4
    return np.sqrt((variance**2 + 3 * covariance**2) / n) / np.sqrt(-covariance)


def test_roll_finds_the_planted_spread(instrument, hours):
    """cov(dp_t, dp_(t-1)) = -c^2 whatever the volatility: 2 c = .02."""
    n = 40_000
    price = bounced(5, n)
    x = market(instrument, hours, price)
    assert ranges.roll(x, n - 2)[-1] == pytest.approx(0.02, abs=3 * roll_error(n))
    assert ENTRIES["roll_spread_50"].function(x)[-1] == pytest.approx(
        1e4 * 2 * np.sqrt(max(-np.cov(np.diff(price)[-50:], np.diff(price)[-51:-1])[0, 1], 0)) / price[-1], rel=1e-6
    )


def test_roll_of_many_short_markets_spreads_as_was_measured(instrument, hours):
    """.0201 with a deviation of .0008: by the standard error, of 2,000 steps each."""
    n, n_markets = 2_000, 200
    found = np.array([ranges.roll(market(instrument, hours, bounced(i, n)), n - 2)[-1] for i in range(n_markets)])
    assert roll_error(n) == pytest.approx(0.0008, abs=5e-5)
    assert found.mean() == pytest.approx(0.0201, abs=5e-5 + 3 * 0.0008 / np.sqrt(n_markets))
    assert found.std(ddof=1) == pytest.approx(0.0008, rel=3 / np.sqrt(2 * n_markets))


@pytest.fixture(scope="module")
def diffusion() -> tuple[np.ndarray, np.ndarray]:
    """Log prices of 20,000 bars of 390 steps, volatility 3 % a bar, and a coin for every step."""
    rng, n = np.random.default_rng(6), 20_000
    middle = np.cumsum(rng.normal(0, 0.03 / np.sqrt(390), n * 390))
    return (middle - middle.mean()).reshape(n, 390), rng.integers(0, 2, (n, 390)) - 0.5


@pytest.mark.parametrize(
    ("spread", "raw", "floored"), [(0.0, 0.15, 1.20), (0.5, 0.52, 1.43), (1.0, 0.99, 1.74), (2.0, 1.94, 2.42)]
)
def test_corwin_schultz_of_a_diffusion_is_biased_up_by_flooring(instrument, hours, diffusion, spread, raw, floored):
    """All figures percent; three standard errors of the difference of two such means are .085."""
    middle, side = diffusion
    traded = middle + np.log1p(spread / 100 * side)
    x = market(instrument, hours, *(np.exp(log) for log in (traded[:, -1], traded.max(axis=1), traded.min(axis=1))))
    estimates = 100 * ranges.corwin_schultz(x)[1:]
    assert estimates.mean() == pytest.approx(raw, abs=0.085)
    assert np.maximum(estimates, 0).mean() == pytest.approx(floored, abs=0.085)
    assert (ENTRIES["corwin_schultz_floored_50"].function(x) >= ENTRIES["corwin_schultz_50"].function(x))[50:].all()


def test_corwin_schultz_as_the_paper_writes_it(x):
    """Eq. 14 and 18 in the paper's own letters, with the gap from the close before taken off the later bar's logs."""
    high, low, close = (np.log(x[name]) for name in ("high", "low", "close"))
    expected = []
    for t in range(300, 350):
        gap = max(low[t] - close[t - 1], 0) + min(high[t] - close[t - 1], 0)
        beta = (high[t] - low[t]) ** 2 + (high[t - 1] - low[t - 1]) ** 2
        gamma = (max(high[t] - gap, high[t - 1]) - min(low[t] - gap, low[t - 1])) ** 2
        k = 3 - 2 * np.sqrt(2)
        alpha = (np.sqrt(2 * beta) - np.sqrt(beta)) / k - np.sqrt(gamma / k)
        expected.append(2 * (np.exp(alpha) - 1) / (1 + np.exp(alpha)))
    assert ranges.corwin_schultz(x)[300:350] == pytest.approx(expected, rel=1e-6, abs=1e-12)
    assert ENTRIES["corwin_schultz_50"].function(x)[349] == pytest.approx(1e4 * np.mean(expected), rel=1e-6)


def test_bulk_vpin_of_dollar_bars_is_over_the_volume_of_the_window(dollar_bars):
    assert told(signed.vpin_bulk(dollar_bars, 1, 20), 25) == pytest.approx(VPIN_W1_BULK, abs=1e-6)
    found = told(signed.vpin_bulk(dollar_bars, 20, 20), 45)
    assert found == pytest.approx(VPIN_W20_BULK, abs=1e-6)
    for name, wrong in VPIN_W20_OVER_CURRENT_VOLUME.items():
        assert abs(found[name] - wrong) > 1e-4


def test_bulk_vpin_of_noise_is_a_half(instrument, hours):
    """2 Phi(z) - 1 of a normal z is uniform, so the level tells nothing of who trades."""
    price = 1e4 + np.cumsum(np.random.default_rng(7).normal(0, 1, 40_000))
    x = market(instrument, hours, price)
    assert signed.vpin_bulk(x, 30_000, 1_000)[-1] == pytest.approx(0.5, abs=0.006)


@pytest.mark.parametrize(("n_trades", "expected"), [(10, 0.24609), (50, 0.1128)])
def test_vpin_of_given_sides_falls_with_the_trades_of_a_bar(instrument, hours, n_trades, expected):
    """Equal trades, sides by a coin: E|buys - sells| / n is near sqrt(2 / (pi n)), exactly .24609 for 10."""
    buys = np.random.default_rng(9).binomial(n_trades, 0.5, 40_000).astype(float)
    volume = np.full(buys.size, float(n_trades))
    sides = {"volume": volume, "buy_volume": buys, "sell_volume": volume - buys}
    x = market(instrument, hours, np.full(buys.size, 100.0), **sides)
    assert flow.vpin(x, buys.size)[-1] == pytest.approx(expected, rel=0.01)
    assert expected == pytest.approx(np.sqrt(2 / np.pi / n_trades), rel=0.03)


def test_signed_volume_equals_brute_force_on_the_last_windows(x):
    flow = x["buy_volume"] - x["sell_volume"]
    last = flow[-50:]
    expected = {
        "signed_volume": flow[-1],
        "signed_volume_score_50": flow[-1] / np.sqrt((last**2).mean()),
        "order_flow_score_50": last.sum() / np.sqrt((last**2).sum()),
        "flow_autocorrelation_50": np.corrcoef(last, flow[-51:-1])[0, 1],
        "impact_correlation_50": np.corrcoef(last, np.diff(x["close"])[-50:])[0, 1],
        "kyle_lambda_50": np.polyfit(last, np.diff(x["close"])[-50:], 1)[0],
    }
    for name, value in expected.items():
        assert ENTRIES[name].function(x)[-1] == pytest.approx(value, rel=1e-9), name


def test_flow_of_chance_has_a_standard_normal_score(instrument, hours):
    rng = np.random.default_rng(8)
    bought, sold = rng.exponential(10, 20_000), rng.exponential(10, 20_000)
    x = market(instrument, hours, np.full(bought.size, 100.0), buy_volume=bought, sell_volume=sold)
    score = signed.flow_score(x, 100)[99::100]
    assert score.mean() == pytest.approx(0, abs=3 / np.sqrt(score.size))
    assert score.std() == pytest.approx(1, abs=3 / np.sqrt(2 * score.size))


def test_quotes_equal_brute_force(x):
    spread, tilt, depth = x["spread_mean"], x["imbalance"], x["volume"] / x["n_ticks"]
    wide = np.rint(spread / TICK * 2**20)[-50:]
    expected = {
        "spread_zscore_50": (wide[-1] - wide.mean()) / wide.std(ddof=1),
        "spread_variation_50": wide.std(ddof=1) / wide.mean(),
        "spread_narrowing": x["spread_open"][-1] / spread[-1],
        "quoted_depth": depth[-1],
        "quoted_depth_ratio_50": depth[-1] / depth[-50:].mean(),
        "quoted_imbalance_mean_50": tilt[-50:].mean(),
        "order_flow_imbalance_50": x["order_flow"][-50:].sum() * x["n_ticks"][-50:].sum() / x["volume"][-50:].sum(),
    }
    for name, value in expected.items():
        assert ENTRIES[name].function(x)[-1] == pytest.approx(value, rel=1e-9), name


def test_a_spread_of_one_tick_is_the_same_in_every_bar_whatever_the_decimals_of_its_prices(quotes, instrument, hours):
    """Ask less bid of decimals is a tick and some rounding, another in each bar: no deviation is made of that."""
    bid = (10_000 + np.arange(300)) * 0.01
    spread = (10_001 + np.arange(300)) * 0.01 - bid
    assert len({*spread}) > 1
    bars = quotes[:300].with_columns(spread_mean=pl.Series(spread))
    x = Inputs(bars, instrument.model_copy(update={"tick_size": 0.01}), hours)
    assert np.isnan(ENTRIES["spread_zscore_50"].function(x)).all()
    assert (ENTRIES["spread_variation_50"].function(x)[49:] == 0.0).all()


def test_trades_show_neither_spread_nor_depth(trades, instrument, hours):
    held = Inputs(trades, instrument, hours)
    left_out = {name for name, entry in ENTRIES.items() if not all(held.holds(need) for need in entry.needs)}
    quoted = {"quoted_depth", "quoted_depth_ratio_50", "quoted_imbalance_mean_50", "order_flow_imbalance_50"}
    assert left_out == {"spread_zscore_50", "spread_variation_50", "spread_narrowing", *quoted}


def test_a_market_that_stands_still_or_trades_nothing(instrument, hours):
    """No move is no spread and no impact; without volume nothing is known of flow; nothing is ever infinite."""
    still = market(
        instrument, hours, np.full(200, 100.0), **dict.fromkeys(("buy_volume", "sell_volume"), np.zeros(200))
    )
    found = {name: ENTRIES[name].function(still)[100:] for name in ENTRIES}
    for name in ("roll_spread_50", "corwin_schultz_50", "corwin_schultz_floored_50", "vpin_bulk_50", "signed_volume"):
        assert (found[name] == 0.0).all(), name
    for name in ("kyle_lambda_50", "hasbrouck_lambda_50", "order_flow_score_50", "flow_autocorrelation_50"):
        assert np.isnan(found[name]).all(), name


def test_kernels_are_the_same_without_compiling(x):
    logs = [x.log(name)[:60] for name in ("high", "low", "close")]
    compiled, plain = np.empty(60), np.empty(60)
    ranges._excess(*logs, compiled)
    ranges._excess.py_func(*logs, plain)
    assert compiled.tobytes() == plain.tobytes()
    change, std = np.array([0.0, 1.0, -2.0, 0.0, np.nan]), np.array([0.0, 0.0, 1.5, 1.0, 1.0])
    signed._imbalance(change, std, compiled[:5])
    signed._imbalance.py_func(change, std, plain[:5])
    assert compiled[:5] == pytest.approx(plain[:5], nan_ok=True, rel=1e-15)
    assert compiled[:4] == pytest.approx([0.0, 1.0, 0.8175775605482642, 0.0], rel=1e-12)
