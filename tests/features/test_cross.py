from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from pydantic import ValidationError

from assay.bars.known import known
from assay.errors import ParamsError
from assay.features.build import build
from assay.features.catalogue import catalogue
from assay.features.cross.other import Other
from assay.features.inputs import Inputs
from assay.features.params import FeatureParams
from assay.features.params.cross import CrossParams
from assay.tables.table import TIME

from .conftest import EVERY, ohlcv, walk

HOUR_NS = 3_600_000_000_000
ENTRIES = {entry.name: entry for entry in catalogue(EVERY) if entry.group == "cross"}
OTHER = Other("OTHER", 96)


def bars(hours, close) -> pl.DataFrame:
    """Bars that open and close so many hours after the epoch."""
    close = np.asarray(close, float)
    frame = ohlcv(pl.DataFrame(dict.fromkeys(("open", "high", "low", "close"), close)))
    at = pl.Series(np.rint(np.asarray(hours, float) * HOUR_NS).astype(np.int64)).cast(TIME)
    return frame.with_columns(opened_at=at, closed_at=at)


@pytest.fixture(scope="module")
def pair(instrument, hours):
    """A market, and another one whose bars are known a nanosecond after their close, as tick bars are."""

    def of(frame: pl.DataFrame, other: pl.DataFrame) -> Inputs:
        return Inputs(
            frame, instrument, hours, {}, {"OTHER": Inputs(known(other, "tick", 1, hours), instrument, hours)}
        )

    return of


def test_a_bar_that_closes_at_the_same_instant_is_not_known_yet(pair):
    x = pair(bars([1, 2, 3, 3.5, 6], [50, 60, 70, 80, 90]), bars([1, 2.5, 3, 5], [10, 20, 40, 30]))
    ratio = ENTRIES["ratio_to_other"].function(x)
    assert ratio == pytest.approx([np.nan, 60 / 10, 70 / 20, 80 / 40, 90 / 30], nan_ok=True)
    assert ENTRIES["age_of_other"].function(x) == pytest.approx([np.nan, 1, 0.5, 0.5, 1], nan_ok=True, abs=1e-9)
    assert ENTRIES["log_return_1_of_other"].function(x) == pytest.approx(
        [np.nan, np.nan, np.log(2), np.log(2), np.log(0.75)], nan_ok=True
    )


def test_time_bars_count_from_the_end_of_their_period(instrument, hours):
    """A bar of ten minutes whose last tick came after five says so only when ten are over."""
    other = known(bars([1 + 5 / 60], [10.0]), "time", 600, hours)
    x = Inputs(
        bars([1 + 9 / 60, 1 + 10 / 60], [50, 50]), instrument, hours, {}, {"OTHER": Inputs(other, instrument, hours)}
    )
    assert ENTRIES["ratio_to_other"].function(x) == pytest.approx([np.nan, 5], nan_ok=True)


def test_a_market_that_is_shut_returns_nothing_then_is_too_old(pair):
    """No bar of it counts twice: while it is shut its return is 0; after 96 hours nobody knows its price."""
    x = pair(bars([1.5, 2.5, 3.5, 98, 98.5, 99.5], [1] * 6), bars([1, 2, 99], [10, 20, 40]))
    found = OTHER.log_return(x)
    assert found == pytest.approx([np.nan, np.log(2), 0, 0, np.nan, np.nan], nan_ok=True)
    assert ENTRIES["age_of_other"].function(x) == pytest.approx([0.5, 0.5, 1.5, 96, 96.5, 0.5], abs=1e-9)


def test_who_leads_is_seen_with_its_lag(pair):
    """Both close on the hour, and this market does what the other did two hours before."""
    rng, n = np.random.default_rng(1), 3_000
    step = rng.normal(0, 0.01, n)
    leader, follower = (100 * np.exp(np.cumsum(s)) for s in (step, np.append([0, 0], step[:-2])))
    hours = np.arange(1, n + 1)
    x = pair(bars(hours + 1e-6, follower), bars(hours, leader))
    lagged = {lag: ENTRIES[f"log_return_1_lag_{lag}_of_other"].function(x) for lag in (1, 2, 3)}
    own = x.log_return
    assert lagged[2][500:] == pytest.approx(own[500:], abs=1e-6)
    for lag in (1, 3):
        assert abs(np.corrcoef(lagged[lag][5:], own[5:])[0, 1]) < 3 / np.sqrt(n)
    assert abs(np.corrcoef(OTHER.log_return(x)[5:], own[5:])[0, 1]) < 3 / np.sqrt(n)


