from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.errors import DataError
from assay.stats.asof import joined

TIME = pl.Datetime("ns", "UTC")


def left_of(instants) -> pl.DataFrame:
    return pl.DataFrame({"closed_at": pl.Series(instants, dtype=pl.Int64).cast(TIME), "close": [1.0] * len(instants)})


def right_of(known, values) -> pl.DataFrame:
    return pl.DataFrame(
        {"known_at": pl.Series(known, dtype=pl.Int64).cast(TIME), "rate": pl.Series(values, dtype=pl.Float64)}
    )


def rates(left, right) -> list[float]:
    return joined(left, "closed_at", right, ["rate"], "funding_")["funding_rate"].to_list()


INSTANTS = st.lists(st.integers(0, 30), max_size=15)


@settings(deadline=None, max_examples=300)
@given(INSTANTS, INSTANTS)
def test_brute_force(instants, known):
    expected = []
    for at in instants:
        best = max(((k, i) for i, k in enumerate(known) if k <= at), default=None)
        expected.append(math.nan if best is None else float(best[1]))
    found = rates(left_of(instants), right_of(known, [float(i) for i in range(len(known))]))
    assert np.array_equal(found, expected, equal_nan=True)


@settings(deadline=None, max_examples=100)
@given(
    st.lists(st.integers(0, 30), min_size=1, max_size=15).map(sorted),
    st.lists(st.integers(0, 30), max_size=15).map(sorted),
)
def test_later_rows_change_no_earlier_result(instants, known):
    whole = rates(left_of(instants), right_of(known, known))
    for n, last in enumerate(instants, 1):
        seen = [k for k in known if k <= last]
        assert np.array_equal(rates(left_of(instants[:n]), right_of(seen, seen)), whole[:n], equal_nan=True)


def test_a_planted_look_ahead_changes_with_later_rows():
    """The nearest row instead of the last: what the law above would catch."""

    def nearest(left, right):
        frame = left.join_asof(right, left_on="closed_at", right_on="known_at", strategy="nearest")
        return frame["rate"].to_list()

    left, right = left_of([10]), right_of([7, 11], [7.0, 11.0])
    assert nearest(left, right) != nearest(left, right[:1])
    assert rates(left, right) == rates(left, right[:1]) == [7.0]


def test_polars_agrees_where_times_rise():
    generator = np.random.default_rng(5)
    known, at = np.sort(generator.integers(0, 10**6, 500)), np.sort(generator.integers(0, 10**6, 2_000))
    known = np.unique(known)
    left, right = left_of(at), right_of(known, generator.standard_normal(known.size))
    expected = left.join_asof(right, left_on="closed_at", right_on="known_at")["rate"].fill_null(math.nan)
    assert np.array_equal(rates(left, right), expected, equal_nan=True)


def test_what_is_known_at_the_very_instant_counts_and_a_missing_value_is_nan():
    assert rates(left_of([4, 5]), right_of([5], [1.0])) == pytest.approx([math.nan, 1.0], nan_ok=True)
    assert rates(left_of([5]), right_of([4, 5], [1.0, None])) == pytest.approx([math.nan], nan_ok=True)
    assert rates(left_of([5]), right_of([], [])) == pytest.approx([math.nan], nan_ok=True)


def test_other_columns_and_types_stay():
    right = right_of([1], [0.5]).with_columns(pl.lit(-1, pl.Int64).alias("n_trades"))
    found = joined(left_of([0, 2]), "closed_at", right, ["n_trades", "rate"], "x_")
    assert found.columns == ["closed_at", "close", "x_n_trades", "x_rate"]
    assert found.schema["x_n_trades"] == pl.Float64
    assert found.row(1)[2:] == (-1.0, 0.5)


def test_names_that_are_taken_are_refused():
    with pytest.raises(DataError, match="must have names of their own"):
        joined(left_of([1]).rename({"close": "rate"}), "closed_at", right_of([1], [1.0]), ["rate"], "")
