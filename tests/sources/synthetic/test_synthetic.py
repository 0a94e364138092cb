"""The synthetic market against its closed forms."""

from datetime import UTC, date, datetime

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.errors import DataError, ParamsError
from assay.sources.params import FeedParams
from assay.sources.run.fetch import fetch
from assay.sources.synthetic.clock import weekday_time
from assay.sources.synthetic.params import SyntheticParams
from assay.sources.synthetic.plant import tick_correlation
from assay.sources.synthetic.source import kind, ticks
from assay.sources.synthetic.switching import simulate
from assay.tables.ticks import QUOTES
from tests.sources.conftest import instrument
from tests.sources.feeds import feed

END = datetime(2024, 2, 2, 12, tzinfo=UTC)
ONE = {"drift_ticks": [0.0], "spread_ticks": [1], "transition": [[1.0]]}


def market(tick_size=0.25, chunk=1 << 20, **changes):
    quotes, truth = zip(*simulate(SyntheticParams(**changes), tick_size, chunk), strict=True)
    return pl.concat(quotes), pl.concat(truth)


def returns(truth):
    mid = truth["mid"].to_numpy()
    return mid[1:] / mid[:-1] - 1


def test_quotes_keep_their_table_and_ticks():
    quotes, truth = market(n_ticks=50_000)
    QUOTES.check(quotes, "synthetic")
    assert quotes.height == truth.height == 50_000
    assert (quotes["bid"] % 0.25 == 0).all()
    spread = ((quotes["ask"] - quotes["bid"]) / 0.25).cast(pl.Int64)
    assert spread.equals(pl.Series([1, 1, 2]).gather(truth["regime"]).alias("ask"))


def test_prices_are_the_nearest_floats_to_their_decimals():
    quotes, _ = market(1e-5, n_ticks=2_000, start_price_ticks=114_500.0)
    assert all(price == round(price, 5) for price in quotes["bid"])


@pytest.mark.parametrize("horizon_lifetime", [(1, 1.0), (1, 50.0), (20, 10.0), (50, 200.0)])
@pytest.mark.parametrize("stated", [0.1, -0.2])
def test_planted_correlation_is_the_stated_one_within_3_standard_errors(stated, horizon_lifetime):
    horizon, lifetime = horizon_lifetime
    plant = {"signal_correlation": stated, "signal_horizon_ticks": horizon, "signal_lifetime_ticks": lifetime}
    quotes, truth = market(n_ticks=1_000_000, volatility_ticks=[0.1], seed=7, **ONE, **plant)
    ahead = np.convolve(returns(truth), np.ones(horizon), "valid")
    seen = ((quotes["bid_size"] - quotes["ask_size"]) / (quotes["bid_size"] + quotes["ask_size"])).to_numpy()
    found = np.corrcoef(seen[: ahead.size], ahead)[0, 1]
    n_free = ahead.size / max(horizon, 2 * lifetime)
    assert abs(found - stated) < 3 / np.sqrt(n_free)
    assert abs(found - stated) < 0.35 * abs(stated)


def test_nothing_is_planted_by_default():
    _, truth = market(n_ticks=1_000_000)
    found = np.corrcoef(truth["signal"].to_numpy()[:-1], returns(truth))[0, 1]
    assert abs(found) < 3 / np.sqrt(1e6)


@settings(deadline=None, max_examples=60)
@given(st.floats(-0.3, 0.3), st.integers(1, 30), st.floats(1, 100))
def test_tick_correlation_equals_the_covariance_matrix_by_brute_force(stated, horizon, lifetime):
    persistence = 1 - 1 / lifetime
    try:
        rho = tick_correlation(stated, horizon, persistence)
    except ParamsError:
        rho = None
    strength = 1.0 if rho is None else rho
    lag = np.abs(np.subtract.outer(np.arange(horizon), np.arange(horizon)))
    covariance = strength**2 * persistence**lag
    np.fill_diagonal(covariance, 1.0)
    reached = strength * (persistence ** np.arange(horizon)).sum() / np.sqrt(covariance.sum())
    assert abs(stated) > reached if rho is None else reached == pytest.approx(stated, abs=1e-12)


def test_a_correlation_out_of_reach_names_the_highest():
    with pytest.raises(ParamsError, match=r"lasts 1 ticks reaches 0\.1000 at most over 100 ticks; found 0\.5"):
        tick_correlation(0.5, 100, 0.0)


@pytest.mark.parametrize(("noise", "volatility"), [(1.0, 2.0), (2.0, 2.0), (4.0, 1.0)])
def test_bounce_has_the_autocorrelation_of_roll_1984(noise, volatility):
    quotes, _ = market(n_ticks=400_000, noise_ticks=noise, volatility_ticks=[volatility], start_price_ticks=1e5, **ONE)
    change = ((quotes["bid"] + quotes["ask"]) / 0.5).diff().drop_nulls().to_numpy()
    found = np.corrcoef(change[1:], change[:-1])[0, 1]
    bounce = noise**2 + 1 / 12
    assert abs(found + bounce / (volatility**2 + 2 * bounce)) < 3 / np.sqrt(change.size)
    later = np.corrcoef(change[2:], change[:-2])[0, 1]
    assert abs(later) < 4 / np.sqrt(change.size)


