"""Pandera's schemas: they say what the tables say."""

import subprocess
import sys

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandera.errors import SchemaError, SchemaErrors

from assay.errors import DataError
from assay.sources.rules.schema import schema, validated
from assay.tables.kinds import TABLES
from tests.tables.planted import FAULTS, bad, fields, frame, good, row

MISSING = [(kind, name) for kind, table in TABLES.items() for name in table.columns]


@pytest.mark.parametrize("kind", TABLES)
def test_good_and_empty_frames_pass(kind):
    assert schema(kind).validate(good(kind)).equals(good(kind), null_equal=True)
    assert validated(good(kind), kind, "here").height == 3
    assert validated(TABLES[kind].empty(), kind, "here").is_empty()


@pytest.mark.parametrize(("kind", "changes", "rule"), FAULTS)
def test_a_planted_fault_is_one_line_with_row_and_rule(kind, changes, rule):
    with pytest.raises(
        DataError, match=rf"^here: {kind}: {rule}.*; found 1 of 3 rows, the first is row 1: \("
    ) as caught:
        validated(bad(kind, changes), kind, "here")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("kind", "name"), MISSING)
def test_a_missing_value_is_refused_in_every_column(kind, name):
    with pytest.raises(DataError, match=rf"^here: {kind}\.{name}: not_null.*; found 1 of 3 rows, the first is row 1"):
        validated(bad(kind, {name: None}), kind, "here")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda rows: rows.drop("ask"), "quotes: column_in_dataframe; found column 'ask' not in dataframe"),
        (lambda rows: rows.with_columns(x=1), "quotes: column_in_schema; found column 'x'"),
        (lambda rows: rows.select(rows.columns[::-1]), "quotes: column_ordered"),
        (lambda rows: rows.cast({"bid": pl.Float32}), r"quotes\.bid: dtype.*; found .*Float32"),
        (lambda rows: rows.with_columns(pl.col("time").dt.cast_time_unit("us")), r"quotes\.time: dtype"),
        (lambda rows: rows.with_columns(pl.col("time").dt.replace_time_zone(None)), r"quotes\.time: dtype"),
    ],
)
def test_other_columns_or_types_are_refused(change, message):
    with pytest.raises(DataError, match=f"^here: {message}"):
        validated(change(good("quotes")), "quotes", "here")


def test_users_see_the_names_of_all_checks_that_failed():
    with pytest.raises(SchemaErrors) as caught:
        schema("quotes").validate(bad("quotes", {"bid": -1.0, "ask": -2.0}), lazy=True)
    names = set(caught.value.failure_cases["check"].str.split(" is ").list.first())
    assert names == {"bid", "ask", "bid <= ask, unless flagged"}


def verdict(check, *failures):
    try:
        check()
    except failures:
        return False
    return True


NUMBERS = st.sampled_from(
    [-1.0, 0.0, 1e-13, 0.5, 98.0, 100.0, 101.0, 102.0, 1e13, 1e19, float("nan"), float("inf"), None]
)
TIMES = st.integers(0, 3).map(lambda i: i * 10**9)


@st.composite
def frames(draw):
    """Rows that are good, with up to three values replaced."""
    kind = draw(st.sampled_from(sorted(TABLES)))
    rows = [row(kind, i) for i in range(3)]
    for _ in range(draw(st.integers(0, 3))):
        name = draw(st.sampled_from(list(TABLES[kind].columns)))
        rows[draw(st.integers(0, 2))][name] = draw(_values(kind, name))
    return kind, frame(kind, rows)


def _values(kind, name):
    dtype = TABLES[kind].columns[name].dtype
    if name not in fields(kind):
        return st.sampled_from([0, 1, 16, 63, 64, 65, 127, 128]) | st.none() if name == "flags" else TIMES | st.none()
    if dtype == pl.List(pl.Float64):
        return st.lists(NUMBERS, max_size=3) | st.none()
    return NUMBERS if dtype == pl.Float64 else st.integers(-3, 3) | st.none()


@settings(deadline=None, max_examples=150)
@given(frames())
def test_pandera_and_the_table_agree_on_every_frame(given_):
    kind, rows = given_
    theirs = verdict(lambda: schema(kind).validate(rows), SchemaError)
    assert verdict(lambda: TABLES[kind].check(rows, "here"), DataError) == theirs
    assert verdict(lambda: validated(rows, kind, "here"), DataError) == theirs


def test_pandera_is_imported_when_it_is_used():
    code = (
        "import sys; from assay.sources.rules.schema import validated; from tests.tables.planted import good;"
        "validated(good('quotes'), 'quotes', 'here'); sys.exit('pandera' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
