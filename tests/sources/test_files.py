"""Files of users: formats, columns, sides, sizes, and what is refused."""

import gzip
import zlib
from collections import Counter
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.errors import DataError, ParamsError
from assay.sources.fetch import fetch
from assay.sources.params import ColumnParams, DataParams
from assay.tables.ticks import QUOTES, TRADES
from tests.sources.conftest import instrument

TRADE = ColumnParams(time="t", price="p", size="q", side="s")
QUOTE = ColumnParams(time="t", bid="b", ask="a", bid_size="bs", ask_size="as")

CSV = """t,p,q,s,other
2020-02-22 00:00:02.111,9682,0.132,buy,x
2020-02-22 00:00:02.111,9682,0.132,buy,x
2020-02-22T00:00:03,9681.5,1,SELL,x
2020-02-22 00:00:04.5,9681.25,2e1,,x
"""


def ticks(path, columns=TRADE, **changes):
    tally = Counter()
    params = DataParams(source="files", path=str(path), columns=columns, **changes)
    return pl.concat([month.frame for month in fetch(params, instrument(), tally)]), tally


def written(tmp_path, text, name="ticks.csv"):
    (tmp_path / name).write_text(text)
    return tmp_path / name


def test_csv_keeps_equal_rows_and_reads_every_side(tmp_path):
    frame, tally = ticks(written(tmp_path, CSV))
    assert frame["time"].to_physical().to_list() == [
        1_582_329_602_111_000_000,
        1_582_329_602_111_000_000,
        1_582_329_603_000_000_000,
        1_582_329_604_500_000_000,
    ]
    assert frame["price"].to_list() == [9682.0, 9682.0, 9681.5, 9681.25]
    assert frame["size"].to_list() == [0.132, 0.132, 1.0, 20.0]
    assert frame["side"].to_list() == [1, 1, -1, 0]
    assert tally["sizes_not_given"] == 0


@pytest.mark.parametrize("form", ["csv", "csv.gz", "parquet"])
def test_every_format_gives_the_same_ticks(tmp_path, form):
    plain = written(tmp_path, CSV)
    other = tmp_path / f"other.{form}"
    if form == "parquet":
        pl.read_csv(plain, try_parse_dates=False).write_parquet(other)
    else:
        other.write_bytes(gzip.compress(CSV.encode()) if form == "csv.gz" else CSV.encode())
    assert ticks(other)[0].equals(ticks(plain)[0])


def test_a_folder_is_read_by_name_and_other_files_are_left(tmp_path):
    lines = CSV.splitlines(keepends=True)
    written(tmp_path, lines[0] + "".join(lines[3:]), "b.csv")
    written(tmp_path, "".join(lines[:3]), "a.csv")
    written(tmp_path, "not ticks", "README.md")
    written(tmp_path, "not ticks", ".hidden.csv")
    assert ticks(tmp_path)[0].height == 4


def test_quotes_without_sizes_are_counted(tmp_path):
    path = written(tmp_path, "t,b,a\n2020-01-01,1,2\n2020-01-02,1,2\n".replace(",1,2", " 00:00:00,1,2"))
    frame, tally = ticks(path, ColumnParams(time="t", bid="b", ask="a"))
    assert QUOTES.check(frame, path)["bid_size"].to_list() == [0.0, 0.0]
    assert tally["sizes_not_given"] == 2


def test_trades_without_sizes_count_as_one_unit(tmp_path):
    frame, tally = ticks(written(tmp_path, CSV), ColumnParams(time="t", price="p"))
    assert TRADES.check(frame, "")["size"].to_list() == [1.0] * 4
    assert tally["sizes_not_given"] == 4


