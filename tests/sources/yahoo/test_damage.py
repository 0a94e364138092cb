"""Damage in Yahoo's tables: all pairs of the repository of yfinance, damaged and put right, and planted damage."""

from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest

from assay.sources.yahoo.damage import TABLE, examine, repaired
from assay.sources.yahoo.levels import jumps
from tests.sources.yahoo.conftest import NAMES, table

PAIRS = {
    "4063-T-1d-bad-stock-split": {"missed_split": 9},
    "AET-L-1d-100x-error": {"unit_100x": 14},
    "ALPHA-PA-1d-bad-stock-split": {"missed_split": 1},
    "ASAI-L-1h-bad-unit": {"unit_100x": 1},
    "AV-L-1wk-bad-stock-split": {"missed_split": 1},
    "CNE-L-1d-bad-stock-split": {"missed_split": 1},
    "DEX-AX-1d-bad-stock-split": {"missed_split": 15},
    "KAP-IL-1d-bad-div": {"phantom_dividend": 1},
    "KEN-TA-1d-bad-div": {"phantom_dividend": 1, "missing_adjustment": 1},
    "LA-V-1d-bad-stock-split": {"missed_split": 1},
    "MOB-ST-1d-bad-stock-split": {"missed_split": 1},
}
"""How many rows differ between X.csv and X-fixed.csv; of dividends, how many were taken out or had no adjustment."""
CLEAN = ["CALM-1d-no-bad-divs", "EA-15m-no-bad-divs"]
ROUNDING = 5e-6
"""The fixed files carry 4 digits at least: 0.12029 is the roughest."""


def folder(shared):
    return shared / "yfinance_bad_prices"


@pytest.mark.parametrize("name", PAIRS)
def test_repaired_tables_are_those_of_yfinance(shared, name):
    damaged, fixed = (table(folder(shared) / f"{name}{part}.csv") for part in ("", "-fixed"))
    ours = repaired(damaged)
    assert ours.columns == NAMES
    for column in NAMES[1:]:
        got, expected = (frame[column].fill_null(-1.0).to_numpy() for frame in (ours, fixed))
        np.testing.assert_allclose(got, expected, rtol=ROUNDING, atol=0.5 if column == "volume" else 0)


@pytest.mark.parametrize(("name", "counts"), PAIRS.items())
def test_the_damaged_rows_are_named(shared, name, counts):
    damaged, fixed = (table(folder(shared) / f"{name}{part}.csv") for part in ("", "-fixed"))
    damage = examine(damaged)
    assert damage.counts == counts
    if set(counts) & {"missed_split", "unit_100x"}:
        differs = (damaged["close"] / fixed["close"] - 1).abs() > 1e-3
        assert damage.found["row"].to_list() == differs.arg_true().to_list()
        assert damage.found["time"].to_list() == damaged.filter(differs)["time"].to_list()


@pytest.mark.parametrize("name", CLEAN + [f"{name}-fixed" for name in PAIRS])
def test_nothing_is_found_where_nothing_is_wrong(shared, name):
    clean = table(folder(shared) / f"{name}.csv")
    assert examine(clean).counts == {}
    assert repaired(clean).equals(clean)


def calm(shared):
    return table(folder(shared) / "CALM-1d-no-bad-divs.csv")


def planted(frame, row, **values):
    return frame.with_columns(
        pl.when(pl.int_range(pl.len()) == row).then(pl.lit(value)).otherwise(pl.col(name)).alias(name)
        for name, value in values.items()
    )


def scaled(frame, rows, factor):
    hit = pl.int_range(pl.len()).is_in(rows)
    names = ["open", "high", "low", "close", "adj_close"]
    return frame.with_columns(
        pl.when(hit).then(pl.col(name) * factor).otherwise(pl.col(name)).alias(name) for name in names
    )


