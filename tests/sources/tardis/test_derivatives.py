"""Funding, marks and open interest of Tardis, by hand."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.tables.kinds import TABLES
from tests.sources.tardis.files import DERIVATIVE, FUNDINGS, HOUR_US, US, decoded, derivative, packed


def test_funding_is_the_last_rate_told_before_its_moment():
    frame, counts = decoded("funding", packed(DERIVATIVE, *FUNDINGS))
    TABLES["funding"].check(frame, "test")
    hours = (frame["time"].cast(pl.Int64) - US * 1000) / (HOUR_US * 1000)
    assert hours.to_list() == [8, 16, 24]
    assert frame["rate"].to_list() == [0.2, 0.4, 0.6]
    assert str(frame["mark_price"].to_list()) == "[101.0, nan, nan]"
    assert counts == {
        "rows_without_value_dropped": 0,
        "rates_of_other_moments": 1,
        "rates_told_anew": 3,
        "fundings_not_confirmed": 0,
    }


def test_a_funding_whose_moment_the_file_does_not_reach_is_counted():
    frame, counts = decoded("funding", packed(DERIVATIVE, *FUNDINGS[:5]))
    assert (frame.height, counts["fundings_not_confirmed"]) == (1, 1)
    assert decoded("funding", packed(DERIVATIVE, *FUNDINGS[:6]))[1]["fundings_not_confirmed"] == 1


def test_marks_and_open_interest_are_rows_where_they_change():
    lines = [
        derivative(1, interest=5, mark=100, index=99),
        derivative(2, interest=5, mark=100, index=99),
        derivative(3, interest=6, mark=100, index=98),
        derivative(4),
    ]
    marks, counts = decoded("mark_price", packed(DERIVATIVE, *lines))
    assert counts == {"rows_without_value_dropped": 1, "unchanged_rows_dropped": 1}
    TABLES["mark_price"].check(marks, "test")
    assert marks["index"].to_list() == [99, 98]
    interest, counts = decoded("open_interest", packed(DERIVATIVE, *lines))
    zero = {"open_interest_same_instant": 0}
    assert counts == {"rows_without_value_dropped": 1, "unchanged_rows_dropped": 1, **zero}
    TABLES["open_interest"].check(interest, "test")
    assert interest["open_interest"].to_list() == [5, 6]
    assert (interest["known_at"] - interest["time"]).dt.total_microseconds().to_list() == [5, 5]


PARTS = st.tuples(st.sampled_from(["", 8, 16, 30]), st.sampled_from(["", 0.1]), *[st.sampled_from(["", 5, 6])] * 3)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 23), PARTS), max_size=30))
def test_every_row_of_derivatives_is_in_the_table_or_counted(told):
    lines = [derivative(hour, *parts) for hour, parts in sorted(told, key=lambda row: row[0])]
    for kind in ("mark_price", "open_interest", "funding"):
        frame, counts = decoded(kind, packed(DERIVATIVE, *lines))
        assert frame.height + sum(counts.values()) == len(lines)
