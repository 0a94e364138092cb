"""Columns of bars and of context that know the future are named, honest ones are not: planted faults, and real data."""

import gzip
import json

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.sources.health.look_ahead import LAGS
from tests.sources.files.loaded import load
from tests.sources.health.ahead import N, ahead, found, market, named, table

BARS = market()
CLOSE = BARS["close"]


# README of the data: oi_delta is sum_oi[t+1] - sum_oi[t], and the two net deltas are made of it; cvd_delta is clean.
@pytest.mark.parametrize(("kind", "partner"), [("ohlcv", "sum_oi"), ("open_interest", "open_interest")])
def test_the_columns_of_binance_that_know_the_next_bar_are_named_and_no_other(shared, kind, partner):
    loaded = load(shared / "binance_um_oi" / "BTCUSDT_bars_2025-10.csv", kind=kind)
    all_ = found(kind, loaded.frame, loaded.extra)
    assert [one.column for one in all_] == ["oi_delta", "net_long_delta", "net_short_delta"]
    assert {(one.of, one.partner, one.ahead) for one in all_} == {("value", partner, "1 row later")}
    assert all_[0].correlation > 0.999


def test_honest_bars_are_not_named():
    assert named("ohlcv", table("ohlcv", BARS)) == []


@pytest.mark.parametrize("k", LAGS)
@pytest.mark.parametrize("name", [name for name in BARS if name != "open"])
def test_a_bars_own_column_of_a_later_row_is_found(name, k):
    all_ = found("ohlcv", table("ohlcv", {**BARS, name: ahead(BARS[name], k)}))
    assert [one.column for one in all_] == [name]
    assert all_[0].of == "change"
    assert all_[0].ahead in ("1 row later", f"{k} rows later", f"over the next {k} rows")


@pytest.mark.parametrize("k", [2, 3, 10])
def test_an_open_of_later_rows_is_found_but_that_of_the_next_is_the_close(k):
    assert named("ohlcv", table("ohlcv", {**BARS, "open": ahead(BARS["open"], k)})) == ["open"]
    assert named("ohlcv", table("ohlcv", {**BARS, "open": ahead(BARS["open"])})) == []


def test_all_that_was_traded_moved_together_is_told_by_the_range():
    early = {name: ahead(BARS[name]) for name in ("volume", "value", "buy_volume", "n_trades")}
    all_ = found("ohlcv", table("ohlcv", {**BARS, **early}))
    assert [one.column for one in all_] == list(early)
    assert [one.partner for one in all_] == ["high - low", "high - low", "close", "high - low"]


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("return", ahead(CLOSE) / CLOSE - 1),
        ("in two", ahead(CLOSE, 2) - ahead(CLOSE)),
        ("over ten", ahead(CLOSE, 10) / CLOSE - 1),
        ("over twenty", ahead(CLOSE, 20) / CLOSE - 1),
        ("label", (ahead(CLOSE, 5) > CLOSE).astype(float)),
        ("signal", CLOSE - ahead(CLOSE) + 0.5 * np.random.default_rng(1).standard_normal(N)),
        ("next", ahead(CLOSE)),
        ("next high", ahead(BARS["high"])),
        ("turnover", ahead(BARS["value"])),
        ("value", ahead(CLOSE) - CLOSE),
    ],
)
def test_a_further_column_that_knows_later_rows_is_found(name, column):
    expected = f"{name} of the file" if name == "value" else name
    assert named("ohlcv", table("ohlcv", BARS), {name: column}) == [expected]


def mean_of_last(x, n):
    return np.convolve(np.concatenate((np.full(n - 1, x[0]), x)), np.full(n, 1 / n), "valid")


HONEST = {
    "last": np.append(np.nan, np.diff(CLOSE)),
    "before": np.append(np.nan, CLOSE[:-1]),
    "volume before": np.append(np.nan, BARS["volume"][:-1]),
    "move": CLOSE - BARS["open"],
    "place": (CLOSE - BARS["low"]) / (BARS["high"] - BARS["low"]),
    "mean": mean_of_last(CLOSE, 20),
    "away": CLOSE - mean_of_last(CLOSE, 20),
    "vwap": 0.5 * (BARS["high"] + BARS["low"]),
    "hour": np.arange(N) % 24.0,
    "noise": np.random.default_rng(2).standard_normal(N),
    "constant": np.ones(N),
    "empty": np.full(N, np.nan),
    "wild": np.where(np.arange(N) % 7, np.inf, 1.0),
}


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_further_column_is_not_named(name):
    assert named("ohlcv", table("ohlcv", BARS), {name: HONEST[name]}) == []