@settings(deadline=None, max_examples=30)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 10**18),
            st.floats(1e-5, 1e6),
            st.floats(0, 10),
            st.floats(0, 1e9),
            st.floats(0, 1e9),
        ),
        min_size=1,
        max_size=30,
    )
)
@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_round_trip_of_any_quotes(tmp_path_factory, form, rows):
    frame = pl.DataFrame(
        [(t, b, b + s, x, y) for t, b, s, x, y in sorted(rows)],
        schema={"t": pl.Int64, "b": pl.Float64, "a": pl.Float64, "bs": pl.Float64, "as": pl.Float64},
        orient="row",
    )
    path = tmp_path_factory.mktemp("round") / f"ticks.{form}"
    (frame.write_csv if form == "csv" else frame.write_parquet)(path)
    found, _ = ticks(path, QUOTE, time_unit="ns")
    assert found["time"].to_physical().to_list() == frame["t"].to_list()
    for ours, theirs in (("bid", "b"), ("ask", "a"), ("bid_size", "bs"), ("ask_size", "as")):
        assert found[ours].to_list() == frame[theirs].to_list()


HEAD = "t,p,q,s\n2020-02-22 00:00:00,1,1,\n"


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("2020-02-22 00:00:01,,1,", "row 2: p must hold a number; found nothing"),
        ("2020-02-22 00:00:01,12x,1,", "row 2: p must hold a number; found '12x'"),
        ("2020-02-22 00:00:01,nan,1,", "row 2: price is a positive, finite number"),
        ("2020-02-22 00:00:01,0,1,", "row 2: price is a positive, finite number, 1e-12 to .*; found .*price 0.0"),
        ("2020-02-22 00:00:01,-1,1,", "row 2: price is a positive"),
        ("2020-02-22 00:00:01,inf,1,", "row 2: price is a positive"),
        ("2020-02-22 00:00:01,1,0,", "row 2: size is a positive"),
        ("2020-02-22 00:00:01,1,1,bought", "row 2: s must be buy, sell or nothing; found 'bought'"),
        (",1,1,", "row 2: t must hold a time; found nothing"),
        ("NaN,1,1,", "row 2: t must hold a time; found 'NaN'"),
        ("22.02.2020,1,1,", "row 2: t must hold a time"),
        ("2020-02-21 23:59:59,1,1,", "row 2: times never fall; found .*set data.unsorted_times to sort"),
        ("2020-02-22 00:00:01", "row 2: p must hold a number; found nothing"),
        ("2020-02-22 00:00:01,1,1,buy,5,6", "must be readable whole"),
    ],
)
def test_bad_rows_are_refused_by_file_row_and_rule(tmp_path, line, rule):
    path = written(tmp_path, HEAD + line + "\n")
    with pytest.raises(DataError, match=rule) as caught:
        ticks(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_crossed_quotes_name_row_and_remedy(tmp_path):
    text = "t,b,a,bs,as\n2020-01-01 00:00:00,1,2,1,1\n2020-01-01 00:00:01,2,1,1,1\n2020-01-01 00:00:02,1,1,1,1\n"
    path = written(tmp_path, text)
    with pytest.raises(DataError, match=r"row 2: bid <= ask; .*set data\.crossed_quotes to drop"):
        ticks(path, QUOTE)
    frame, tally = ticks(path, QUOTE, crossed_quotes="drop")
    assert frame["bid"].to_list() == [1.0, 1.0]
    assert tally["crossed_quotes_dropped"] == 1


def test_a_fall_from_file_to_file_is_refused_or_sorted_and_counted(tmp_path):
    written(tmp_path, "t,p\n2020-01-02 00:00:00,1\n2020-01-03 00:00:00,2\n", "a.csv")
    written(tmp_path, "t,p\n2020-01-01 00:00:00,3\n2020-01-03 00:00:00,4\n", "b.csv")
    columns = ColumnParams(time="t", price="p")
    with pytest.raises(DataError, match=r"b\.csv row 1: times never fall"):
        ticks(tmp_path, columns)
    frame, tally = ticks(tmp_path, columns, unsorted_times="sort")
    assert frame["price"].to_list() == [3.0, 1.0, 2.0, 4.0]
    assert tally["unsorted_times_sorted"] == 1


def test_bad_rows_outside_the_range_are_not_looked_at(tmp_path):
    path = written(tmp_path, "t,p\n2020-01-01 00:00:00,0\n2020-01-02 00:00:00,5\n")
    frame, tally = ticks(path, ColumnParams(time="t", price="p"), start="2020-01-02")
    assert frame["price"].to_list() == [5.0]
    assert tally["out_of_range_dropped"] == 1


def test_a_missing_column_is_named(tmp_path):
    with pytest.raises(DataError, match=r"ticks\.csv: needs column volume; found t, p, q, s, other"):
        ticks(written(tmp_path, CSV), ColumnParams(time="t", price="p", size="volume"))


INSTANT = datetime(2020, 2, 22, tzinfo=UTC)
GOOD = {"t": [INSTANT], "p": [1.0], "q": [1.0], "s": ["buy"]}


@pytest.mark.parametrize(
    "values",
    [[True], [INSTANT], [INSTANT.date()], [timedelta(days=1)], [time(1)], [{"a": 1.0}], [[1.0]], [b"1"]],
    ids=["Boolean", "Datetime", "Date", "Duration", "Time", "Struct", "List", "Binary"],
)
@pytest.mark.parametrize(
    ("name", "rule"), [("p", "p must hold numbers"), ("q", "q must hold numbers"), ("s", "s must be buy, sell")]
)
def test_types_that_are_neither_number_nor_text_are_refused(tmp_path, request, values, name, rule):
    pl.DataFrame(GOOD | {name: values}).write_parquet(tmp_path / "ticks.parquet")
    kind = request.node.callspec.id.rpartition("-")[2]
    with pytest.raises(DataError, match=rf"ticks\.parquet: {rule}.*; found type {kind}"):
        ticks(tmp_path / "ticks.parquet")


@pytest.mark.parametrize("dtype", [pl.Categorical, pl.Enum(["9.5", "7"])], ids=str)
def test_categories_are_read_as_their_text(tmp_path, dtype):
    rows = {"t": [INSTANT] * 2, "p": pl.Series(["9.5", "7"], dtype=dtype), "q": [1, 2], "s": [None, None]}
    pl.DataFrame(rows).write_parquet(tmp_path / "ticks.parquet")
    frame, _ = ticks(tmp_path / "ticks.parquet")
    assert frame["price"].to_list() == [9.5, 7.0]
    assert frame["side"].to_list() == [0, 0]


def test_decimals_and_small_integers_are_numbers(tmp_path):
    rows = {"t": [INSTANT], "p": [Decimal("9.25")], "q": pl.Series([3], dtype=pl.UInt8), "s": [-1]}
    pl.DataFrame(rows).write_parquet(tmp_path / "ticks.parquet")
    assert ticks(tmp_path / "ticks.parquet")[0].row(0)[1:] == (9.25, 3.0, -1)


def test_a_column_that_stands_twice_is_refused_if_it_is_named(tmp_path):
    path = written(tmp_path, "t,p,p,x,x\n2020-01-01 00:00:00,1,2,3,4\n")
    with pytest.raises(DataError, match=r"ticks\.csv: needs one column p; found more than one"):
        ticks(path, ColumnParams(time="t", price="p"))
    assert ticks(written(tmp_path, "t,p,x,x\n2020-01-01 00:00:00,1,2,3\n"), ColumnParams(time="t", price="p"))[0].height


def test_gzip_that_unpacks_to_more_than_100_times_its_size_is_refused(tmp_path):
    bomb = tmp_path / "ticks.csv.gz"
    bomb.write_bytes(gzip.compress(bytes(100_000_000)))
    with pytest.raises(DataError, match=r"ticks\.csv\.gz: must unpack to 100 times its size at most; found more"):
        ticks(bomb)


def test_gzip_of_several_members_is_read_whole(tmp_path):
    head, *rest = CSV.splitlines(keepends=True)
    (tmp_path / "ticks.csv.gz").write_bytes(b"".join(gzip.compress(part.encode()) for part in (head, *rest)))
    assert ticks(tmp_path / "ticks.csv.gz")[0].height == 4


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress], ids=["gzip", "zlib"])
def test_what_is_packed_twice_is_refused(tmp_path, pack):
    (tmp_path / "ticks.csv.gz").write_bytes(gzip.compress(pack(CSV.encode())))
    with pytest.raises(DataError, match=r"must be text, packed by gzip once at most"):
        ticks(tmp_path / "ticks.csv.gz")


