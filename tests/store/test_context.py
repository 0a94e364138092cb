import numpy as np
import polars as pl
import pytest

from assay import store
from assay.errors import DataError
from assay.tables.context import FUNDING


def funding(first, n):
    time = pl.Series(np.arange(first, first + n) * 28_800_000_000_000)
    columns = {"time": time, "known_at": time, "rate": np.full(n, 1e-4), "mark_price": np.full(n, np.nan)}
    frame = pl.DataFrame(columns).with_columns(flags=pl.lit(0))
    return frame.select(pl.col(name).cast(column.dtype) for name, column in FUNDING.columns.items())


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "context" / "funding" / "binance" / "BTCUSDT"
    store.write_table(place / "2024-01.parquet", funding(0, 3), FUNDING)
    store.write_table(place / "2024-02.parquet", funding(3, 2), FUNDING)
    other = tmp_path / "context" / "funding" / "tardis" / "BTCUSDT"
    store.write_table(other / "2024-01.parquet", funding(0, 1), FUNDING)
    return tmp_path / "context"


def test_places_are_told_by_kind_and_label_and_what_was_not_fetched_is_left_out(folder):
    told = store.find_context(["volume", "funding", "open_interest", "trades"], "BTCUSDT", folder)
    place = folder / "funding"
    assert told == {"funding": {"binance": place / "binance/BTCUSDT", "tardis": place / "tardis/BTCUSDT"}}
    assert list(told["funding"]) == ["binance", "tardis"]
    assert store.find_context(["funding"], "ETHUSDT", folder) == {}
    assert store.find_context([], "BTCUSDT", folder) == {}


def test_the_months_of_a_kind_are_one_table(folder):
    told = store.read_context({"funding": folder / "funding" / "binance" / "BTCUSDT"})
    assert list(told) == ["funding"]
    assert told["funding"].equals(funding(0, 5), null_equal=True)


def test_all_labels_of_a_kind_are_told_apart(folder):
    told = store.read_labels("funding", "BTCUSDT", folder)
    assert {label: table.height for label, table in told.items()} == {"binance": 5, "tardis": 1}
    assert store.read_labels("actions", "BTCUSDT", folder) == {}


def test_a_table_that_breaks_its_contract_is_refused(folder):
    broken = funding(5, 2).with_columns(rate=pl.lit(float("nan")))
    broken.write_parquet(folder / "funding" / "binance" / "BTCUSDT" / "2024-03.parquet")
    with pytest.raises(DataError, match=r"2024-03\.parquet: funding: rate"):
        store.read_context({"funding": folder / "funding" / "binance" / "BTCUSDT"})