def test_planted_errors_of_units_are_taken_out_again(shared):
    rows = [3, 100, 101, 102, 400, 661]
    for factor in (100.0, 0.01):
        damage = examine(scaled(calm(shared), rows, factor))
        assert damage.counts == {"unit_100x": 6}
        assert damage.found["row"].to_list() == rows
        for name in NAMES[1:]:
            np.testing.assert_allclose(damage.repaired[name], calm(shared)[name], rtol=1e-13)


def test_a_planted_missed_split_is_taken_out_again(shared):
    clean = planted(calm(shared), 300, split=2.0)
    assert examine(clean).counts == {}
    damaged = scaled(clean, range(250), 2.0).with_columns(
        pl.when(pl.int_range(pl.len()) < 250).then(pl.col("volume") / 2).otherwise("volume").alias("volume")
    )
    damage = examine(damaged)
    assert damage.counts == {"missed_split": 250}
    for name in NAMES[1:]:
        np.testing.assert_allclose(damage.repaired[name], clean[name], rtol=1e-13)


def test_a_planted_dividend_in_the_wrong_unit_is_taken_out_again(shared):
    clean = calm(shared)
    row = next(i for i in range(400, 600) if clean["dividend"][i] > 0.4)
    before = clean["close"][row - 1]
    for factor in (100.0, 0.01):
        wrong = planted(clean, row, dividend=clean["dividend"][row] * factor)
        if factor == 100.0:
            move = (1 - wrong["dividend"][row] / before) / (1 - clean["dividend"][row] / before)
            early = pl.int_range(pl.len()) < row
            wrong = wrong.with_columns(
                pl.when(early).then(pl.col("adj_close") * move).otherwise("adj_close").alias("adj_close")
            )
        damage = examine(wrong)
        assert damage.counts == {"dividend_100x": 1}
        assert damage.found["row"].to_list() == [row]
        for name in NAMES[1:]:
            np.testing.assert_allclose(damage.repaired[name], clean[name], rtol=1e-6)


def test_a_zero_is_taken_out_and_counted(shared):
    damage = examine(planted(calm(shared), 7, open=0.0))
    assert damage.counts == {"zero_price": 1}
    assert damage.repaired.height == 661
    assert damage.repaired.equals(calm(shared).filter(pl.int_range(pl.len()) != 7))


def test_dividends_are_not_held_against_a_close_that_is_not_there(shared):
    frame = calm(shared).with_columns(pl.lit(None, pl.Float64).alias("adj_close"))
    assert examine(frame).counts == {}
    assert repaired(frame)["adj_close"].null_count() == frame.height


@pytest.mark.parametrize("n_rows", [0, 1])
def test_tables_too_short_to_compare_are_left_alone(n_rows):
    rows = [(datetime(2024, 1, 2, tzinfo=UTC), 1.0, 1.0, 1.0, 1.0, 1.0, 5.0, 0.0, 1.0)][:n_rows]
    frame = pl.DataFrame(rows, schema=TABLE, orient="row")
    assert examine(frame).counts == {}
    assert repaired(frame).equals(frame)


def test_real_years_of_spy_aapl_and_goog_are_clean(shared):
    for path in sorted((shared / "equity_daily").glob("yahoofinance-*.csv")):
        frame = pl.read_csv(path, infer_schema_length=None)
        frame = frame.rename(dict(zip(frame.columns, NAMES, strict=False)))
        time = pl.col("time").str.to_datetime("%Y-%m-%d").dt.replace_time_zone("UTC").cast(TABLE["time"])
        whole = frame.with_columns(time, pl.col(NAMES[1:7]).cast(pl.Float64), dividend=pl.lit(0.0), split=pl.lit(1.0))
        assert examine(whole).counts == {}


def test_a_price_next_to_nothing_is_no_jump():
    rows = np.array([[10.0] * 4, [10.0] * 4, [0.0] * 4, [5e-324] * 4, [10.0] * 4])
    assert jumps(rows, 2.0, 1.25).tolist() == [0, 0, 0, 0]
