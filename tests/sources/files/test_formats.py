"""Formats: the same rows in every form, in batches of any size; what is broken is refused by its row."""

import gzip
import json
import os
import zlib

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet as pq

from assay.errors import DataError
from assay.sources.files import columnar, raw
from tests.sources.files.loaded import load

ROWS = [
    ("2020-02-22 00:00:02.111", 9682.0, 0.132, "buy"),
    ("2020-02-22 00:00:02.111", 9682.0, 0.132, "buy"),
    ("2020-02-22 00:00:03.000", 9681.5, 1.0, "SELL"),
    ("2020-02-22 00:00:04.500", 9681.25, 20.0, None),
]
FRAME = pl.DataFrame(ROWS, schema=["time", "price", "size", "side"], orient="row")
CSV = FRAME.write_csv()


def written(folder, content, name="ticks.csv"):
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder / name


def test_csv_by_hand(tmp_path):
    loaded = load(written(tmp_path, CSV))
    assert loaded.frame["time"].to_physical().to_list() == [
        1_582_329_602_111_000_000,
        1_582_329_602_111_000_000,
        1_582_329_603_000_000_000,
        1_582_329_604_500_000_000,
    ]
    assert loaded.frame["price"].to_list() == [9682.0, 9682.0, 9681.5, 9681.25]
    assert loaded.frame["size"].to_list() == [0.132, 0.132, 1.0, 20.0]
    assert loaded.frame["side"].to_list() == [1, 1, -1, 0]
    assert loaded.found == {
        "format": "csv",
        "separator": "comma",
        "header": "yes",
        "decimal": "point",
        "kind": "trades",
        "time": "time: iso %Y-%m-%d %H:%M:%S%.f",
        "zone": "UTC, as data.time_zone says",
        "columns": "price = price, size = size, side = side",
    }


LINES = "".join(f"{json.dumps(row)}\n" for row in FRAME.to_dicts())
ARRAYS = json.dumps([[row[0], row[1], row[2]] for row in ROWS])
FORMS = {
    "ticks.csv.gz": gzip.compress(CSV.encode()),
    "members.csv.gz": b"".join(gzip.compress(line.encode()) for line in CSV.splitlines(keepends=True)),
    "ticks.txt": CSV.replace(",", "\t"),
    "semicolon.csv": CSV.replace(",", ";"),
    "bar.csv": CSV.replace(",", "|"),
    "comma.csv": CSV.replace(",", ";")
    .replace(".", ",")
    .replace(",111", ".111")
    .replace(",000", ".000")
    .replace(",500", ".500"),
    "bom.csv": b"\xef\xbb\xbf" + CSV.encode(),
    "crlf.csv": CSV.replace("\n", "\r\n"),
    "cut.csv": CSV.rstrip("\n"),
    "blank_end.csv": CSV + "\n\n",
    "quoted.csv": FRAME.write_csv(quote_style="always"),
    "spaces.csv": CSV.replace("9682.0,", " 9682.0 ,"),
    "mixed.csv": CSV.replace("22 00:00:03.000", "22T00:00:03"),
    "ticks.jsonl": LINES,
    "ticks.jsonl.gz": gzip.compress(LINES.encode()),
    "ticks.json": json.dumps(FRAME.to_dicts()),
    "text.json": json.dumps(FRAME.with_columns(pl.col("price", "size").cast(pl.String)).to_dicts()),
}


@pytest.mark.parametrize("name", FORMS)
def test_every_form_gives_the_same_ticks(tmp_path, name):
    assert load(written(tmp_path, FORMS[name], name)).frame.equals(load(written(tmp_path, CSV)).frame)


@pytest.mark.parametrize("how", ["parquet", "ipc", "lz4"])
def test_typed_formats_give_the_same_ticks(tmp_path, how):
    path = tmp_path / "rows.any"
    typed = FRAME.with_columns(pl.col("time").str.to_datetime(time_unit="us"), pl.col("side").cast(pl.Categorical))
    if how == "parquet":
        typed.write_parquet(path, row_group_size=2)
    else:
        typed.write_ipc(path, compression="lz4" if how == "lz4" else "uncompressed")
    assert load(path).frame.equals(load(written(tmp_path, CSV)).frame)


