"""Dukascopy's records: real files against its own candles, damaged files against one line."""

import lzma
import struct
from collections import Counter
from datetime import UTC, datetime
from functools import cache

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.errors import DataError
from assay.sources.bi5 import RECORD, decode
from assay.sources.fetch import fetch
from assay.sources.params import DataParams
from assay.sources.rules import applied, marked
from assay.tables.ticks import QUOTES
from tests.sources.conftest import HOUR, bi5, instrument, records

AT = datetime(2019, 2, 4, 12, tzinfo=UTC)
CANDLE = np.dtype([("s", ">u4"), ("open", ">u4"), ("close", ">u4"), ("low", ">u4"), ("high", ">u4"), ("volume", ">f4")])


def all_ticks(shared, symbol):
    tally = Counter()
    params = DataParams(source="dukascopy", cache=str(shared / "dukascopy"))
    return pl.concat([month.frame for month in fetch(params, instrument(symbol), tally)]), tally


@cache
def eurusd(shared):
    return all_ticks(shared, "EURUSD")


def test_records_by_hand():
    frame = QUOTES.check(decode(bi5(records(HOUR)), AT, 1e5, "hour"), "hour")
    assert frame["time"].to_physical().to_list() == [
        1_549_281_600_000_000_000,
        1_549_281_600_999_000_000,
        1_549_285_199_999_000_000,
    ]
    assert frame["bid"].to_list() == [1.14498, 1.14499, 1.14497]
    assert frame["ask"].to_list() == [1.145, 1.14501, 1.14502]
    assert frame["bid_size"].to_list() == [750_000.0, 1_000_000.0, 0.0]


def test_zero_bytes_are_a_closed_hour():
    frame = decode(b"", AT, 1e5, "hour")
    assert frame.height == 0
    assert frame.schema == QUOTES.empty().schema


def test_eurusd_has_the_266219_ticks_of_the_readme(shared):
    frame, tally = eurusd(shared)
    assert frame.height == 266_219
    assert tally["closed_hours"] == tally["missing_hours"] == 0


def test_gbpjpy_has_the_816421_ticks_and_142_empty_files_of_the_readme(shared):
    frame, tally = all_ticks(shared, "GBPJPY")
    assert frame.height == 816_421
    assert tally["closed_hours"] == 142
    assert frame["bid"].is_between(128, 138).all()


@pytest.mark.parametrize("day", [4, 5])
def test_bid_minutes_equal_dukascopy_own_candles_in_1440_of_1440(shared, day):
    raw = (shared / "dukascopy/EURUSD/2019/01" / f"{day:02d}" / "BID_candles_min_1.bi5").read_bytes()
    candles = np.frombuffer(lzma.decompress(raw, lzma.FORMAT_ALONE), CANDLE)
    ours = eurusd(shared)[0].filter(pl.col("time").dt.day() == day)
    bid = (pl.col("bid") * 1e5).round().cast(pl.Int64)
    second = (pl.col("time").dt.hour().cast(pl.Int64) * 60 + pl.col("time").dt.minute()) * 60
    ohlc = ours.group_by(second.alias("s"), maintain_order=True).agg(
        bid.first().alias("open"), bid.last().alias("close"), bid.min().alias("low"), bid.max().alias("high")
    )
    theirs = {int(row["s"]): tuple(int(row[name]) for name in ("open", "close", "low", "high")) for row in candles}
    found = {row[0]: row[1:] for row in ohlc.iter_rows()}
    close, equal = None, 0
    for second_of_day in range(0, 86_400, 60):
        close = found[second_of_day][1] if second_of_day in found else close
        equal += theirs[second_of_day] == found.get(second_of_day, (close,) * 4)
    assert len(theirs) == 1440
    assert equal == 1440


@pytest.mark.parametrize(
    ("raw", "rule"),
    [
        (bi5(records(HOUR))[:-9], "its end is missing"),
        (bi5(records(HOUR) + b"\0\0\0"), "records of 20 bytes; found 63 bytes"),
        (bi5(records(HOUR)) + b"more", "4 bytes more"),
        (b"<html>not found</html>", "must be LZMA|its end is missing"),
        (bi5(records([*HOUR, (3_600_000, 2, 1, 1.0, 1.0)])), "row 4: times lie inside the hour"),
        (struct.pack("<BIQ", 0x5D, 0xFFFFFFFF, 1 << 40) + b"\0" * 40, "must be LZMA"),
    ],
    ids=["truncated", "not whole records", "trailing garbage", "a web page", "past the hour", "asks for memory"],
)
def test_damaged_files_are_refused_by_name(raw, rule):
    with pytest.raises(DataError, match=rule) as caught:
        decode(raw, AT, 1e5, "EURUSD/2019/01/04/12h_ticks.bi5")
    assert "EURUSD/2019/01/04/12h_ticks.bi5" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_hour_may_hold_a_quote_per_millisecond_and_no_more():
    full = np.zeros(3_600_000, RECORD)
    assert decode(bi5(full.tobytes()), AT, 1e5, "hour").height == 3_600_000
    with pytest.raises(DataError, match=r"hour: must hold 3600000 quotes at most; found more"):
        decode(bi5(full.tobytes() + bytes(20)), AT, 1e5, "hour")


GOOD = bi5(records([(i, 114_500 + i, 114_490 + i, 1.0, 2.0) for i in range(0, 4000, 7)]))


def one_line_or_a_table(raw):
    """Decode and check; a refusal must be one line that names the file."""
    try:
        frame = decode(raw, AT, 1e5, "hour").with_row_index("row", 1)
        kept, _ = applied(marked(frame, DataParams(crossed_quotes="drop"), None, "hour"))
    except DataError as error:
        text = str(error)
        return text.startswith("hour") and "\n" not in text
    return QUOTES.check(kept.drop("row"), "hour")["time"].dt.truncate("1h").n_unique() <= 1


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_mutated_bytes_end_in_one_line_or_in_a_table(data):
    raw = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, 20))
    assert one_line_or_a_table(bytes(raw[: len(raw) - cut]))


@settings(deadline=None, max_examples=200)
@given(st.lists(st.tuples(*[st.integers(0, 2**32 - 1)] * 3, *[st.floats(width=32)] * 2), max_size=5))
def test_any_records_end_in_one_line_or_in_a_table(rows):
    assert one_line_or_a_table(bi5(records(rows)))


@settings(deadline=None, max_examples=100)
@given(st.binary(max_size=300))
def test_any_bytes_end_in_one_line_or_in_a_table(raw):
    assert one_line_or_a_table(raw)
