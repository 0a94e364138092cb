"""Plain text: every number and time as polars and datetime read it, and nothing read that is not plain."""

import tracemalloc
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.sources.files.plain import WALL, read

DECIMALS = st.from_regex(r"\A-?[0-9]{1,12}(\.[0-9]{1,12})?\Z") | st.floats().map(repr) | st.text("0123456789.-+e ")
INTEGERS = st.from_regex(r"\A-?[0-9]{1,20}\Z") | st.integers(-(1 << 63), (1 << 63) - 1).map(str)
TYPES = {"whole": pl.Int64, "number": pl.Float64}


@settings(deadline=None, max_examples=300)
@given(st.lists(st.tuples(INTEGERS, DECIMALS), min_size=1, max_size=5), st.sampled_from(["\n", "\r\n"]))
def test_what_is_read_is_what_polars_reads(rows, end):
    text = "".join(f"{whole},{number}{end}" for whole, number in rows).encode()
    found = read(text, ",", list(TYPES), TYPES)
    if found is not None:
        assert found.equals(pl.read_csv(text, has_header=False, schema=TYPES))
        assert found["number"].to_list() == [float(number) for _, number in rows]


@settings(deadline=None, max_examples=300)
@given(st.integers(-(9 * 10**18), 9 * 10**18), st.integers(0, 9), st.sampled_from(" T"))
def test_times_are_those_that_were_written(time_ns, n_decimals, joint):
    time_ns -= time_ns % 10 ** (9 - n_decimals)
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=time_ns // 10**9)
    fraction = f".{time_ns % 10**9:09d}"[: n_decimals + 1] if n_decimals else ""
    text = f"{at:%Y-%m-%d}{joint}{at:%H:%M:%S}{fraction},1\n".encode()
    found = read(text, ",", ["time", "n"], {"time": WALL, "n": pl.Int64})
    assert found["time"].to_physical().to_list() == [time_ns]


@pytest.mark.parametrize(
    "time",
    [
        "2019-02-29 00:00:00",
        "1900-02-29 00:00:00",
        "2019-04-31 00:00:00",
        "2019-13-01 00:00:00",
        "2019-00-01 00:00:00",
        "2019-01-00 00:00:00",
        "2019-01-01 24:00:00",
        "2019-01-01 00:60:00",
        "2019-01-01 00:00:60",
        "2019-01-01 00:00:00.",
        "2019-01-01 00:00:00.1234567891",
        "2019-01-01 00:00:00Z",
        "2019/01/01 00:00:00",
        "2019-01-01_00:00:00",
        "1677-12-31 00:00:00",
        "2262-01-01 00:00:00",
        "2019-01-01 00:00",
        "",
    ],
)
def test_what_is_no_plain_time_is_left(time):
    assert read(f"{time},1\n".encode(), ",", ["time", "n"], {"time": WALL, "n": pl.Int64}) is None


@pytest.mark.parametrize(
    "line",
    ["1,\n", ",1\n", "1\n", "1,2,3\n", "1,2\n\n", '1,"2"\n', "1,2.\n", "1,.2\n", "1,-\n", "1,9007199254740993\n"],
)
def test_what_is_not_plain_is_left(line):
    assert read(b"1,2\n" + line.encode(), ",", list(TYPES), TYPES) is None


def test_other_fields_are_passed_over_unless_they_may_hold_separators():
    wanted = {"number": pl.Float64}
    assert read(b"a b,-0.5,\n,7,x\r\n", ",", ["x", "number", "y"], wanted)["number"].to_list() == [-0.5, 7.0]
    assert read(b'"a,b",1,\n', ",", ["x", "number", "y"], wanted) is None
    assert read("é,1,\n".encode(), ",", ["x", "number", "y"], wanted) is None
    assert read(b"1,2,3\n", ",", ["x", "number", "y"], {"number": pl.String}) is None


def test_a_separator_stands_in_no_time():
    wanted = {"time": WALL, "n": pl.Int64}
    assert read(b"2019-01-01T00:00:00 1\n", " ", ["time", "n"], wanted)["n"].to_list() == [1]
    assert read(b"2019-01-01 00:00:00 1\n", " ", ["time", "n"], wanted) is None


def test_lines_that_are_too_short_for_their_columns_take_no_memory():
    wanted = {f"c{n}": pl.Float64 for n in range(300)}
    lines = ",".join("1" * 300).encode() + b"\n" * 100_000
    tracemalloc.start()
    assert read(lines, ",", list(wanted), wanted) is None
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10 * len(lines)
    assert read(lines.rstrip(b"\n") + b"\n", ",", list(wanted), wanted).height == 1
