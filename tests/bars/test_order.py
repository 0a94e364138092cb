"""A feed that goes back in time is refused in one line, and the bar in the making stays as it was."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.bars.builder import BarBuilder
from assay.bars.closing import CODES, FIXED, TIME
from assay.bars.rows import Rows
from assay.bars.ticks import Ticks
from assay.errors import DataError

SECOND_NS, MINUTE_NS = 10**9, 60 * 10**9
OF_ROWS = [kind for kind, (form, _) in CODES.items() if form in (TIME, FIXED)]


def ticks(seconds, price=10.0):
    n = len(seconds)
    times = np.array(seconds, np.int64) * SECOND_NS
    return Ticks(times, np.full(n, price), np.ones(n), np.ones(n, np.int8), None, None), np.zeros(n, np.int64)


def rows(minutes, lag_ns=0, n_ticks=3):
    opened, ones = np.array(minutes, np.int64) * MINUTE_NS, np.ones(len(minutes))
    closed = opened + MINUTE_NS
    n = np.broadcast_to(np.asarray(n_ticks, np.int64), opened.shape).copy()
    made = Rows(opened, closed, closed + lag_ns, ones, ones, ones, ones, ones * (n > 0), ones * (n > 0), ones / 2, n)
    return made, np.zeros(len(minutes), np.int64)


def refused(builder, piece):
    """Push a piece that must be refused, and tell why; the state is that before."""
    before = builder.state.tobytes()
    with pytest.raises(DataError) as told:
        builder.push(*piece)
    assert builder.state.tobytes() == before
    assert "\n" not in str(told.value)
    return str(told.value)


def told(kind, late, before):
    return (
        f"{kind} bars: ticks and rows come in order of time; found 1970-01-01T{late}.000000000 after "
        f"1970-01-01T{before}.000000000; sort them, or keep back what is late before bars are made"
    )


@pytest.mark.parametrize("kind", CODES)
def test_ticks_that_go_back_within_a_piece_are_refused(kind):
    assert refused(BarBuilder(kind, 3.0), ticks([100, 50, 160, 70])) == told(kind, "00:00:50", "00:01:40")


@pytest.mark.parametrize("kind", CODES)
@pytest.mark.parametrize("n_before", [2, 3], ids=["in mid-bar", "after a closed bar"])
def test_ticks_behind_a_saved_state_are_refused(kind, n_before):
    first = BarBuilder(kind, 3.0)
    first.push(*ticks([100, 100, 101][:n_before]))
    saved = np.frombuffer(first.state.tobytes(), first.state.dtype)
    builder = BarBuilder(kind, 3.0, state=saved)
    late = {2: "00:01:40", 3: "00:01:41"}[n_before]
    assert refused(builder, ticks([99, 160])) == told(kind, "00:01:39", late)
    assert builder.push(*ticks([101, 160])).tobytes() == first.push(*ticks([101, 160])).tobytes()


@pytest.mark.parametrize("kind", CODES)
def test_a_piece_longer_than_one_look_leaves_the_state_before_all_of_it(kind, monkeypatch):
    monkeypatch.setattr("assay.bars.builder.TICKS_AT_ONCE", 4)
    builder = BarBuilder(kind, 3.0)
    builder.push(*ticks([1, 2]))
    seconds = list(range(3, 23))
    assert refused(builder, ticks([*seconds[:16], 10, *seconds[16:]])) == told(kind, "00:00:10", "00:00:18")


@given(seconds=st.lists(st.integers(0, 5), min_size=1, max_size=30), kind=st.sampled_from(list(CODES)))
@settings(deadline=None, max_examples=80)
def test_ticks_are_taken_exactly_if_no_time_falls_whichever_way_they_are_cut(seconds, kind):
    whole, single = BarBuilder(kind, 2.0), BarBuilder(kind, 2.0)
    if all(a <= b for a, b in pairwise(seconds)):
        bars = whole.push(*ticks(seconds))
        assert (bars["opened_ns"] <= bars["closed_ns"]).all()
        assert b"".join(single.push(*ticks([one])).tobytes() for one in seconds) == bars.tobytes()
        return
    refused(whole, ticks(seconds))
    falls = next(i for i, (a, b) in enumerate(pairwise(seconds), 1) if b < a)
    for one in seconds[:falls]:
        single.push(*ticks([one]))
    refused(single, ticks([seconds[falls]]))


@pytest.mark.parametrize("kind", OF_ROWS)
def test_rows_that_go_back_or_come_twice_are_refused(kind):
    size = 120.0 if kind == "time" else 7.0
    builder = BarBuilder(kind, size)
    assert refused(builder, rows([5, 7, 6])) == told(kind, "00:06:00", "00:08:00")
    builder.push(*rows([4]))
    again = BarBuilder(kind, size, state=np.frombuffer(builder.state.tobytes(), builder.state.dtype))
    for minute in (3, 4):
        assert refused(again, rows([minute, 8])) == told(kind, f"00:0{minute}:00", "00:05:00")


@pytest.mark.parametrize("kind", OF_ROWS)
@pytest.mark.parametrize("n_ticks", [0, 1, 3])
def test_rows_that_are_known_long_after_they_end_are_in_order(kind, n_ticks):
    """Known an hour late, so that every row begins before the last one was known; also rows without a trade."""
    builder, whole = (BarBuilder(kind, 120.0 if kind == "time" else 3.0) for _ in range(2))
    many, days = rows(range(10), 60 * MINUTE_NS, n_ticks)
    closed = b"".join(builder.push(*rows([minute], 60 * MINUTE_NS, n_ticks)).tobytes() for minute in range(10))
    assert closed == whole.push(many, days).tobytes()
    assert builder.state.tobytes() == whole.state.tobytes()
    assert refused(builder, rows([9], 60 * MINUTE_NS, n_ticks)) == told(kind, "00:09:00", "00:10:00")