def test_honest_further_columns_do_not_accuse_each_other():
    assert named("ohlcv", table("ohlcv", BARS), HONEST) == []


def test_a_further_column_that_knows_the_change_of_another_is_named_unless_that_one_may_be_late():
    """Held is told at the beginning of the next row by ``held before`` too, but it is held that may be ahead."""
    held = np.cumsum(np.random.default_rng(5).standard_normal(N))
    change = {"held": held, "delta": ahead(held) - held}
    assert named("ohlcv", table("ohlcv", BARS), change) == ["delta"]
    change["delta"] = ahead(change["delta"], 2)
    assert named("ohlcv", table("ohlcv", BARS), change) == ["delta"]
    past = {"held": held, "held before": np.append(np.nan, held[:-1]), "delta": np.append(np.nan, np.diff(held))}
    assert named("ohlcv", table("ohlcv", BARS), past) == []


def test_a_column_that_follows_from_past_rows_proves_nothing():
    """What leaves the window of a mean, or of a sum, is known ten rows before."""
    mean = mean_of_last(CLOSE, 10)
    lower = mean - 2 * np.sqrt(np.maximum(mean_of_last(CLOSE**2, 10) - mean**2, 0.0))
    change = np.concatenate((np.zeros(10), CLOSE[10:] - CLOSE[:-10]))
    phase = np.arange(N) % 25 / 25 * 2 * np.pi
    extra = {"lower": lower, "change": change, "mean": mean, "wave": np.sin(phase), "lead": np.sin(phase + 0.8)}
    assert named("ohlcv", table("ohlcv", BARS), extra) == []


def test_59_indicators_of_real_days_are_honest(shared):
    """Those that the C library tulip computes: means, bands, oscillators, sums of volume."""
    arrays = json.loads(gzip.decompress((shared / "indicators/tulipy_oracle.json.gz").read_bytes()))["arrays"]
    days = pl.read_csv(shared / "indicators/SPY_D.csv")[-2_100:]
    bars = {name: days[name].to_numpy() for name in ("open", "high", "low", "close", "volume")}
    indicators = {name: np.array(values, np.float64) for name, values in arrays.items()}
    assert len(indicators) == 59
    assert named("ohlcv", table("ohlcv", bars), indicators) == []
    late = {**indicators, "rsi": ahead(indicators["rsi"])}
    assert named("ohlcv", table("ohlcv", bars), late) == ["rsi"]


def test_a_snapshot_of_the_beginning_of_a_row_proves_nothing():
    extra = {"held value": 5.0 * BARS["open"], "copy": CLOSE, "bought": CLOSE - BARS["open"]}
    assert named("ohlcv", table("ohlcv", BARS), extra) == []


WALK = np.cumsum(np.random.default_rng(7).standard_normal(N))
CONTEXT = [
    ("funding", {"rate": 1e-5 * np.random.default_rng(8).standard_normal(N), "mark_price": 5_000 + WALK}, "rate"),
    ("open_interest", {"open_interest": 9_000 + WALK, "value": 3.0 * (9_000 + WALK)}, "value"),
    ("mark_price", {"mark": 5_000 + WALK, "index": 5_000 + WALK + 0.1 * np.sin(np.arange(N))}, "mark"),
]


@pytest.mark.parametrize(("kind", "columns", "name"), CONTEXT)
@pytest.mark.parametrize("k", [1, 2])
def test_context_is_held_against_itself(kind, columns, name, k):
    assert named(kind, table(kind, columns)) == []
    knows = ahead(np.append(0.0, np.diff(WALK)), k) / 100 if name == "rate" else ahead(columns[name], k)
    assert named(kind, table(kind, {**columns, name: knows})) == [name]


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**32), st.sampled_from([0.0, 0.5, 0.95, 1.0]), st.integers(100, 400))
def test_a_column_made_of_other_chance_is_never_named(seed, memory, n):
    """Also one that wanders, or lasts, over as few rows as are looked at."""
    draw = np.random.default_rng(seed)
    noise, other = draw.standard_normal(n), np.zeros(n)
    for i in range(n):
        other[i] = memory * other[i - 1] + noise[i]
    assert named("ohlcv", table("ohlcv", market(n, seed)), {"other": other}) == []


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**32), st.sampled_from(LAGS), st.sampled_from(["close", "buy_volume", "volume"]))
def test_a_planted_column_is_always_found(seed, k, name):
    bars = market(1_500, seed)
    assert named("ohlcv", table("ohlcv", {**bars, name: ahead(bars[name], k)})) == [name]
