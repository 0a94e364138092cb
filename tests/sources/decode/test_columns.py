"""What files of columns say that they unpack to, against what they do; bombs are refused and not unpacked."""

import io
from types import SimpleNamespace

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import ipc
from pyarrow import parquet as pq

from assay.errors import DataError
from assay.sources.binance import VENUE
from assay.sources.decode.columns import RATIO, SPARE, arrow_bytes, parquet_bytes, refuse_bomb
from tests.sources.binance.conftest import feed, piece
from tests.sources.files.loaded import load
from tests.sources.fuzz import watched

LONG = "x" * (SPARE + (1 << 24))
TIMES = [1_700_000_000, 1_700_000_001]


def rows():
    return pa.table({"time": np.full(10_000_000, TIMES[0]), "price": np.ones(10_000_000)})


def text():
    return pa.table({"time": TIMES, "price": [1.0, 2.0], "symbol": ["x", LONG]})


def levels():
    return pa.table({"time": TIMES, "bids_px": [[1.0], np.ones(12_000_000)], "bids_qty": [[1.0], [1.0]]})


def arrow(table, compression, chunk=None):
    packed = io.BytesIO()
    with ipc.new_file(packed, table.schema, options=ipc.IpcWriteOptions(compression=compression)) as file:
        file.write_table(table, max_chunksize=chunk)
    return packed.getvalue()


def parquet(table, **how):
    packed = io.BytesIO()
    pq.write_table(table, packed, **how)
    return packed.getvalue()


def zstd(table):
    return parquet(table, use_dictionary=False, compression="zstd")


@pytest.mark.parametrize(
    "raw",
    [
        lambda: arrow(rows(), "zstd", 1 << 24),
        lambda: arrow(text(), "zstd"),
        lambda: arrow(levels(), "zstd"),
        lambda: zstd(text()),
        lambda: zstd(levels()),
    ],
    ids=["rows of Feather", "text of Feather", "lists of Feather", "text of Parquet", "lists of Parquet"],
)
def test_bombs_are_refused_and_not_unpacked(tmp_path, raw):
    """Each holds more than 80 MB in less than 100 kB; refusing it takes less than a quarter of that."""
    path = tmp_path / "bomb"
    path.write_bytes(raw())
    assert path.stat().st_size < 100_000
    rule = rf"^{path}: must unpack to [\d,]+ bytes at most, being as long as it is; found"
    with watched("a bomb", n_bytes=20 << 20), pytest.raises(DataError, match=rule):
        load(path)


def test_a_bomb_among_captures_is_refused_and_not_unpacked():
    table = pa.table({"ts_ms": TIMES, "exch_ts_ms": TIMES, "symbol": ["X", LONG]})
    for name in ("bids_px", "bids_qty", "asks_px", "asks_qty"):
        table = table.append_column(name, [[[1.0], [1.0]]])
    raw, where = zstd(table), piece("usdm/x.parquet", "2024-01-01", "2024-01-02")
    rule = r"^usdm/x\.parquet: must unpack to"
    with watched("a bomb", n_bytes=20 << 20), pytest.raises(DataError, match=rule):
        VENUE.decode(raw, where, feed("book", market="usdm"))


def test_the_bound_is_a_thousand_bytes_a_byte_and_64_mib():
    refuse_bomb(RATIO * 7 + SPARE, 7, "here")
    with pytest.raises(
        DataError, match=r"^here: must unpack to 67,115,864 bytes at most, .*; found 67,115,865; restore"
    ):
        refuse_bomb(RATIO * 7 + SPARE + 1, 7, "here")


COLUMNS = st.dictionaries(
    st.sampled_from("abcdef"),
    st.one_of(
        st.lists(st.integers(0, 9), min_size=5, max_size=5),
        st.lists(st.text(max_size=9), min_size=5, max_size=5),
        st.lists(st.lists(st.floats(0, 1), max_size=4), min_size=5, max_size=5),
    ),
    min_size=1,
)


@settings(deadline=None, max_examples=100)
@given(COLUMNS, st.integers(1, 400), st.sampled_from(["zstd", "lz4"]), st.integers(1, 900))
def test_the_lengths_that_arrow_files_name_are_those_of_their_buffers(columns, times, compression, chunk):
    """Unpacked by Arrow, buffers are as long as they say, or padded to 64 bytes; not compressed, none says anything."""
    table = pa.concat_tables([pa.table(columns)] * times).combine_chunks()
    raw = arrow(table, compression, chunk)
    with ipc.open_file(raw) as file:
        batches = [file.get_batch(i) for i in range(file.num_record_batches)]
    sizes = [part.size for batch in batches for column in batch.columns for part in column.buffers() if part]
    assert sum(sizes) - 64 * len(sizes) <= arrow_bytes(pa.py_buffer(raw)) <= sum(sizes)
    assert arrow_bytes(pa.py_buffer(arrow(table, None, chunk))) == 0


def test_the_lengths_of_a_table_of_whole_numbers_are_eight_bytes_a_value():
    table = pa.table({"a": np.arange(5_000), "b": np.arange(5_000) * 0.5})
    for raw in (arrow(table, "zstd"), arrow(table, "lz4", 700)):
        assert arrow_bytes(pa.py_buffer(raw)) == 80_000
    assert parquet_bytes(pq.read_metadata(io.BytesIO(parquet(table)))) >= 80_000


def test_dictionaries_of_arrow_files_count_and_so_do_files_that_polars_writes():
    words = pa.array([f"word {i:09d}" for i in range(1_000)]).dictionary_encode()
    raw = arrow(pa.table({"a": words}), "zstd")
    assert arrow_bytes(pa.py_buffer(raw)) == 1_000 * 14 + 1_001 * 4 + 1_000 * 4
    packed = io.BytesIO()
    pl.DataFrame({"a": range(5_000)}).write_ipc(packed, compression="zstd")
    assert arrow_bytes(pa.py_buffer(packed.getvalue())) == 40_000


def test_groups_of_other_columns_than_the_file_has_are_refused_before_arrow_ends_the_process():
    group = SimpleNamespace(num_columns=5)
    metadata = SimpleNamespace(num_row_groups=1, num_columns=4, row_group=lambda _: group)
    with pytest.raises(pa.ArrowInvalid, match="groups must have the columns of the file"):
        parquet_bytes(metadata)
