"""Imbalance and run bars: AFML 2.3.2 in exact fractions, and what unbounded expectations do."""

from fractions import Fraction
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.bars.as_table import frame
from assay.bars.bounds import ExpectationParams
from assay.bars.build import build
from assay.bars.builder import BarBuilder
from assay.bars.closing import CODES, IMBALANCE, MONEY, TICKS
from assay.bars.ticks import Ticks, part
from assay.tables.bars import BARS

from .test_builder import feeds, signs_by_hand

KINDS = st.sampled_from([kind for kind in CODES if kind.endswith(("imbalance", "run"))])
DECAY, LEAST, MOST = Fraction(1, 4), Fraction(1, 2), Fraction(2)
TIE = 1 - Fraction(1, 10**10)
"""A sum reaches a limit that it falls short of by less."""


def by_hand(ticks, days, kind, first):
    """Group ticks into bars with lists and fractions: (ticks of the bar, closed by a session break)."""
    form, unit = CODES[kind]
    signs, bars, held, sums, known = signs_by_hand(ticks, days), [], [], [Fraction(0), Fraction(0)], None
    cut = []
    for i in np.flatnonzero(days >= 0):
        if held and days[i] != days[held[0]]:
            bars.append((held, True))
            cut = [*cut, len(held)] if known else []
            if len(cut) > 1 and sum(cut) >= MOST * first:
                known, cut = None, []
            held, sums = [], [Fraction(0), Fraction(0)]
        held = [*held, int(i)]
        price, size = Fraction(float(ticks.price[i])), Fraction(float(ticks.size[i]))
        amount = Fraction(1) if unit == TICKS else (price * size if unit == MONEY else size)
        if form == IMBALANCE:
            sums[0] += int(signs[i]) * amount
        elif signs[i]:
            sums[int(signs[i] < 0)] += amount
        gathered = max(abs(sums[0]), sums[1])
        limit = None if known is None else known[0] * max(abs(known[1]), known[2]) * TIE
        if len(held) >= first if limit is None else gathered > 0 and gathered >= limit:
            last = [Fraction(len(held)), *(one / len(held) for one in sums)]
            if known is None:
                known = [Fraction(first), *last[1:]]
            else:
                known = [(1 - DECAY) * old + DECAY * new for old, new in zip(known, last, strict=True)]
            known[0] = min(max(known[0], LEAST * first), MOST * first)
            bars.append((held, False))
            held, sums, cut = [], [Fraction(0), Fraction(0)], []
    return bars


@given(feed=feeds(), kind=KINDS, first=st.integers(1, 6))
@settings(deadline=None, max_examples=150)
def test_information_bars_are_those_of_exact_fractions(feed, kind, first):
    ticks, days = feed
    expectation = ExpectationParams(decay=float(DECAY), least=float(LEAST), most=float(MOST))
    closed = BarBuilder(kind, first, expectation=expectation).push(ticks, days)
    bars = BARS.check(frame(closed, "TEST"), "test")
    expected = by_hand(ticks, days, kind, first)
    assert bars["partial"].to_list() == [cut for _, cut in expected]
    assert bars["n_ticks"].to_list() == [len(held) for held, _ in expected]
    assert bars["volume"].to_list() == [ticks.size[held].sum() for held, _ in expected]


def coins(p, seed, n=200_000):
    """Return iid ticks of one price and size, bought with probability ``p``."""
    side = np.where(np.random.default_rng(seed).random(n) < p, 1, -1).astype(np.int8)
    return Ticks(np.arange(n), np.ones(n), np.ones(n), side, None, None), np.zeros(n, np.int64)


UNBOUNDED = ExpectationParams(decay=0.1, least=1e-9, most=1e6)
BOUNDED = ExpectationParams(decay=0.1, least=0.5, most=5.0)
STARVED, EXPLODED = 2_000, 100_000
"""Bars of 200,000 coins: fewer than of the 100 ticks expected at first, or so many that they have two ticks at most."""


def expecting(p, expectation):
    """Return a builder that expects 100 ticks already, and of each what coins bring on average, .05 if fair."""
    builder = BarBuilder("tick_imbalance", 100, expectation=expectation)
    state, mean = builder.state, 2 * p - 1 if p > 0.5 else 0.05
    state["expected_ticks"], state["expected_filled"], state["expected_limit"] = 100, mean, 100 * mean
    builder.state = state
    return builder


