from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy.stats import spearmanr

from assay.sources.health.look_ahead import findings


def market(n=3_000, seed=3) -> dict[str, np.ndarray]:
    generator = np.random.default_rng(seed)
    move = generator.standard_normal(n)
    close = 1_000.0 + np.cumsum(move)
    volume = 10.0 + generator.standard_normal(n)
    return {
        "open": np.concatenate(([1_000.0], close[:-1])),
        "close": close,
        "volume": volume,
        "trades": volume + 0.1 * generator.standard_normal(n),
        "imbalance": move + 0.5 * generator.standard_normal(n),
        "interest": np.cumsum(generator.standard_normal(n)),
    }


def named(columns) -> list[str]:
    return [finding.column for finding in findings(pl.DataFrame(columns))]


# README of the data: oi_delta is sum_oi[t+1] - sum_oi[t], and the two net deltas are made of it.
def test_the_columns_of_binance_that_know_the_next_bar_are_named_and_no_other(shared):
    frame = pl.read_csv(shared / "binance_um_oi" / "BTCUSDT_bars_2025-10.csv")
    found = findings(frame)
    assert [one.column for one in found] == ["oi_delta", "net_long_delta", "net_short_delta"]
    assert {one.partner for one in found} == {"sum_oi"}
    assert found[0].correlation > 0.999


def test_honest_columns_are_not_named():
    assert named(market()) == []


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("delta", lambda m: np.append(np.diff(m["interest"]), np.nan)),
        ("return", lambda m: np.append(np.diff(m["close"]) / m["close"][:-1], np.nan)),
        (
            "signal",
            lambda m: np.append(-np.diff(m["close"]), np.nan) + 0.5 * np.random.default_rng(1).standard_normal(3_000),
        ),
        ("next", lambda m: np.append(m["close"][1:], np.nan)),
    ],
)
def test_planted_knowledge_of_the_next_row_is_found(name, column):
    columns = market()
    assert named({**columns, name: column(columns)}) == [name]


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("delta", lambda m: np.append(np.nan, np.diff(m["interest"]))),
        ("before", lambda m: np.append(np.nan, m["close"][:-1])),
        ("noise", lambda m: np.random.default_rng(2).standard_normal(3_000)),
        ("constant", lambda m: np.ones(3_000)),
        ("empty", lambda m: np.full(3_000, np.nan)),
    ],
)
def test_the_past_and_nothing_are_not_the_future(name, column):
    columns = market()
    assert named({**columns, name: column(columns)}) == []


def test_correlations_are_those_of_scipy():
    columns = market()
    columns["delta"] = np.round(np.append(np.diff(columns["interest"]), 0.0), 1)
    found = findings(pl.DataFrame(columns))[0]
    step = np.diff(columns["interest"])
    assert found.correlation == pytest.approx(spearmanr(columns["delta"][1:-1], step[1:])[0], rel=1e-12)
    assert found.past == pytest.approx(spearmanr(columns["delta"][1:-1], step[:-1])[0], rel=1e-12)
    own = (columns["close"] - columns["open"])[1:-1]
    assert found.honest == pytest.approx(spearmanr(own, step[1:])[0], rel=1e-12)


def test_texts_and_short_tables_are_left_alone():
    columns = market()
    assert findings(pl.DataFrame({**columns, "name": ["x"] * 3_000})) == []
    assert findings(pl.DataFrame(columns)[:99]) == []
    assert findings(pl.DataFrame({"name": ["x"] * 200})) == []


@pytest.mark.slow
def test_of_a_hundred_thousand_rows_of_noise_no_column_is_named():
    generator = np.random.default_rng(0)
    frame = pl.DataFrame({f"c{i}": generator.standard_normal(100_000) for i in range(30)})
    assert findings(frame) == []