def test_statistics_equal_pandas_on_closes_joined_backward(world):
    other = world.markets["OTHER"].bars
    left = pd.DataFrame({"at": world.closed_ns, "close": world["close"]})
    right = pd.DataFrame({"at": other["known_at"].to_physical().to_numpy(), "theirs": other["close"].to_numpy()})
    both = pd.merge_asof(left, right, on="at")
    own, theirs = np.log(both["close"]).diff(), np.log(both["theirs"]).diff()
    log_ratio = np.log(both["close"] / both["theirs"])
    expected = {
        "log_return_1_of_other": theirs,
        "log_return_20_of_other": np.log(both["theirs"]).diff(20),
        **{f"log_return_1_lag_{lag}_of_other": theirs.shift(lag) for lag in (1, 2, 3)},
        "ratio_to_other": both["close"] / both["theirs"],
        "ratio_zscore_120_to_other": (log_ratio - log_ratio.rolling(120).mean()) / log_ratio.rolling(120).std(),
        "correlation_120_with_other": own.rolling(120).corr(theirs),
        "beta_120_to_other": own.rolling(120).cov(theirs) / theirs.rolling(120).var(),
    }
    assert expected.keys() | {"age_of_other"} == ENTRIES.keys()
    for name, values in expected.items():
        assert ENTRIES[name].function(world) == pytest.approx(values.to_numpy(), nan_ok=True, rel=1e-6, abs=1e-9), name


def test_beta_and_correlation_find_what_was_planted(pair):
    """r = 1.5 r' + e of the same size as 1.5 r': correlation 1 / sqrt 2."""
    rng, n = np.random.default_rng(2), 5_001
    theirs, noise = rng.normal(0, 1e-3, n), rng.normal(0, 1.5e-3, n)
    hours = np.arange(1, n + 1)
    closes = (100 * np.exp(np.cumsum(r)) for r in (1.5 * theirs + noise, theirs))
    x = pair(bars(hours + 1e-6, next(closes)), bars(hours, next(closes)))
    entries = catalogue(FeatureParams(cross=CrossParams(enabled=True, symbols=["OTHER"], correlation_windows=[5_000])))
    found = {entry.name: entry.function(x)[-1] for entry in entries if "5000" in entry.name}
    assert found["beta_5000_to_other"] == pytest.approx(1.5, abs=3 * 1.5 / np.sqrt(5_000))
    assert found["correlation_5000_with_other"] == pytest.approx(np.sqrt(0.5), abs=3 * 0.5 / np.sqrt(5_000))


def test_no_later_bar_of_the_other_market_matters(world):
    """All bars of the other market known after row 1,500 closed are replaced by others: no row up to it changes."""
    other = world.markets["OTHER"]
    later = pl.col("known_at") > world.bars["closed_at"][1_500]
    doubled = [pl.when(later).then(2.0 * pl.col(name)).otherwise(name).alias(name) for name in ("high", "close")]
    scrambled = other.but(bars=other.bars.with_columns(doubled))
    seen = world.but(markets={"OTHER": scrambled})
    for name, entry in ENTRIES.items():
        before, after = entry.function(world), entry.function(seen)
        assert after[:1_501].tobytes() == before[:1_501].tobytes(), name
        assert name == "age_of_other" or after[1_501:].tobytes() != before[1_501:].tobytes(), name


def test_several_markets_have_columns_of_their_own(instrument, hours):
    frame = walk(300, seed=1)
    others = {
        symbol: Inputs(known(walk(300, seed), "tick", 20, hours), instrument, hours)
        for seed, symbol in enumerate(["BRK.B", "QQQ"], 2)
    }
    params = FeatureParams(cross=CrossParams(enabled=True, symbols=["BRK.B", "QQQ"]))
    table = build(frame, params, instrument, hours, markets=others)
    alone = build(frame, params, instrument, hours, markets={"QQQ": others["QQQ"]})
    assert {"ratio_to_brk_b", "beta_120_to_qqq", "correlation_120_with_brk_b"} <= {*table.columns}
    assert {*table.columns} - {*alone.columns} == {name for name in table.columns if name.endswith("brk_b")}
    assert alone["ratio_to_qqq"].equals(table["ratio_to_qqq"], null_equal=True)


def test_symbols_that_cannot_be_told_apart_or_are_missing_are_refused():
    with pytest.raises(ParamsError, match="log_return_1_of_brk_b twice"):
        catalogue(FeatureParams(cross=CrossParams(enabled=True, symbols=["BRK.B", "BRK-B"])))
    with pytest.raises(ValidationError, match="must name each one once"):
        CrossParams(symbols=["QQQ", "QQQ"])
    with pytest.raises(ValidationError, match="symbols must name another market"):
        CrossParams(enabled=True)