@pytest.mark.parametrize(
    ("p", "unbounded", "bounded"), [(0.50, 47, 1_306), (0.52, 83, 356), (0.55, 172, 367), (0.60, 361, 461)]
)
def test_the_number_of_bars_of_200000_coins_is_that_of_the_published_run(p, unbounded, bounded):
    """E0[T] = 100, decay .1, without bounds and kept from 50 to 500: hardly any bars, or a sound number of them."""
    found = [expecting(p, expectation).push(*coins(p, 3)).size for expectation in (UNBOUNDED, BOUNDED)]
    assert found == [unbounded, bounded]


def test_without_bounds_fair_coins_make_a_bar_of_a_third_and_leave_nearly_half_in_none():
    builder = expecting(0.5, UNBOUNDED)
    assert builder.push(*coins(0.5, 3))["n_ticks"].max() == 63_064
    assert builder.state["n_ticks"][0] == 88_862


@cache
def n_bars(p, expectation):
    """Return the number of bars of 200,000 coins, of 40 seeds."""
    builders = [BarBuilder("tick_imbalance", 100, expectation=expectation) for _ in range(40)]
    return np.array([builder.push(*coins(p, seed)).size for seed, builder in enumerate(builders)])


@pytest.mark.parametrize("p", [0.50, 0.52, 0.55, 0.60])
def test_without_bounds_coins_make_few_bars_or_bars_of_one_tick(p):
    """The first bar tells what to expect. With bounds no seed makes bars of one tick."""
    found = n_bars(p, UNBOUNDED)
    assert (found[found >= STARVED] > EXPLODED).all()
    assert n_bars(p, BOUNDED).max() < EXPLODED


def test_bounded_bars_of_fair_coins_are_more_than_any_seed_that_starves_makes():
    found = n_bars(0.5, UNBOUNDED)
    assert found[found < STARVED].max() < n_bars(0.5, BOUNDED).min()


def test_the_nearer_to_fair_the_more_seeds_explode():
    """The limit is what is expected of ticks times what is expected of one: the fairer the coins, the smaller it is."""
    exploded = [(n_bars(p, UNBOUNDED) > EXPLODED).sum() for p in (0.52, 0.55, 0.60)]
    assert exploded[0] > exploded[1] >= exploded[2]


@pytest.mark.parametrize("kind", ["tick_run", "volume_run", "dollar_run"])
def test_run_bars_of_fair_coins_shrink_to_the_least_that_is_expected(kind):
    """The larger of two counts reaches n / 2 before n coins: each bar is a little shorter than expected."""
    n_least = 50
    ticks, days = coins(0.5, 1)
    closed = BarBuilder(kind, 100, expectation=BOUNDED).push(ticks, days)
    larger = np.maximum(closed["buy_volume"], closed["sell_volume"])
    assert (larger[1:] >= closed["expected_limit"][:-1]).all()
    assert (larger[1:] - closed["expected_limit"][:-1] < 1.0).all()
    assert 0.9 * n_least < np.median(closed["n_ticks"][100:]) <= n_least
    assert np.median(BarBuilder(kind, 100, expectation=UNBOUNDED).push(ticks, days)["n_ticks"][1_000:]) <= 3


def test_a_bar_that_a_session_break_cuts_teaches_nothing():
    ticks, days = coins(0.6, 1, 1_000)
    whole = BarBuilder("tick_imbalance", 50).push(ticks, days)
    after = int(whole["n_ticks"][0]) + 3
    builder = BarBuilder("tick_imbalance", 50)
    first = builder.push(ticks, np.where(np.arange(1_000) < after, 0, 1))
    assert first["partial"][:2].tolist() == [0, 1]
    expected = [f"expected_{name}" for name in ("limit", "ticks", "filled", "against")]
    assert first[expected][1] == first[expected][0]
    assert first["expected_ticks"][2] != first["expected_ticks"][1]


def lengths_after(n_sessions):
    """Return the ticks of full bars: one that lets expect 2 of 4 ticks, sessions that are even, then all bought."""
    even = [1, -1] * 20
    sides = [1, 1, 1, -1, *(even * n_sessions), *[1] * 8]
    days = np.repeat(np.arange(n_sessions + 2), [4, *[len(even)] * n_sessions, 8])
    n = len(sides)
    ticks = Ticks(np.arange(n), np.full(n, 5.0), np.ones(n), np.array(sides, np.int8), None, None)
    bars = BarBuilder("tick_imbalance", 4).push(ticks, days)
    return bars["n_ticks"][bars["partial"] == 0].tolist()


