"""Two answers about one past, compared row by row."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.sources.told import Told, change
from assay.tables.kinds import TABLES

MINUTE = 60 * 10**9


def told(prices, kind="trades"):
    empty = TABLES[kind].empty()
    columns = {name: [0] * len(prices) for name in empty.columns}
    columns |= {"time": [i * MINUTE for i in range(len(prices))], "price": prices, "size": [1.0] * len(prices)}
    return Told(kind, pl.DataFrame(columns).select(pl.col(name).cast(type_) for name, type_ in empty.schema.items()))


PRICES = st.lists(st.sampled_from([1.0, 2.0, float("nan")]), max_size=8)


@given(before=PRICES, now=PRICES, n_over=st.integers(0, 9))
@settings(deadline=None, max_examples=300)
def test_a_change_is_told_exactly_where_a_row_that_was_over_is_another_or_gone(before, now, n_over):
    """Prices written as text, so that nothing equals nothing."""
    over, later = ([repr(price) for price in prices[:n_over]] for prices in (before, now))
    said = change(told(before), told(now), (n_over - 1) * MINUTE)
    assert bool(said) == (later[: len(over)] != over)
    if said and len(later) >= len(over):
        first = next(i for i, (old, new) in enumerate(zip(over, later, strict=False)) if old != new)
        assert said.startswith(f"trades of 1970-01-01 00:0{first}:00")
        assert said.endswith(f"(of {len(over)} rows that were over)")


def test_numbers_of_two_scales_may_differ_by_their_last_digits_and_no_more():
    rows = told([10.0, 20.0]).rows
    steps = pl.DataFrame({"price": [0.5, 0.5]})
    near, far = (rows.with_columns(pl.col("price") + away) for away in (1.0, 1.01))
    before, end_ns = Told("trades", rows, 1.0, steps), 9 * MINUTE
    assert change(before, Told("trades", near, 2.0, steps), end_ns) == ""
    assert "price is 11.01, was 10.0" in change(before, Told("trades", far, 2.0, steps), end_ns)
    assert "price is 11.0, was 10.0" in change(before, Told("trades", near, 1.0, steps), end_ns)
    assert "price is nan" in change(before, Told("trades", near.with_columns(price=float("nan")), 2.0, steps), end_ns)


def test_levels_of_a_book_are_told_in_one_line():
    def book(best):
        rows = pl.DataFrame({"time": [MINUTE], "known_at": [MINUTE]}).with_columns(
            *(pl.lit([best, 1.0]).alias(f"{side}_{what}") for side in ("bid", "ask") for what in ("prices", "sizes")),
            flags=0,
        )
        return Told(
            "book", rows.select(pl.col(name).cast(type_) for name, type_ in TABLES["book"].empty().schema.items())
        )

    said = change(book(7.0), book(8.0), MINUTE)
    assert "\n" not in said
    assert "bid_prices is [8.0, 1.0], was [7.0, 1.0]" in said
