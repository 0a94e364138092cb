"""Rules over streams: every one can refuse, drop and flag; none depends on how the stream is cut."""

from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.errors import DataError
from assay.sources.rules import Checker
from assay.sources.rules.severity import RuleParams
from assay.tables.kinds import TABLES, clock
from tests.tables.planted import FAULTS, NAN, SECOND, bad, fields, frame, good, row

KEEP_ALL = RuleParams()


def checked(kind, rules, *frames, start_ns=None, end_ns=None):
    checker = Checker(kind, rules, start_ns, end_ns)
    parts = [checker.push(part, f"file {number}") for number, part in enumerate(frames)]
    return pl.concat([*parts, checker.finish()]), checker.counts


def some(counts):
    return {name: n for name, n in counts.items() if n and not name.startswith("rows")}


@pytest.mark.parametrize("kind", TABLES)
@pytest.mark.parametrize("times", ["refuse", "sort", "drop"])
def test_good_rows_pass_unchanged(kind, times):
    rules = RuleParams(unsorted_times=times)
    rows, counts = checked(kind, rules, good(kind).head(2), TABLES[kind].empty(), good(kind).tail(1))
    assert rows.equals(good(kind), null_equal=True)
    assert counts["rows_in"] == counts["rows_out"] == 3
    assert some(counts) == {}
    assert checked(kind, rules)[0].schema == TABLES[kind].empty().schema


@pytest.mark.parametrize(("kind", "changes", "rule"), [fault for fault in FAULTS if fault[1].get("flags", 128) > 127])
def test_every_fault_of_a_table_is_refused_with_file_and_row(kind, changes, rule):
    with pytest.raises(DataError, match=r"^file 1 row 2: ") as caught:
        checked(kind, KEEP_ALL, good(kind, 1).clear(), bad(kind, changes))
    assert "\n" not in str(caught.value)


WITHOUT = [(kind, name) for kind in TABLES for name in TABLES[kind].columns]


@pytest.mark.parametrize(("kind", "name"), WITHOUT)
def test_missing_values_are_refused_or_dropped_in_every_column(kind, name):
    rows = bad(kind, {name: None})
    rule = "one_sided_quotes" if (kind, name) in (("quotes", "bid"), ("quotes", "ask")) else "missing_values"
    with pytest.raises(DataError, match=f"file 0 row 2: .* set data.rules.{rule} to drop"):
        checked(kind, KEEP_ALL, rows)
    kept, counts = checked(kind, RuleParams(**{rule: "drop"}), rows, start_ns=0, end_ns=100 * SECOND)
    assert kept.height == 2
    assert some(counts) == {f"{rule}_dropped": 1}


def test_nan_is_missing_where_the_table_needs_a_number_and_only_there():
    found = {
        (kind, name): some(
            checked(kind, RuleParams(missing_values="drop", one_sided_quotes="drop"), bad(kind, {name: NAN}))[1]
        )
        for kind in TABLES
        for name in fields(kind)
        if TABLES[kind].columns[name].dtype == pl.Float64
    }
    for (kind, name), counts in found.items():
        rule = "one_sided_quotes" if name in ("bid", "ask") else "missing_values"
        assert counts == ({} if TABLES[kind].columns[name].nan else {f"{rule}_dropped": 1})


DROPS = [
    ("quotes", {"bid": 0.0}, "one_sided_quotes"),
    ("quotes", {"ask": NAN}, "one_sided_quotes"),
    ("quotes", {"bid": 0.0, "ask": 0.0}, "price_not_positive"),
    ("quotes", {"bid": NAN, "ask": NAN}, "missing_values"),
    ("quotes", {"bid": -1.0}, "price_not_positive"),
    ("quotes", {"ask_size": -1.0}, "size_not_positive"),
    ("quotes", {"bid": 102.0}, "crossed_quotes"),
    ("quotes", {"bid": 101.0}, "locked_quotes"),
    ("quotes", {"flags": 8}, "venue_flags"),
    ("quotes", {"time": 0}, "unsorted_times"),
    ("trades", {"price": float("inf")}, "price_not_positive"),
    ("trades", {"size": 0.0}, "size_not_positive"),
    ("trades", {"time": SECOND}, "duplicate_rows"),
    ("ohlcv", {"low": 0.0}, "price_not_positive"),
    ("ohlcv", {"volume": -1.0}, "size_not_positive"),
    ("ohlcv", {"buy_volume": 1.5}, "size_not_positive"),
    ("ohlcv", {"open": 98.0}, "ohlc_order"),
    ("ohlcv", {"flags": 32}, "flat_bars"),
    ("ohlcv", {"opened_at": SECOND}, "duplicate_times"),
    ("ohlcv", {"opened_at": SECOND + 1}, "overlapping_bars"),
    ("ohlcv", {"opened_at": 0}, "unsorted_times"),
    ("funding", {"time": SECOND}, "duplicate_times"),
    ("funding", {"time": SECOND, "known_at": SECOND}, "duplicate_rows"),
    ("funding", {"mark_price": -1.0}, "price_not_positive"),
    ("open_interest", {"time": SECOND}, "duplicate_times"),
    ("open_interest", {"open_interest": -1.0}, "size_not_positive"),
    ("liquidations", {"value": 0.0}, "size_not_positive"),
    ("mark_price", {"mark": 0.0}, "price_not_positive"),
    ("book", {"bid_prices": [102.0, 99.0]}, "crossed_quotes"),
    ("book", {"bid_prices": [101.0, 99.0]}, "locked_quotes"),
    ("book", {"ask_sizes": [1.0, NAN]}, "size_not_positive"),
    ("book", {"time": SECOND, "known_at": SECOND}, "duplicate_rows"),
    ("actions", {"time": SECOND}, "duplicate_times"),
]