def test_one_session_without_a_full_bar_forgets_nothing_and_two_forget():
    """What is expected of 4 ticks is a flow of 2, which 40 ticks that are even, twice the most, never reach."""
    assert lengths_after(1)[:2] == [4, 2]
    assert lengths_after(2)[:2] == [4, 4]


def test_without_any_imbalance_no_bar_is_full_but_the_first(trades):
    """Constant prices give the tick rule nothing to sign: the ticks stay in the open bar, none in bars of one."""
    bars = build(trades(range(100), [5.0] * 100), "tick_imbalance", 10, np.zeros(100, np.int64), "TEST")
    assert bars["n_ticks"].to_list() == [10]


def test_expectations_stay_within_their_bounds():
    closed = BarBuilder("volume_imbalance", 100, expectation=BOUNDED).push(*coins(0.5, 3))
    assert closed["expected_ticks"].min() >= 50
    assert closed["expected_ticks"].max() == 500


SESSION, N_SESSIONS, FIRST = 2_000, 60, 100


def sessions_of_a_coin():
    """Return sessions of a fair coin: ticks, of which sizes and sides may be changed, and their days."""
    rng, n = np.random.default_rng(3), SESSION * N_SESSIONS
    size, side = 100.0 * rng.integers(1, 4, n), np.where(rng.random(n) < 0.5, 1, -1).astype(np.int8)
    days = 19_000 + np.arange(n) // SESSION
    time_ns = days * 86_400_000_000_000 + (np.arange(n) % SESSION) * 1_000_000_000
    return Ticks(time_ns, np.full(n, 50.0), size, side, None, None), days


def with_a_print(print_size):
    """Return them with one large print in the fourth session."""
    ticks, days = sessions_of_a_coin()
    ticks.size[3 * SESSION + 700] = print_size
    return ticks, days


def longest_without_a_full_bar(kind, ticks, days):
    """Return the most sessions one after another, from the fifth on, that have no full bar."""
    closed = BarBuilder(kind, FIRST).push(ticks, days)
    full = np.bincount(closed["session"][closed["partial"] == 0] - 19_000, minlength=N_SESSIONS)[4:]
    return max(len(run) for run in "".join("x" if n == 0 else " " for n in full).split(" "))


@pytest.mark.parametrize("kind", ["volume_imbalance", "dollar_imbalance", "volume_run", "dollar_run"])
@pytest.mark.parametrize("print_size", [1e5, 1e6, 1e12])
def test_no_print_however_large_ends_the_bars(kind, print_size):
    """Before the last session without a full bar lie less than `most` ticks, 500: so here two such sessions at most."""
    assert longest_without_a_full_bar(kind, *with_a_print(print_size)) <= 2


@pytest.mark.parametrize("kind", ["tick_imbalance", "tick_run"])
def test_no_session_of_one_side_ends_the_bars(kind):
    ticks, days = sessions_of_a_coin()
    ticks.side[3 * SESSION : 4 * SESSION] = 1
    assert longest_without_a_full_bar(kind, ticks, days) <= 2


@pytest.mark.parametrize("kind", ["volume_imbalance", "volume_run"])
def test_a_feed_forgets_where_a_history_does(kind):
    ticks, days = with_a_print(1e12)
    whole = BarBuilder(kind, FIRST)
    expected = whole.push(ticks, days)
    forgotten = (expected["expected_limit"][:-1] > 0.0) & (expected["expected_limit"][1:] == 0.0)
    state, made = BarBuilder(kind, FIRST).state, []
    for start in range(0, days.size, 997):
        rows = slice(start, start + 997)
        builder = BarBuilder(kind, FIRST, state=state)
        made.append(builder.push(part(ticks, rows), days[rows]))
        state = builder.state
    assert forgotten.any()
    assert np.concatenate(made).tobytes() == expected.tobytes()
    assert state.tobytes() == whole.state.tobytes()


def test_bars_after_a_first_bar_of_one_side_are_those_of_any_other_market():
    rng, n, of_a_session = np.random.default_rng(1), 40_000, 400
    side = np.where(rng.random(n) < 0.5, 1, -1).astype(np.int8)
    side[:FIRST] = 1
    days, none = np.arange(n) // of_a_session, np.full(n, 100.0)
    ticks = Ticks(np.arange(n) * 1_000_000_000, none, np.ones(n), side, None, None)
    closed = BarBuilder("tick_imbalance", FIRST).push(ticks, days)
    full = np.bincount(closed["session"][closed["partial"] == 0], minlength=100)
    assert (full[3:] > 0).mean() > 0.9