def test_an_array_of_arrays_has_no_names(tmp_path):
    loaded = load(written(tmp_path, ARRAYS, "a.json"))
    assert loaded.frame["price"].to_list() == FRAME["price"].to_list()
    assert loaded.found["header"] == "none"


@settings(deadline=None, max_examples=20)
@given(step=st.integers(40, 400), quoted=st.booleans(), packed=st.booleans())
def test_blocks_of_any_size_give_the_same_rows(tmp_path_factory, step, quoted, packed):
    folder = tmp_path_factory.mktemp("blocks")
    rows = pl.DataFrame({"time": range(10**9, 10**9 + 50), "price": [1.5] * 49 + [2.5], "note": ['a "b"\nc, d'] * 50})
    text = rows.write_csv(quote_style="always" if quoted else "necessary").encode()
    path = written(folder, gzip.compress(text) if packed else text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(raw, "STEP", step)
        loaded = load(path)
    assert loaded.frame["price"].to_list() == rows["price"].to_list()
    assert (loaded.frame["time"].to_physical() // 10**9).to_list() == rows["time"].to_list()
    starts = [first for _, first in loaded.first_rows]
    assert starts == sorted(set(starts))


HEAD = "t,price,qty,side\n2020-02-22 00:00:00,1,1,\n"


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("2020-02-22 00:00:01,12x,1,", "row 2: price must hold a number; found '12x'"),
        ("2020-02-22 00:00:01,1,1,bought", "row 2: side must be buy, sell or nothing; found 'bought'"),
        ("NaN,1,1,", "row 2: t must hold a time; found 'NaN'"),
        ("22.02.2020,1,1,", "row 2: t must hold a time"),
        ("2020-02-22 00:00:60,1,1,", "row 2: t must hold a time"),
        ("2020-02-22 00:00:01", "row 2: must hold 4 fields, as the first line does; found 1"),
        ("2020-02-22 00:00:01,1,1", "row 2: must hold 4 fields, as the first line does; found 3"),
        ("2020-02-22 00:00:01,1,1,buy,5,6", "row 2: must hold 4 fields, as the first line does; found 6"),
        ("\n2020-02-22 00:00:01,1,1,buy", "row 2: must hold 4 fields, as the first line does; found 0"),
        ('2020-02-22 00:00:01,1,1,"buy', "check its quotes"),
        ("2020-02-22 00:00:01,1,1,\0", "must be text; found a NUL byte"),
    ],
)
@pytest.mark.parametrize("n_good", [0, 1_500])
def test_bad_rows_are_refused_by_file_row_and_rule(tmp_path, line, rule, n_good):
    good = "2020-02-22 00:00:00,1,1,\n" * n_good
    path = written(tmp_path, HEAD + good + line + "\n")
    with pytest.raises(DataError, match=rule.replace("row 2", f"row {n_good + 2}")) as caught:
        load(path, columns={"time": "t"}, time_unit="iso")
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_empty_cells_are_left_to_the_rule_about_missing_values(tmp_path):
    frame = load(written(tmp_path, HEAD + ",,,\n"), columns={"time": "t"}, time_unit="iso").frame
    assert frame.row(1) == (None, None, None, 0, 0)


def test_a_column_that_stands_twice_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"ticks\.csv: needs one column p; found more than one"):
        load(written(tmp_path, "time,p,p\n2020-01-01 00:00:00,1,2\n"))


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "must hold rows; found an empty file"),
        (b"time,price\n", "must hold rows; found a header only"),
        (b"abc\ndef\n", "must hold fields in lines; found 'abc"),
        (b"\xff\xfet\0i\0", "NUL byte"),
        (b"time,price\n2020-01-01,\xff\n", "must be UTF-8 text"),
        (b"[1, 2]", "must hold objects or arrays; found int"),
        (b"[]", "must hold rows; found none"),
        (b'{"time": 1}\n[', "must be JSON"),
        (b"[" * 100_000, "must be JSON"),
        (b"PAR1 and no more", "must be readable whole"),
        (b"ARROW1 and no more", "must be readable whole"),
        (b"PK\x03\x04....", "packed by gzip once at most"),
        (gzip.compress(gzip.compress(CSV.encode())), "packed by gzip once at most"),
        (gzip.compress(zlib.compress(CSV.encode())), "packed by gzip once at most"),
        (gzip.compress(CSV.encode())[:-5], "must be a whole gzip file"),
        (gzip.compress(bytes(10_000_000)), "must unpack to 100 times its size at most|NUL byte"),
    ],
)
def test_broken_files_are_one_line(tmp_path, content, rule):
    with pytest.raises(DataError, match=rule) as caught:
        load(written(tmp_path, content))
    assert "\n" not in str(caught.value)


