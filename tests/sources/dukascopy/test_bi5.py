"""Dukascopy's records by hand, and damaged files against one line."""

import struct
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.errors import DataError
from assay.sources.dukascopy.bi5 import decode
from assay.tables.ticks import QUOTES
from tests.sources.conftest import HOUR, bi5, records

AT = datetime(2019, 2, 4, 12, tzinfo=UTC)


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
    assert frame["flags"].to_list() == [0, 0, 0]


def test_zero_bytes_are_a_closed_hour():
    frame = decode(b"", AT, 1e5, "hour")
    assert frame.height == 0
    assert frame.schema == QUOTES.empty().schema


@pytest.mark.parametrize(
    ("raw", "rule"),
    [
        (bi5(records(HOUR))[:-9], "its end is missing"),
        (bi5(records(HOUR) + b"\0\0\0"), "records of 20 bytes; found 63 bytes"),
        (bi5(records(HOUR)) + b"more", "4 bytes more"),
        (b"<html>not found</html>", "must be LZMA|its end is missing"),
        (bi5(records([*HOUR, (3_600_000, 2, 1, 1.0, 1.0)])), "row 4: milliseconds lie inside the hour"),
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
    full = bytes(3_600_000 * 20)
    assert decode(bi5(full), AT, 1e5, "hour").height == 3_600_000
    with pytest.raises(DataError, match=r"hour: must hold 3600000 quotes at most; found more"):
        decode(bi5(full + bytes(20)), AT, 1e5, "hour")


GOOD = bi5(records([(i, 114_500 + i, 114_490 + i, 1.0, 2.0) for i in range(0, 4000, 7)]))


def one_line_or_a_table(raw):
    """Decode; a refusal must be one line that names the file."""
    try:
        frame = decode(raw, AT, 1e5, "hour")
    except DataError as error:
        text = str(error)
        return text.startswith("hour") and "\n" not in text
    return frame.schema == QUOTES.empty().schema and frame["time"].dt.truncate("1h").n_unique() <= 1


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