@pytest.mark.parametrize("path", ["x" * 5_000, "data/" + "x" * 300], ids=len)
def test_a_name_that_is_too_long_is_the_fault_of_the_input(path):
    with pytest.raises(DataError, match=f"{path[-20:]}: must be readable; found File name too long"):
        ticks(path)


@pytest.mark.parametrize(
    "names", [{}, {"bid": "b"}, {"ask": "a"}, {"price": "p", "bid": "b", "ask": "a"}, {"price": "p", "ask": "a"}]
)
def test_columns_must_say_quotes_or_trades(tmp_path, names):
    with pytest.raises(ParamsError, match="must name price for trades, or bid and ask for quotes"):
        ticks(written(tmp_path, CSV), ColumnParams(time="t", **names))


def test_the_real_broken_archive_is_refused_whole(shared):
    columns = ColumnParams(time="timestamp", price="price", size="amount", side="side")
    with pytest.raises(DataError, match=r"CORRUPT_tardis_trades\.csv\.gz: must be a whole gzip file") as caught:
        ticks(shared / "nautilus" / "CORRUPT_tardis_trades.csv.gz", columns, time_unit="us")
    assert "\n" not in str(caught.value)


def test_tardis_trades_of_the_readme(shared):
    columns = ColumnParams(time="timestamp", price="price", size="amount", side="side")
    path = shared / "nautilus" / "tardis_binance_futures_trades_BTCUSDT_20200222.csv.gz"
    frame, _ = ticks(path, columns, time_unit="us")
    assert frame.height == 9_999
    assert frame.row(0)[1:] == (9682.0, 0.132, 1)
    assert int((frame["time"].diff().dt.total_nanoseconds() == 0).sum()) > 0