def test_gzip_that_unpacks_to_more_than_100_times_its_size_is_refused(tmp_path):
    line = b"2020-01-01 00:00:00,1\n"
    path = written(tmp_path, gzip.compress(b"time,price\n" + line * 2_000_000))
    with pytest.raises(DataError, match="must unpack to 100 times its size at most; found more"):
        load(path)


def test_a_parquet_file_of_more_rows_than_its_bytes_can_hold_is_refused(tmp_path):
    column = pa.array([10**9]).take(pa.array([0] * 3_000_000))
    pq.write_table(pa.table({"time": column, "price": column}), tmp_path / "bomb.parquet", compression="zstd")
    assert (tmp_path / "bomb.parquet").stat().st_size < 30_000
    with pytest.raises(DataError, match=r"must hold [\d,]+ rows at most, being as long as it is; found 3,000,000"):
        load(tmp_path / "bomb.parquet")


def test_a_parquet_file_is_read_in_batches(tmp_path, monkeypatch):
    monkeypatch.setattr(columnar, "BATCH", 3)
    pl.DataFrame({"time": range(10**9, 10**9 + 10), "price": [1.0] * 10}).write_parquet(tmp_path / "a.parquet")
    loaded = load(tmp_path / "a.parquet")
    assert [first for _, first in loaded.first_rows] == [1, 4, 7, 10]


def test_a_folder_is_read_by_name_and_other_files_are_left(tmp_path):
    lines = CSV.splitlines(keepends=True)
    written(tmp_path, lines[0] + "".join(lines[3:]), "b.csv")
    written(tmp_path, "".join(lines[:3]), "a.csv")
    written(tmp_path, "not ticks", "README.md")
    written(tmp_path, "not ticks", ".hidden.csv")
    loaded = load(tmp_path)
    assert loaded.frame.equals(load(tmp_path / "a.csv").frame.vstack(load(tmp_path / "b.csv").frame))
    assert loaded.first_rows == [("a.csv", 1), ("b.csv", 1)]


@pytest.mark.parametrize("path", ["x" * 5_000, "data/" + "x" * 300], ids=len)
def test_a_name_that_is_too_long_is_the_fault_of_the_input(path):
    with pytest.raises(DataError, match=f"{path[-20:]}: must be readable; found File name too long"):
        load(path)


@pytest.mark.parametrize("path", ["", "nowhere"])
def test_no_files_are_one_line(path):
    with pytest.raises(DataError, match="must be a file or a folder"):
        load(path)


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"must hold files ending in \.parquet; found none"):
        load(tmp_path, format="parquet")


@settings(deadline=None, max_examples=30)
@given(
    st.lists(
        st.tuples(st.integers(315_532_800 * 10**9, 10**18), *[st.floats(1e-5, 1e6)] * 2, *[st.floats(0, 1e9)] * 2),
        min_size=1,
        max_size=30,
    )
)
@pytest.mark.parametrize("form", ["csv", "parquet", "ndjson", "ipc"])
def test_round_trip_of_any_quotes(tmp_path_factory, form, rows):
    frame = pl.DataFrame(rows, schema=["time", "bid", "ask", "bid_size", "ask_size"], orient="row")
    path = tmp_path_factory.mktemp("round") / f"ticks.{form}"
    getattr(frame, f"write_{form}")(path)
    found = load(path).frame
    assert found["time"].to_physical().to_list() == frame["time"].to_list()
    assert found.select(frame.columns[1:]).equals(frame.select(frame.columns[1:]))


def test_a_pipe_among_the_files_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "ticks.csv")
    with pytest.raises(DataError, match=r"ticks.csv: must be a file; found a folder, a pipe or a device"):
        load(tmp_path)
