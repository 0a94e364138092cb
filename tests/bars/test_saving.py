"""A saved state is taken up by the same bars of the same feed alone, and what is wrong with it is told in one line."""

import re
from itertools import permutations

import numpy as np
import pytest

from assay.bars.bounds import ExpectationParams
from assay.bars.builder import BarBuilder
from assay.bars.saving import SAVED
from assay.errors import DataError

from .test_order import rows, ticks


def test_a_state_of_another_version_is_refused_in_one_line():
    builder = BarBuilder("tick", 3.0)
    builder.push(*ticks([1, 2]))
    fields = list(SAVED.names)
    others = (
        (builder.state[fields[:9] + fields[10:]], "shape (1,) of 41 fields"),
        (builder.state[fields[:36]], "shape (1,) of 36 fields"),
        (np.concatenate([builder.state] * 2), "shape (2,) of 42 fields"),
        (np.frombuffer(builder.state.tobytes()), "shape (44,) of 0 fields"),
    )
    for other, found in others:
        with pytest.raises(DataError) as told:
            BarBuilder("tick", 3.0, state=other)
        assert str(told.value) == (
            "state of bars: a saved state has the 42 fields of this version; "
            f"found {found}; start anew, with no state, from the first tick or row"
        )


def test_bytes_that_were_not_read_are_refused_in_one_line():
    builder = BarBuilder("tick", 3.0)
    with pytest.raises(DataError, match=r"array of shape \(1,\); found bytes; read bytes by numpy.frombuffer"):
        BarBuilder("tick", 3.0, state=builder.state.tobytes())
    BarBuilder("tick", 3.0, state=np.frombuffer(builder.state.tobytes(), SAVED))


OTHER_BARS = [
    (("volume", 3.0), ("tick", 3.0), "here tick bars of 3.0; found volume bars of 3.0;"),
    (("tick", 4.0), ("tick", 3.0), "here tick bars of 3.0; found tick bars of 4.0;"),
    (("volume_run", 3.0), ("volume_imbalance", 3.0), "found volume_run bars of 3.0, decay 0.1, least 0.5, most 5.0;"),
]


@pytest.mark.parametrize(("saved_of", "taken_up_by", "found"), OTHER_BARS)
def test_a_state_of_other_bars_is_refused_in_one_line(saved_of, taken_up_by, found):
    builder = BarBuilder(*saved_of)
    builder.push(*ticks([1, 2]))
    with pytest.raises(DataError, match=re.escape(found)):
        BarBuilder(*taken_up_by, state=builder.state)


def test_what_bars_expect_is_part_of_what_they_are_where_it_matters():
    slower = ExpectationParams(decay=0.2)
    BarBuilder("tick", 3.0, state=BarBuilder("tick", 3.0).state, expectation=slower)
    with pytest.raises(DataError, match=r"here tick_run bars of 3\.0, decay 0\.2, .* found .* decay 0\.1,"):
        BarBuilder("tick_run", 3.0, state=BarBuilder("tick_run", 3.0).state, expectation=slower)


@pytest.mark.parametrize(("field", "value"), [("kind", b""), ("kind", b"\xff"), ("feed", b"bogus"), ("feed", b"\xff")])
def test_a_damaged_state_is_refused_in_one_line(field, value):
    state = BarBuilder("tick", 3.0).state
    state[field] = value
    with pytest.raises(DataError, match="a saved state is of a type of bar and of prices that there are; found b'"):
        BarBuilder("tick", 3.0, state=state)


def as_quotes(piece):
    """Turn trades into quotes without a spread."""
    (trades, days) = piece
    nothing, price = np.zeros(days.size), trades.price
    quoted = {"spread": nothing, "imbalance": nothing, "bid": price, "ask": price, "bid_size": trades.size}
    return trades._replace(side=None, ask_size=trades.size, **quoted), days


PIECES = {
    "trades": ticks,
    "quotes": lambda minutes: as_quotes(ticks(minutes)),
    "OHLCV rows": rows,
}


@pytest.mark.parametrize(("first", "then"), list(permutations(PIECES, 2)))
def test_prices_of_another_kind_are_refused_behind_those_of_a_bar(first, then):
    builder = BarBuilder("volume", 60.0)
    builder.push(*PIECES[first]([1, 2]))
    before = builder.state
    resumed = BarBuilder("volume", 60.0, state=before)
    told = re.escape(f"volume bars: one builder takes quotes, trades or OHLCV rows; found {then} after {first}; make")
    for one in (builder, resumed):
        with pytest.raises(DataError, match=told):
            one.push(*PIECES[then](range(3, 5)))
        assert one.state.tobytes() == before.tobytes()


def test_what_lies_outside_every_session_decides_nothing():
    builder = BarBuilder("volume", 60.0)
    piece, days = ticks([1, 2])
    builder.push(piece, days * 0 - 1)
    builder.push(*rows(range(3, 5)))
    assert builder.state["feed"] == b"OHLCV rows"
