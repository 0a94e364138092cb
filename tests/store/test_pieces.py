"""Months in pieces are the months, and what is wrong with a month is told as if it had been read whole."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay import store
from assay.errors import DataError
from assay.tables.ticks import TRADES

N = 50


def trades(time_ns, price=1.0):
    columns = {"price": price, "size": 2.0, "side": 0, "flags": 0}
    frame = pl.DataFrame({"time": np.asarray(time_ns, np.int64)}).with_columns(
        **{name: pl.lit(value) for name, value in columns.items()}
    )
    return frame.select(pl.col(name).cast(column.dtype) for name, column in TRADES.columns.items())


def put(folder, *months):
    folder.mkdir(parents=True, exist_ok=True)
    for i, month in enumerate(months):
        month.write_parquet(folder / f"1970-{i + 1:02}.parquet", row_group_size=7)
    return folder


def pieces(folder, n_rows):
    return list(store.read_pieces(folder, lambda _: TRADES, n_rows))


@settings(deadline=None, max_examples=20)
@given(st.integers(1, N + 2))
def test_pieces_are_the_months_one_after_another(tmp_path_factory, n_rows):
    months = [trades(np.arange(N)), trades(np.arange(0)), trades(np.arange(N, 2 * N + 3))]
    found = pieces(put(tmp_path_factory.mktemp("months"), *months), n_rows)
    assert pl.concat(found).equals(pl.concat(months))
    assert max(piece.height for piece in found) <= n_rows


@pytest.mark.parametrize("n_rows", [7, 10, 50, 60])
@pytest.mark.parametrize("broken", ["time", "price"])
def test_a_broken_rule_is_told_of_the_whole_month(tmp_path, n_rows, broken):
    time_ns, price = np.arange(N), np.ones(N)
    (time_ns if broken == "time" else price)[[20, 21, 40]] = -1
    month = trades(time_ns, pl.Series(price))
    folder = put(tmp_path, trades([0]), month)
    with pytest.raises(DataError) as whole:
        TRADES.check(month, folder / "1970-02.parquet")
    with pytest.raises(DataError) as told:
        pieces(folder, n_rows)
    assert str(told.value) == str(whole.value)


@pytest.mark.parametrize("n_rows", [1, 20, 25, 50])
def test_a_time_that_falls_from_one_piece_to_the_next_is_found(tmp_path, n_rows):
    time_ns = np.concatenate((np.arange(100, 125), np.arange(25)))
    with pytest.raises(DataError, match="times never fall; found 1 of 50 rows, the first is row 25"):
        pieces(put(tmp_path, trades(time_ns)), n_rows)


def test_a_folder_without_months_is_refused_before_anything_is_read(tmp_path):
    with pytest.raises(DataError, match="must hold a file per month"):
        store.read_pieces(tmp_path / "none", lambda _: TRADES)


def test_a_file_cut_short_is_one_line(tmp_path):
    folder = put(tmp_path, trades(np.arange(N)))
    path = folder / "1970-01.parquet"
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(DataError, match="must be a Parquet file") as told:
        pieces(folder, 10)
    assert "\n" not in str(told.value)
