"""Order flow of quotes (Cont, Kukanov, Stoikov 2014): by hand, in their stylised book, and over every cut."""

import itertools

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.bars.as_table import frame
from assay.bars.build import build
from assay.bars.builder import BarBuilder
from assay.bars.closing import CODES
from assay.bars.state import chained
from assay.bars.ticks import columns, part
from assay.tables.bars import BARS
from assay.tables.table import TIME

SECOND_NS = 1_000_000_000


def quoted(bid, bid_size, ask, ask_size):
    """Return quotes, one a second."""
    given = {"bid": bid, "ask": ask, "bid_size": bid_size, "ask_size": ask_size}
    sides = {name: np.asarray(column, float) for name, column in given.items()}
    return pl.DataFrame({"time": pl.Series(np.arange(len(bid)) * SECOND_NS).cast(TIME), **sides})


EVENTS = [
    ((10.0, 5, 11.0, 6), 0),  # the first one has nothing before it
    ((10.0, 8, 11.0, 6), 3),  # 3 more to buy
    ((10.0, 8, 11.0, 2), 4),  # 4 fewer to sell
    ((10.5, 4, 11.0, 2), 4),  # a better bid counts with its size
    ((10.0, 7, 11.0, 2), -4),  # and with that size as it goes
    ((10.0, 7, 12.0, 9), 2),  # so does the ask that goes
    ((10.0, 7, 11.0, 3), -3),  # and one that is better
    ((9.5, 1, 10.5, 2), -9),  # both move down: the bid of 7 goes, an ask of 2 comes
    ((9.5, 1, 10.5, 2), 0),  # the same quote once more
]


def test_every_event_of_equation_2_by_hand():
    quotes, expected = (list(column) for column in zip(*EVENTS, strict=True))
    bars = build(quoted(*zip(*quotes, strict=True)), "tick", 1, np.zeros(9, np.int64), "TEST")
    assert BARS.check(bars, "test")["order_flow"].to_list() == expected


def test_the_first_quote_of_a_session_adds_nothing():
    quotes = quoted(*zip(*(quote for quote, _ in EVENTS), strict=True))
    bars = build(quotes, "tick", 1, np.array([0, 0, 0, 1, 1, 1, 2, 2, 2]), "TEST")
    assert bars["order_flow"].to_list() == [0, 3, 4, 0, -4, 2, 0, -9, 0]


def test_trades_and_rows_have_none():
    trades = quoted(*np.ones((4, 6))).select("time", price="bid", size="bid_size", side=pl.lit(1, pl.Int8))
    assert build(trades, "tick", 2, np.zeros(6, np.int64), "TEST")["order_flow"].is_nan().all()


def test_in_their_stylised_book_prices_move_by_the_flow_over_twice_the_depth():
    """Equations 4 and 5: every level is D deep, so F units of orders move both quotes F / D ticks, and 2 F is the flow.

    What is left of the move lies inside a level: less than a tick, whatever happened.
    """
    full, n = 10, 200_000
    orders = np.random.default_rng(5).choice([-1, 1], n).cumsum()
    level, size = np.divmod(orders + 100 * full * full, full)
    bars = build(quoted(level, size + 1, level + 1, full - size), "tick", 1000, np.zeros(n, np.int64), "TEST")
    flow, move = bars["order_flow"].to_numpy(), np.diff(bars["close"].to_numpy())
    np.testing.assert_array_equal(flow[1:], 2 * np.diff(orders[999::1000]))
    assert np.abs(move - flow[1:] / (2 * full)).max() < 1
    slope, _ = np.polyfit(flow[1:], move, 1)
    assert slope == pytest.approx(1 / (2 * full), rel=0.05)
    assert np.corrcoef(flow[1:], move)[0, 1] > 0.97


def by_hand(quotes, days):
    """Return the flow of each quote inside a session, quote by quote."""
    flow, before = np.zeros(days.size), None
    for i, (b, q, a, r) in enumerate(quotes.select("bid", "bid_size", "ask", "ask_size").iter_rows()):
        if days[i] < 0:
            continue
        if before is not None and days[i] == before[0]:
            _, b0, q0, a0, r0 = before
            demand = q if b > b0 else (q - q0 if b == b0 else -q0)
            supply = r if a < a0 else (r - r0 if a == a0 else -r0)
            flow[i] = demand - supply
        before = days[i], b, q, a, r
    return flow


@st.composite
def feeds(draw):
    """Return quotes of few prices and whole sizes, and days with breaks and quotes outside."""
    row = st.tuples(st.integers(80, 82), st.integers(0, 4), st.integers(83, 85), st.integers(0, 4), st.integers(0, 11))
    rows = np.array(draw(st.lists(row, min_size=2, max_size=50)))
    days = np.where(rows[:, 4] == 11, -1, np.cumsum(rows[:, 4] == 0))
    return quoted(*rows[:, :4].T), days


@given(feed=feeds(), kind=st.sampled_from(list(CODES)), cuts=st.sets(st.integers(1, 49), max_size=5))
@settings(deadline=None, max_examples=150)
def test_law_no_flow_is_lost_or_made_by_bars_pieces_or_restarts(feed, kind, cuts):
    quotes, days = feed
    threshold = {"dollar": 300.0}.get(kind, 4.0)
    ticks, edges = columns(quotes), [0, *sorted(cut for cut in cuts if cut < days.size), days.size]
    whole = BarBuilder(kind, threshold)
    closed, pieces, state = whole.push(ticks, days), [], None
    for start, stop in itertools.pairwise(edges):
        builder = BarBuilder(kind, threshold, state)
        pieces.append(builder.push(part(ticks, slice(start, stop)), days[start:stop]))
        state = builder.state
    assert chained(pieces).tobytes() == closed.tobytes()
    assert state.tobytes() == whole.state.tobytes()
    still_open = state["flow"][state["n_ticks"] > 0].sum()
    assert frame(closed, "TEST")["order_flow"].sum() + still_open == by_hand(quotes, days).sum()
