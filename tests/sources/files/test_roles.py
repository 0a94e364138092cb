"""What columns hold: by params, by name, by content; what has two readings is refused with the params to set."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import polars as pl
import pytest

from assay.errors import DataError, ParamsError
from tests.sources.files.loaded import load

INSTANT = datetime(2020, 2, 22, tzinfo=UTC)
GOOD = {"t": [INSTANT], "p": [1.0], "q": [1.0], "s": ["buy"]}
NAMED = {"time": "t", "price": "p", "size": "q", "side": "s"}
DAY = "2020-02-{:02d} 00:00:00"


def table(folder, header, rows, name="ticks.csv"):
    lines = ([header] if header else []) + [",".join(map(str, row)) for row in rows]
    (folder / name).write_text("\n".join(lines) + "\n")
    return folder / name


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
        load(tmp_path / "ticks.parquet", columns=NAMED)


@pytest.mark.parametrize("dtype", [pl.Categorical, pl.Enum(["9.5", "7"])], ids=str)
def test_categories_are_read_as_their_text(tmp_path, dtype):
    rows = {"t": [INSTANT] * 2, "p": pl.Series(["9.5", "7"], dtype=dtype), "q": [1, 2], "s": [None, None]}
    pl.DataFrame(rows).write_parquet(tmp_path / "ticks.parquet")
    frame = load(tmp_path / "ticks.parquet", columns=NAMED).frame
    assert frame["price"].to_list() == [9.5, 7.0]
    assert frame["side"].to_list() == [0, 0]


def test_decimals_and_small_integers_are_numbers(tmp_path):
    rows = {"t": [INSTANT], "p": [Decimal("9.25")], "q": pl.Series([3], dtype=pl.UInt8), "s": [-1]}
    pl.DataFrame(rows).write_parquet(tmp_path / "ticks.parquet")
    assert load(tmp_path / "ticks.parquet", columns=NAMED).frame.row(0)[1:] == (9.25, 3.0, -1, 0)


@pytest.mark.parametrize(
    "names",
    [{"bid": "b"}, {"ask": "a"}, {"price": "p", "bid": "b", "ask": "a"}, {"price": "p", "ask": "a"}, {"open": "o"}],
)
def test_columns_that_are_named_must_make_one_kind(tmp_path, names):
    with pytest.raises(ParamsError, match="must name price for trades, bid and ask for quotes"):
        load(table(tmp_path, "t,p", [(DAY.format(1), 1)]), columns={"time": "t", **names})


def test_a_missing_column_is_named(tmp_path):
    path = table(tmp_path, "time,p", [(DAY.format(1), 1)])
    with pytest.raises(DataError, match=r"ticks\.csv: needs column volume; found time, p"):
        load(path, columns={"price": "p", "size": "volume"})
    with pytest.raises(DataError, match=r"ticks\.csv: needs column when; found time, p"):
        load(path, columns={"time": "when"})


def test_trades_without_sizes_count_as_one_unit_and_quotes_as_none(tmp_path):
    trades = load(table(tmp_path, "time,price", [(DAY.format(1), 1), (DAY.format(2), 2)]))
    assert trades.frame["size"].to_list() == [1.0, 1.0]
    assert trades.counts["sizes_not_given"] == 2
    quotes = load(table(tmp_path, "time,bid,ask", [(DAY.format(1), 1, 2)]))
    assert quotes.frame.row(0)[1:] == (1.0, 2.0, 0.0, 0.0, 0)
    assert quotes.counts["sizes_not_given"] == 1


@pytest.mark.parametrize(
    ("header", "row", "rule"),
    [
        ("time,price,bid,ask", (DAY.format(1), 1, 1, 2), "can be read as quotes and as trades; .*; set data.kind"),
        (
            "time,close,c,open,high,low",
            (DAY.format(1), 1, 1, 1, 1, 1),
            "could be the close; found close and c; set data.columns.close",
        ),
        ("time,date,price", ("2020-01-01 00:00:00", "2020-01-02", 1), "time and date; set data.columns.time"),
        ("time,price", ("03/04/2020 10:00", 1), "can be read as text %d/%m/%Y %H:%M and as text %m/%d/%Y %H:%M"),
        ("funding_rate,open_interest,time", (0.1, 1, DAY.format(1)), "as funding and as open_interest"),
        ("when,what", ("a", "b"), "needs a column of times; found when, what; set data.columns.time"),
    ],
)
def test_two_readings_are_refused_with_both_and_the_param_to_set(tmp_path, header, row, rule):
    with pytest.raises(DataError, match=rule) as caught:
        load(table(tmp_path, header, [row]))
    assert "\n" not in str(caught.value)


NEAR = [(10**9 + i, 1.1 + i / 1e4, 1.1001 + i / 1e4) for i in range(20)]
FAR = [(10**9 + i, 90.5 + i, 1.5) for i in range(20)]


@pytest.mark.parametrize(
    ("rows", "kind", "columns"),
    [
        (FAR, "trades", "price = column_2, size = column_3"),
        (NEAR, "quotes", "bid = column_2, ask = column_3"),
        ([(*row, 0) for row in NEAR], "quotes", "bid = column_2, ask = column_3"),
        ([(*row, 5.5, 7.5) for row in NEAR], "quotes", "bid_size = column_4, ask_size = column_5"),
        ([(t, b, 5.5, a, 7.5) for t, b, a in NEAR], "quotes", "ask = column_4"),
        ([(*row, "buy") for row in FAR], "trades", "side = column_4"),
        (
            [(60 * t - 59 * 10**9, b, b + 2, b - 2, b + 1, 9) for t, b, _ in FAR],
            "ohlcv",
            "low = column_4, close = column_5, volume = column_6",
        ),
        (
            [(60 * t - 59 * 10**9, b, b + 2, b - 2, b + 1) for t, b, _ in FAR],
            "ohlcv",
            "low = column_4, close = column_5",
        ),
    ],
)
def test_columns_without_names_are_told_by_what_they_hold(tmp_path, rows, kind, columns):
    loaded = load(table(tmp_path, "", rows))
    assert loaded.kind == kind
    assert columns in loaded.found["columns"]


def test_a_few_prices_near_their_sizes_have_two_readings(tmp_path):
    with pytest.raises(DataError, match=r"can be read as quotes and as trades; .*; set data\.kind"):
        load(table(tmp_path, "", NEAR[:5]))
    assert load(table(tmp_path, "", NEAR[:5]), kind="quotes").kind == "quotes"
    assert load(table(tmp_path, "", NEAR[:5]), kind="trades").frame["size"][0] == 1.1001


VENDORS = {
    "histdata_m1.csv": (
        "20200131 170000;1.1;1.3;1.0;1.2;0\n20200131 170100;1.2;1.4;1.1;1.2;0\n",
        "ohlcv",
        (1.1, 1.3, 1.0, 1.2),
    ),
    "histdata_ticks.csv": (
        "20200131 170000123,1.10001,1.10003,0\n20200131 170000456,1.1,1.10002,0\n" * 5,
        "quotes",
        (1.10001, 1.10003),
    ),
    "mt4_m1.csv": (
        "2020.01.31,17:00,1.1,1.3,1.0,1.2,7\n2020.01.31,17:01,1.2,1.4,1.1,1.2,3\n",
        "ohlcv",
        (1.1, 1.3, 1.0, 1.2),
    ),
    "mt5_ticks.csv": (
        "<DATE>\t<TIME>\t<BID>\t<ASK>\t<VOLUME>\n2020.01.31\t17:00:00.123\t1.1\t1.2\t0\n",
        "quotes",
        (1.1, 1.2),
    ),
    "dukascopy.csv": (
        "Gmt time,Open,High,Low,Close,Volume\n31.01.2020 17:00:00.000,1.1,1.3,1.0,1.2,7\n",
        "ohlcv",
        (1.1, 1.3),
    ),
    "stooq.txt": (
        "<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>\nX,60,20200131,17:00:00,1.1,1.3,1.0,1.2,7\n",
        "ohlcv",
        (1.1,),
    ),
    "excel.csv": (
        "Datum;Open;High;Low;Close\n31.01.2020;1,1;1,3;1,0;1,2\n30.01.2020;1,1;1,3;1,0;1,2\n",
        "ohlcv",
        (1.1, 1.3, 1.0, 1.2),
    ),
}


@pytest.mark.parametrize("name", VENDORS)
def test_forms_of_vendors(tmp_path, name):
    text, kind, values = VENDORS[name]
    (tmp_path / name).write_text(text)
    loaded = load(tmp_path / name)
    first = 3 if kind == "ohlcv" else 1
    assert loaded.kind == kind
    assert loaded.frame.row(0)[first : first + len(values)] == values
    assert loaded.frame.row(0)[0].date() == datetime(2020, 1, 31, tzinfo=UTC).date()


BAR = "1,2,0.5,1.5"


@pytest.mark.parametrize(
    ("days", "hours"),
    [(["03", "04", "05", "06", "07", "10"], 24), (["03 00:00", "03 01:00", "03 03:00", "03 04:00"], 1)],
)
def test_the_interval_is_the_most_frequent_step(tmp_path, days, hours):
    loaded = load(table(tmp_path, "time,open,high,low,close", [(f"2020-02-{day}", BAR) for day in days]))
    lasts = (loaded.frame["closed_at"] - loaded.frame["opened_at"]).dt.total_hours()
    assert lasts.unique().to_list() == [hours]
    assert loaded.found["interval"] == f"{hours * 3600} s"


def test_a_mixture_of_intervals_is_refused_and_one_bar_takes_the_param(tmp_path):
    rows = [(f"2020-02-03 {clock}", BAR) for clock in ("00:00", "01:00", "02:00", "02:05", "02:10")]
    with pytest.raises(DataError, match=r"bars must have one period; found (3600 s and 300 s|300 s and 3600 s)"):
        load(table(tmp_path, "time,open,high,low,close", rows))
    one = load(table(tmp_path, "time,open,high,low,close", rows[:1]), interval="15m").frame
    assert (one["closed_at"] - one["opened_at"]).dt.total_minutes().to_list() == [15]


def test_a_lag_is_added_to_when_a_row_is_known(tmp_path):
    frame = load(table(tmp_path, "time,rate", [(DAY.format(1), 0.1)]), publish_lag_seconds=1.5).frame
    assert (frame["known_at"] - frame["time"]).dt.total_milliseconds().to_list() == [1500]


def test_vendors_columns_are_left_out_of_the_table_and_kept_for_the_check(tmp_path):
    rows = [(f"2020-02-{day:02d}", BAR, day, "x") for day in (3, 4, 5)]
    loaded = load(table(tmp_path, "time,open,high,low,close,signal,note", rows))
    assert loaded.extra.to_dict(as_series=False) == {"signal": [3.0, 4.0, 5.0]}
    assert loaded.found["left out"] == "signal"


def test_a_second_symbol_is_refused_until_one_is_chosen(tmp_path):
    rows = [(DAY.format(1), "A", 1), (DAY.format(2), "B", 2), (DAY.format(3), "A", 3)]
    path = table(tmp_path, "time,symbol,price", rows)
    with pytest.raises(
        DataError, match=r"must hold one symbol; found A and B in column symbol; set data\.columns\.symbol"
    ):
        load(path)
    chosen = load(path, "A", columns={"symbol": "symbol"})
    assert chosen.frame["price"].to_list() == [1.0, 3.0]
    assert chosen.counts["other_symbols_dropped"] == 1


def test_files_of_two_symbols_are_not_one_history(tmp_path):
    table(tmp_path, "time,symbol,price", [(DAY.format(1), "A", 1)], "a.csv")
    table(tmp_path, "time,symbol,price", [(DAY.format(2), "B", 2)], "b.csv")
    with pytest.raises(DataError, match=r"b\.csv: must hold one symbol; found A and B in column symbol"):
        load(tmp_path)


_DAYS = "".join(f"2020-01-{day:02d},{{name}},1,2,1,2,9\n" for day in range(2, 12))
_HEAD = "date,Name,open,high,low,close,volume\n"


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        ([_HEAD + _DAYS.format(name="A") * 101 + _DAYS.format(name="B")], "3600 s, and steps of 86400 s at least"),
        ([_HEAD + _DAYS.format(name="B"), _HEAD + "2020-01-13,B,1,2,1,2,9\n"], "3600 s after 86400 s"),
        ([_HEAD + f"2020-01-{day},B,1,2,1,2,9\n" for day in (13, 14)], "3600 s, and steps of 86400 s at least"),
    ],
    ids=["the symbol comes after the first rows", "the second file has one bar", "each file has one bar"],
)
def test_a_period_that_the_first_rows_do_not_tell_is_not_taken_for_an_hour(tmp_path, texts, found):
    """Days taken for hours would be known 23 hours too early."""
    for number, text in enumerate(texts):
        (tmp_path / f"{number}.csv").write_text(text)
    with pytest.raises(DataError, match=f"one period; found {found}; set data.interval to it"):
        load(tmp_path, symbol="B", columns={"symbol": "Name"})
    frame = load(tmp_path, symbol="B", columns={"symbol": "Name"}, interval="1d").frame
    assert frame["closed_at"].dt.hour().max() == 0