def test_parquet_with_prices_as_text_of_the_readme(shared):
    columns = ColumnParams(time="ts_event", bid="bid", ask="ask", bid_size="bid_size", ask_size="ask_size")
    path = shared / "nautilus" / "eurusd_quotes_20200130_20200131.parquet"
    frame, _ = ticks(path, columns, time_unit="ns", crossed_quotes="drop")
    assert frame.height == 99_308
    assert frame.row(0)[1:] == (1.10274, 1.10276, 100_000.0, 100_000.0)


def test_truncated_files_are_refused(tmp_path):
    plain = written(tmp_path, CSV)
    pl.read_csv(plain).write_parquet(tmp_path / "cut.parquet")
    (tmp_path / "cut.csv.gz").write_bytes(gzip.compress(CSV.encode())[:-5])
    (tmp_path / "cut.parquet").write_bytes((tmp_path / "cut.parquet").read_bytes()[:-9])
    (tmp_path / "none.csv").write_bytes(b"")
    for name, rule in (("cut.csv.gz", "gzip"), ("cut.parquet", "readable whole"), ("none.csv", "an empty file")):
        with pytest.raises(DataError, match=rule):
            ticks(tmp_path / name)


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_mutated_parquet_ends_in_one_line_or_in_ticks(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("mutated") / "ticks.parquet"
    pl.DataFrame({"t": [1, 2, 3], "p": [1.0, 2.0, 3.0]}).write_parquet(path)
    raw = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(bytes(raw))
    try:
        ticks(path, ColumnParams(time="t", price="p"), time_unit="ns")
    except DataError as error:
        found = str(error)
    else:
        found = ""
    assert "\n" not in found


@pytest.mark.parametrize(
    ("path", "rule"), [("", "must be a file or a folder"), ("nowhere", "must be a file or a folder")]
)
def test_no_files_are_one_line(path, rule):
    with pytest.raises(DataError, match=rule):
        ticks(path)


def test_an_empty_folder_and_an_unknown_ending_are_refused(tmp_path):
    with pytest.raises(DataError, match=r"must hold files ending in \.parquet, \.csv, \.csv\.gz; found none"):
        ticks(tmp_path)
    with pytest.raises(DataError, match=r"must end in \.parquet, \.csv or \.csv\.gz; found \.txt"):
        ticks(written(tmp_path, CSV, "ticks.txt"))
    assert ticks(tmp_path / "ticks.txt", format="csv")[0].height == 4
