"""Pieces of ticks or rows that no bar should be made of: one line each, and the state stays as it was."""

from dataclasses import replace

import numpy as np
import pytest

from assay.bars.builder import BarBuilder

from .test_order import OF_ROWS, refused, rows, ticks

FORMS = [("tick", ticks), ("dollar_run", ticks), ("time", ticks), ("tick", rows), ("volume", rows)]


@pytest.mark.parametrize("kind", OF_ROWS)
@pytest.mark.parametrize("name", ["open", "high", "low", "close", "volume", "value"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_row_with_a_number_that_is_none_is_refused(kind, name, value):
    """Such an open would be the bar's; after such a value a dollar bar would never fill again."""
    (piece, days), builder = rows(range(4)), BarBuilder(kind, 120.0)
    column = getattr(piece, name).copy()
    column[2] = value
    told = refused(builder, (replace(piece, **{name: column}), days))
    assert told.startswith(f"{kind} bars: prices and sizes are finite numbers; found NaN or infinity in the row opened")
    assert "1970-01-01T00:02:00" in told


@pytest.mark.parametrize("value", [np.inf, -np.inf])
def test_an_infinite_volume_of_buyers_is_refused_and_one_not_given_is_not(value):
    piece, days = rows(range(4))
    told = refused(BarBuilder("tick", 3.0), (replace(piece, buy_volume=np.full(4, value)), days))
    assert "finite" in told
    assert BarBuilder("tick", 3.0).push(replace(piece, buy_volume=np.full(4, np.nan)), days).size == 4


@pytest.mark.parametrize("kind", OF_ROWS)
@pytest.mark.parametrize("name", ["volume", "value", "buy_volume"])
def test_a_row_with_a_sum_below_0_is_refused(kind, name):
    piece, days = rows(range(4))
    told = refused(BarBuilder(kind, 120.0), (replace(piece, **{name: np.array([1.0, 1.0, -1.0, 1.0])}), days))
    rule = "volume, value and buy_volume are 0 or more"
    assert told.startswith(f"{kind} bars: {rule}; found less in the row opened at 1970-01-01T00:02:00")


@pytest.mark.parametrize(("kind", "form"), FORMS)
def test_days_of_32_bits_make_the_same_bars(kind, form):
    piece, days = form(range(20))
    made, other = (BarBuilder(kind, 7.0).push(piece, days.astype(dtype)) for dtype in (np.int64, np.int32))
    assert made.size
    assert made.tobytes() == other.tobytes()


def test_rows_that_count_nowhere_may_hold_anything():
    piece, days = rows(range(3), n_ticks=[3, 0, 3])
    odd = replace(piece, open=np.array([1.0, np.nan, np.inf]))
    assert BarBuilder("tick", 3.0).push(odd, np.array([0, 0, -1])).size == 1
    assert days.size == 3


@pytest.mark.parametrize(("kind", "form"), FORMS)
@pytest.mark.parametrize("n_days", [0, 10, 19, 21, 30])
def test_as_many_days_as_ticks_or_nothing(kind, form, n_days):
    piece, _ = form(range(20))
    told = refused(BarBuilder(kind, 60.0), (piece, np.zeros(n_days, np.int64)))
    assert f"{kind} bars: each tick or row has a session day; found 20 values of {n_days} days" in told


def test_a_column_that_is_shorter_than_the_others_is_refused():
    piece, days = ticks(range(20))
    told = refused(BarBuilder("tick", 3.0), (piece._replace(side=piece.side[:5]), days))
    assert "found 5 values of 20 days" in told


@pytest.mark.parametrize(("kind", "form"), FORMS)
@pytest.mark.parametrize("days", [[5, 4, 4, 4], [5, 5, -1, 4], [4, 5, 5, 4]])
def test_days_that_fall_while_times_rise_are_refused(kind, form, days):
    piece, _ = form(range(4))
    told = refused(BarBuilder(kind, 60.0), (piece, np.array(days)))
    assert told.startswith(f"{kind} bars: session days never fall; found 4 after 5;")


@pytest.mark.parametrize(("kind", "form"), FORMS)
def test_days_behind_those_of_a_saved_state_are_refused(kind, form):
    builder = BarBuilder(kind, 60.0)
    piece, days = form(range(2))
    builder.push(piece, days + 5)
    assert "found 4 after 5" in refused(builder, (form(range(2, 4))[0], days + 4))


@pytest.mark.parametrize("kind", OF_ROWS)
@pytest.mark.parametrize(
    ("days", "n_ticks"), [([5, 6, 5], [1, 0, 1]), ([5, 6, 5], [0, 0, 0]), ([5, 6, -1, 5], [0] * 4)]
)
def test_days_of_rows_without_trades_never_fall_either(kind, days, n_ticks):
    """No bar shows them; also where each row comes by itself, behind a saved state."""
    days = np.array(days)
    piece = rows(range(days.size), n_ticks=n_ticks)[0]
    rule = f"{kind} bars: session days never fall; found 5 after 6;"
    assert refused(BarBuilder(kind, 600.0), (piece, days)).startswith(rule)
    builder = BarBuilder(kind, 600.0)
    *before, last = [(rows([i], n_ticks=n)[0], days[i : i + 1]) for i, n in enumerate(n_ticks)]
    for one in before:
        builder = BarBuilder(kind, 600.0, state=builder.state)
        builder.push(*one)
    assert refused(builder, last).startswith(rule)


@pytest.mark.parametrize(("kind", "form"), FORMS)
@pytest.mark.parametrize("dtype", [np.float64, np.uint64, np.bool_])
def test_days_that_are_no_signed_whole_numbers_are_refused(kind, form, dtype):
    piece, days = form(range(4))
    told = refused(BarBuilder(kind, 60.0), (piece, days.astype(dtype)))
    assert told.startswith(f"{kind} bars: session days are signed whole numbers; found {np.dtype(dtype)};")