@pytest.mark.parametrize(("kind", "changes", "rule"), DROPS)
def test_every_rule_refuses_or_drops(kind, changes, rule):
    rows = bad(kind, changes)
    with pytest.raises(DataError, match=rf"^file 0 row 2: .* \(1 such rows\); set data\.rules\.{rule} to "):
        checked(kind, RuleParams(**{rule: "refuse"}), rows)
    kept, counts = checked(kind, RuleParams(**{rule: "drop"}), rows)
    assert kept.equals(rows.filter(pl.Series([True, False, True])), null_equal=True)
    assert some(counts) == {f"{rule}_dropped": 1}
    TABLES[kind].check(kept, kind)


FLAGGED = [
    ("quotes", {"bid": 102.0}, "crossed_quotes", 64),
    ("quotes", {"bid": 101.0}, "locked_quotes", 2),
    ("quotes", {"flags": 8}, "venue_flags", 8),
    ("trades", {"time": SECOND}, "duplicate_rows", 1),
    ("ohlcv", {"close": 104.0}, "ohlc_order", 16),
    ("ohlcv", {"flags": 32}, "flat_bars", 32),
    ("book", {"bid_prices": [102.0, 99.0]}, "crossed_quotes", 64),
    ("book", {"bid_prices": [101.0, 99.0]}, "locked_quotes", 2),
    ("book", {"time": SECOND, "known_at": SECOND}, "duplicate_rows", 1),
]


@pytest.mark.parametrize(("kind", "changes", "rule", "flag"), FLAGGED)
def test_what_is_kept_is_flagged_and_counted(kind, changes, rule, flag):
    kept, counts = checked(kind, RuleParams(**{rule: "keep"}), bad(kind, changes))
    assert kept["flags"].to_list() == [0, flag, 0]
    assert some(counts) == {f"{rule}_flagged": 1}
    TABLES[kind].check(kept, kind)


def test_equal_rows_of_one_instant_are_dropped_but_other_values_refused():
    rules = RuleParams(duplicate_rows="drop")
    again = frame("funding", [row("funding", 0), row("funding", 0), row("funding", 1)])
    assert checked("funding", rules, again)[0].equals(again.unique(maintain_order=True), null_equal=True)
    other = frame("funding", [row("funding", 0), row("funding", 0, rate=0.5)])
    with pytest.raises(DataError, match=r"row 2: an instant has one row; .*set data.rules.duplicate_times to drop"):
        checked("funding", rules, other)


def test_a_dropped_bar_hides_no_later_one():
    spans = [(0, 10), (5, 15), (12, 22), (21, 30), (22, 23)]
    rows = frame("ohlcv", [row("ohlcv", 0, opened_at=a, closed_at=b, known_at=b) for a, b in spans])
    for parts in ([rows], list(rows.iter_slices(1))):
        kept, counts = checked("ohlcv", RuleParams(overlapping_bars="drop"), *parts)
        assert kept["opened_at"].to_physical().to_list() == [0, 12, 22]
        assert counts["overlapping_bars_dropped"] == 2


def test_sorting_keeps_equal_times_in_their_order_and_counts_the_late():
    rows = [row("trades", i, size=float(n + 1)) for n, i in enumerate((2, 0, 1, 1, 5, 0))]
    whole = frame("trades", rows)
    kept, counts = checked("trades", RuleParams(unsorted_times="sort"), whole.head(3), whole.tail(3))
    assert kept["size"].to_list() == [2.0, 6.0, 3.0, 4.0, 1.0, 5.0]
    assert some(counts) == {"unsorted_times_sorted": 4}


def test_after_sorting_rows_are_named_by_their_file():
    parts = (frame("funding", [row("funding", i) for i in those]) for those in ((5, 7), (6, 7)))
    with pytest.raises(DataError, match=r"^file 1 row 2: an instant has one row"):
        checked("funding", RuleParams(unsorted_times="sort"), *parts)


def test_rows_are_numbered_on_where_a_file_comes_in_parts():
    checker = Checker("trades", KEEP_ALL)
    checker.push(good("trades", 2), "a.csv", 10)
    with pytest.raises(DataError, match=r"^a\.csv row 13: "):
        checker.push(frame("trades", [row("trades", 5), row("trades", 6, price=0.0)]), "a.csv", 12)


