"""Tables of market data: every rule can fire, and good rows pass."""

import re

import polars as pl
import pytest

from assay.errors import DataError
from assay.sources.rules.severity import RuleParams
from assay.tables.flags import Flag, flag_where, flagged
from assay.tables.kinds import PRICES, TABLES, clock
from tests.tables.planted import FAULTS, NAN, bad, frame, good, row


@pytest.mark.parametrize("kind", TABLES)
def test_empty_and_good_rows_pass_and_end_with_flags(kind):
    table = TABLES[kind]
    assert table.check(table.empty(), kind).is_empty()
    assert table.check(good(kind), kind).height == 3
    assert list(table.columns)[-1] == "flags"
    assert clock(kind) == next(iter(table.columns))


@pytest.mark.parametrize(("kind", "changes", "rule"), FAULTS)
def test_a_planted_fault_breaks_its_rule(kind, changes, rule):
    with pytest.raises(DataError, match=f"here: {kind}: {rule}.*; found 1 of 3 rows, the first is row 1"):
        TABLES[kind].check(bad(kind, changes), "here")


def test_every_rule_has_a_planted_fault():
    similar = {"long_short_accounts", "long_short_top_accounts", "long_short_top_positions"}
    rules = {(kind, rule.name) for kind, table in TABLES.items() for rule in table.rules}
    fired = {(kind, name) for kind, name in rules for k, _, rule in FAULTS if k == kind and re.match(rule, name)}
    shared = ("times never fall", "known when it happened or later", "flags are bits of Flag")
    left = {name for _, name in rules - fired if name not in shared}
    assert {name.split()[0] for name in left} <= similar


def test_the_knobs_of_the_rules_are_parameters():
    knobs = {rule.knob for table in TABLES.values() for rule in table.rules} - {""}
    assert knobs <= set(RuleParams.model_fields)


def test_a_bar_outside_its_range_passes_with_the_flag():
    outside = frame("ohlcv", [row("ohlcv", 0), row("ohlcv", 1, open=98.0, close=104.0, flags=16 + 8)])
    assert TABLES["ohlcv"].check(outside, "here").height == 2


@pytest.mark.parametrize(("volume", "bought"), [(0.3, 0.1 + 0.2), (0.3, NAN), (0.0, 0.0), (0.3, 0.3)])
def test_what_was_bought_may_be_the_volume_but_for_its_rounding(volume, bought):
    rows = frame("ohlcv", [row("ohlcv", 0, volume=volume, buy_volume=bought)])
    assert TABLES["ohlcv"].check(rows, "here").height == 1


@pytest.mark.parametrize(("kind", "changes"), [("quotes", {"bid": 102.0}), ("book", {"bid_prices": [102.0, 99.0]})])
def test_what_is_crossed_passes_with_the_flag(kind, changes):
    assert TABLES[kind].check(bad(kind, {**changes, "flags": 64 + 1}), "here").height == 3


def test_a_book_of_one_side_and_a_locked_one_pass():
    rows = [row("book", 0, bid_prices=[], bid_sizes=[]), row("book", 1, bid_prices=[101.0, 99.0])]
    assert TABLES["book"].check(frame("book", rows), "here").height == 2


def test_prices_are_what_bars_are_made_of():
    assert set(PRICES) < set(TABLES)


def test_every_flag_is_one_bit_with_a_meaning():
    assert [int(flag) for flag in Flag] == [1 << i for i in range(len(Flag))]
    assert all(f"{flag.name}: " in str(Flag.__doc__) for flag in Flag)


def test_flags_are_added_and_read_bit_by_bit():
    marked = good("trades").with_columns(flags=pl.Series([0, 8, 2], dtype=pl.UInt16))
    broken = pl.Series([True, True, None])
    found = marked.with_columns(flag_where(pl.lit(broken), Flag.LOCKED).alias("flags"))
    assert found["flags"].to_list() == [2, 10, 2]
    assert found["flags"].dtype == pl.UInt16
    assert found.select(flagged(Flag.VENUE)).to_series().to_list() == [False, True, False]
