"""Numbers in words."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.report import words


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (words.fixed(-1234.567), "\u22121\u202f234.57"),
        (words.fixed(-0.001), "0.00"),
        (words.fixed(None), "\u2013"),
        (words.signed(0.5), "+0.50"),
        (words.signed(0.001), "0.00"),
        (words.signed(-2), "\u22122.00"),
        (words.count(500_000), "500\u202f000"),
        (words.bps(-1.5e-4), "\u22121.50"),
        (words.bps(None), "\u2013"),
        (words.percent(0.123), "12.3\u202f%"),
        (words.percent(None), "\u2013"),
        (words.compact(1644.25), "1\u202f644.25"),
        (words.compact(1e-06), "1e\u221206"),
        (words.compact(3.0), "3"),
        (words.compact(1e300), "1e+300"),
        (words.plural(1, "trade"), "1 trade"),
        (words.plural(2, "trade"), "2 trades"),
        (words.plain("n_ticks_outside_session"), "ticks outside session"),
        (words.stamp("2013-09-03T08:50:52.123456789Z"), "2013-09-03 08:50:52"),
        (words.instant(datetime(2013, 9, 3, 8, 50, 52, tzinfo=UTC)), "2013-09-03 08:50:52"),
        (words.instant(None), "\u2013"),
        (words.short(0), "0"),
        (words.short(999), "999"),
        (words.short(5646), "5.65k"),
        (words.short(441_353), "441k"),
        (words.short(999_600), "1M"),
        (words.short(1_200_000_000), "1.2bn"),
        (words.duration(45.21), "45.2\u202fs"),
        (words.duration(59.96), "60\u202fs"),
        (words.duration(210), "3\u202fmin 30\u202fs"),
        (words.duration(3600), "1\u202fh"),
        (words.duration(187_200), "2\u202fd 4\u202fh"),
        (words.share(0, 10), "0.00\u202f%"),
        (words.share(1, 3), "33.33\u202f%"),
        (words.share(1, 100_000), "under 0.01\u202f%"),
        (words.share(0, 0), "\u2013"),
        (words.sentence("no rows"), "No rows."),
        (words.sentence("Is it?"), "Is it?"),
    ],
)
def test_said_as_expected(said, expected):
    assert said == expected


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12), st.integers(0, 6))
def test_fixed_reads_back_to_the_same_decimals(value, digits):
    read = float(words.fixed(value, digits).replace("\u2212", "-").replace("\u202f", ""))
    assert read == round(float(f"{value:.{digits}f}"), digits)