def test_regimes_have_their_variances_drifts_and_transitions():
    volatility, drift = [0.05, 0.1, 0.3], [0.01, 0.0, -0.02]
    transition = [[0.99, 0.008, 0.002], [0.01, 0.97, 0.02], [0.0, 0.05, 0.95]]
    plant = {"signal_correlation": 0.3, "signal_horizon_ticks": 1, "signal_lifetime_ticks": 5.0}
    _, truth = market(n_ticks=600_000, volatility_ticks=volatility, drift_ticks=drift, transition=transition, **plant)
    regime, move = truth["regime"].to_numpy(), returns(truth) * 8000.0
    for state in range(3):
        inside = move[regime[1:] == state]
        error = volatility[state] / np.sqrt(inside.size)
        assert abs(inside.mean() - drift[state]) < 5 * error
        assert abs(inside.var() / volatility[state] ** 2 - 1) < 4 * np.sqrt(2 / inside.size)
        after = np.bincount(regime[1:][regime[:-1] == state], minlength=3) / (regime[:-1] == state).sum()
        assert np.abs(after - transition[state]).max() < 4 * np.sqrt(0.25 / (regime[:-1] == state).sum())


def test_the_price_is_a_martingale_without_drift_and_plant():
    _, truth = market(n_ticks=1_000_000, seed=3)
    move = returns(truth)
    assert abs(move.mean()) < 3 * move.std() / np.sqrt(move.size)


def test_times_are_exponential_and_on_weekdays():
    quotes, _ = market(n_ticks=200_000, seconds_per_tick=9.0, first_day="2024-03-30")
    assert quotes["time"][0].strftime("%Y-%m-%d") == "2024-04-01"
    assert quotes["time"].dt.weekday().max() == 5
    gap = quotes["time"].diff().drop_nulls().dt.total_nanoseconds().to_numpy() / 1e9
    gap = gap[gap < 86_400]
    assert abs(gap.mean() - 9.0) < 3 * 9.0 / np.sqrt(gap.size)
    assert abs(gap.std() - 9.0) < 0.15


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(0, 40))
def test_weekday_clock_equals_numpy_busdays(day, n_days):
    day_ns = 86_400_000_000_000
    found = weekday_time(np.array([n_days * day_ns + 5]), day.isoformat())
    expected = np.busday_offset(np.datetime64(day), n_days, roll="forward").astype("int64") * day_ns + 5
    assert found.tolist() == [expected]


def test_the_last_market_that_fits_ends_before_its_years_do():
    quotes, _ = market(n_ticks=1, first_day="2261-12-01", seconds_per_tick=18_000.0)
    long, _ = market(n_ticks=4_000, first_day="1678-01-01", seconds_per_tick=604_800.0)
    assert quotes["time"][0].year == 2261
    assert long["time"].is_sorted()
    assert long["time"].dt.year().min() == 1678


def test_the_ticks_do_not_depend_on_the_chunk_and_a_longer_market_begins_alike():
    whole, truth = market(n_ticks=5_000, signal_correlation=0.1)
    parts, truth_of_parts = market(n_ticks=5_000, signal_correlation=0.1, chunk=777)
    longer, _ = market(n_ticks=9_000, signal_correlation=0.1)
    assert whole.equals(parts)
    assert truth.equals(truth_of_parts)
    assert whole.equals(longer.head(5_000))


def test_seeds_make_different_markets():
    assert not market(n_ticks=100)[0].equals(market(n_ticks=100, seed=2)[0])


def test_no_price_falls_below_one_tick():
    quotes, _ = market(
        n_ticks=50_000, start_price_ticks=100.0, volatility_ticks=[1.0], **(ONE | {"drift_ticks": [-1.0]})
    )
    QUOTES.check(quotes, "synthetic")
    assert quotes["bid"].min() == 0.25


def made(start=None, end=None, tick_size=0.25, **market):
    found = instrument("ES", tick_size)
    return feed("synthetic", "quotes", "ES", start, end, instrument=found, synthetic=SyntheticParams(**market))


def test_the_stream_is_the_market_and_its_origin_the_recipe():
    (chunk,) = ticks(made(n_ticks=500))
    assert chunk.frame.equals(market(n_ticks=500)[0])
    assert chunk.origin == "synthetic seed 1"
    changes = [{}, {"tick_size": 0.5}, {"seed": 2}, {"n_ticks": 501}]
    hashes = [next(iter(ticks(made(**{"n_ticks": 500, **change})))).sha256 for change in changes]
    assert hashes[0] == chunk.sha256
    assert len(set(hashes)) == len(hashes)


@pytest.mark.parametrize("asked", ["trades", "ohlcv"])
def test_other_kinds_than_quotes_are_refused(asked):
    assert kind(FeedParams(source="synthetic")) == kind(FeedParams(source="synthetic", kind="quotes")) == "quotes"
    with pytest.raises(ParamsError, match=f"synthetic has quotes only; found {asked}"):
        kind(FeedParams(source="synthetic", kind=asked))


def test_a_market_needs_a_tick_size():
    with pytest.raises(ParamsError, match="needs a tick size"):
        list(ticks(feed("synthetic", "quotes", "ES")))


def test_a_range_is_cut_and_parted_into_months(tmp_path):
    wanted = made("2024-01-30", "2024-02-02T12:00", n_ticks=30_000, seconds_per_tick=90.0)
    fetched = fetch(wanted, {"ticks": tmp_path}, None)
    months = [pl.read_parquet(path) for path in sorted(tmp_path.rglob("*.parquet"))]
    whole = market(n_ticks=30_000, seconds_per_tick=90.0)[0]
    inside = whole.filter(pl.col("time").is_between(datetime(2024, 1, 30, tzinfo=UTC), END, closed="left"))
    assert [month["time"].dt.strftime("%Y-%m").unique().to_list() for month in months] == [["2024-01"], ["2024-02"]]
    assert pl.concat(months).equals(inside)
    assert fetched.rules["out_of_range_dropped"] == whole.height - inside.height > 0


def test_a_range_without_ticks_is_one_line(tmp_path):
    with pytest.raises(DataError, match=r"needs a row from .* to all; found none among 10 rows"):
        fetch(made("2031-01-01", n_ticks=10), {"ticks": tmp_path}, None)