def test_the_range_is_cut_before_anything_is_looked_at():
    rows = frame(
        "trades", [row("trades", 0, price=0.0), row("trades", 1), row("trades", 2), row("trades", 3, size=NAN)]
    )
    kept, counts = checked("trades", KEEP_ALL, rows, start_ns=2 * SECOND, end_ns=4 * SECOND)
    assert kept["time"].to_physical().to_list() == [2 * SECOND, 3 * SECOND]
    assert some(counts) == {"out_of_range_dropped": 2}


def test_frames_of_another_form_are_refused():
    with pytest.raises(DataError, match="file 0: trades needs column flags"):
        checked("trades", KEEP_ALL, good("trades").drop("flags"))


SPIKE = 100.0 + 0.25 * (pl.int_range(40) % 2) + 90.0 * (pl.int_range(40) == 30)
WALK = frame("trades", [row("trades", i) for i in range(40)]).with_columns(price=SPIKE)


def test_an_outlier_is_flagged_dropped_or_refused_with_the_place_of_its_row():
    kept, counts = checked("trades", KEEP_ALL, WALK.head(31), WALK.tail(9))
    assert kept["flags"].to_list() == [4 * (i == 30) for i in range(40)]
    assert some(counts) == {"outliers_flagged": 1}
    kept, counts = checked("trades", RuleParams(outliers="drop"), WALK)
    assert kept["price"].max() == 100.25
    assert some(counts) == {"outliers_dropped": 1}
    with pytest.raises(DataError, match=r"^file 0 row 31: prices do not jump and come back; .*price 190"):
        checked("trades", RuleParams(outliers="refuse"), WALK.head(31), WALK.tail(9))


SEVERITY = {
    "unsorted_times": ["sort", "drop"],
    "duplicate_times": ["drop"],
    "duplicate_rows": ["drop", "keep"],
    "price_not_positive": ["drop"],
    "crossed_quotes": ["drop", "keep"],
    "locked_quotes": ["drop", "keep"],
    "one_sided_quotes": ["drop"],
    "ohlc_order": ["drop", "keep"],
    "overlapping_bars": ["drop"],
    "outliers": ["drop", "keep"],
    "missing_values": ["drop"],
}


@st.composite
def streams(draw):
    """Rows of small values, so that every rule is broken often, and severities that refuse none of them."""
    kind = draw(st.sampled_from(["quotes", "trades", "ohlcv", "funding"]))
    value = st.sampled_from([0.0, 1.0, 1.0, 2.0, 2.0, 2.0, 3.0, 500.0])
    rows = []
    for step in draw(st.lists(st.sampled_from([-2, 0, 1, 1, 1, 2]), min_size=30, max_size=60)):
        at = (rows[-1]["at"] if rows else 10) + step
        changes = {"at": at, clock(kind): at, "known_at": at + 9, "closed_at": at + draw(st.integers(1, 2))}
        rows.append(
            {**changes, "low": 0.5, "high": 600.0, **{name: draw(value) for name in ("bid", "ask", "price", "open")}}
        )
    rules = {name: draw(st.sampled_from(choices)) for name, choices in SEVERITY.items()}
    columns = TABLES[kind].columns
    whole = frame(kind, [{name: {**row(kind, 0), **one}[name] for name in columns} for one in rows])
    return kind, RuleParams(**rules, outlier_moves=3.0), whole


@settings(deadline=None, max_examples=80)
@given(streams(), st.lists(st.integers(0, 60), max_size=6))
def test_the_result_does_not_depend_on_how_the_stream_is_cut(stream, cuts):
    kind, rules, whole = stream
    ends = [0, *sorted(min(cut, whole.height) for cut in cuts), whole.height]
    parts = [whole.slice(a, b - a) for a, b in pairwise(ends)]
    rows, counts = checked(kind, rules, whole, start_ns=5, end_ns=60)
    again, counts_again = checked(kind, rules, *parts, start_ns=5, end_ns=60)
    assert rows.equals(again, null_equal=True)
    assert counts == counts_again
    assert counts["rows_in"] == counts["rows_out"] + sum(n for name, n in counts.items() if name.endswith("_dropped"))
    TABLES[kind].check(rows, "here")


@settings(deadline=None, max_examples=100)
@given(st.lists(st.integers(0, 6), max_size=30))
def test_late_rows_by_brute_force(times):
    whole = frame("trades", [row("trades", 0, time=at, size=float(n + 1)) for n, at in enumerate(times)])
    kept, counts = checked("trades", RuleParams(unsorted_times="drop"), *whole.iter_slices(3))
    expected = [at for i, at in enumerate(times) if at >= max(times[:i], default=0)]
    assert kept["time"].to_physical().to_list() == expected
    assert counts["unsorted_times_dropped"] == len(times) - len(expected)
