"""Laws of units: what bars are counted in changes nothing but their units; and one tick at a time is a history."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.bars.builder import BarBuilder
from assay.bars.closing import CODES, IMBALANCE, RUN
from assay.bars.ticks import Ticks

from .test_builder import FIXED, KINDS, feeds, part

PRICES = ("open", "high", "low", "last_price", "price_sum", "path")
SIZES = ("volume", "buy_volume", "sell_volume", "largest")
PERIOD_NS = 5 * 10**9


def made(ticks, days, kind, threshold):
    return BarBuilder(kind, threshold).push(ticks, days)


@given(feed=feeds(), rule=KINDS)
@settings(deadline=None, max_examples=80)
def test_prices_and_sizes_in_other_units_make_the_same_bars_in_these_units(feed, rule):
    """Powers of 2, so that nothing is rounded; only what counts in units or money has a threshold in them."""
    (ticks, days), (kind, threshold) = feed, rule
    factor = {"volume": 4.0, "dollar": 8.0}.get(kind, 1.0)
    bars = made(ticks, days, kind, threshold)
    scaled = made(ticks._replace(price=ticks.price * 2.0, size=ticks.size * 4.0), days, kind, threshold * factor)
    for names, unit in ((PRICES, 2.0), (SIZES, 4.0), (("value",), 8.0)):
        for name in names:
            assert (scaled[name] == bars[name] * unit).all(), name
    for name in ("session", "opened_ns", "closed_ns", "n_ticks", "n_buys", "n_sells", "partial"):
        assert (scaled[name] == bars[name]).all(), name


@given(feed=feeds(), rule=KINDS, periods=st.integers(0, 10**9))
@settings(deadline=None, max_examples=80)
def test_whole_periods_later_the_same_bars_come_whole_periods_later(feed, rule, periods):
    ticks, days = feed
    bars = made(ticks, days, *rule)
    later = made(ticks._replace(time_ns=ticks.time_ns + periods * PERIOD_NS), days, *rule)
    later["opened_ns"] -= periods * PERIOD_NS
    later["closed_ns"] -= periods * PERIOD_NS
    later["read_ns"] -= periods * PERIOD_NS
    later["period"] = bars["period"]
    assert later.tobytes() == bars.tobytes()


@given(feed=feeds(), rule=KINDS)
@settings(deadline=None, max_examples=80)
def test_buys_for_sells_make_the_same_bars_with_the_sides_exchanged(feed, rule):
    ticks, days = feed
    side = np.ones(days.size, np.int8) if ticks.side is None else np.where(ticks.side == 0, 1, ticks.side)
    ticks = ticks._replace(spread=None, imbalance=None)
    bars, mirrored = (made(ticks._replace(side=(s * side).astype(np.int8)), days, *rule) for s in (1, -1))
    for name, other in (("n_buys", "n_sells"), ("buy_volume", "sell_volume")):
        assert (bars[name] == mirrored[other]).all()
        assert (bars[other] == mirrored[name]).all()
    assert (bars["n_ticks"] == mirrored["n_ticks"]).all()


@given(feed=feeds(), rule=KINDS)
@settings(deadline=None, max_examples=40)
def test_one_tick_at_a_time_makes_the_bars_of_a_history(feed, rule):
    ticks, days = feed
    whole, feed_builder = BarBuilder(*rule), BarBuilder(*rule)
    expected = whole.push(ticks, days).tobytes()
    found = [feed_builder.push(part(ticks, [i]), days[i : i + 1]).tobytes() for i in range(days.size)]
    assert b"".join(found) == expected
    assert feed_builder.state.tobytes() == whole.state.tobytes()


@pytest.mark.parametrize("rule", FIXED)
def test_sessions_of_one_tick_and_of_many_lose_none(rule):
    """Spans longer and shorter than what the loop looks at at once: 1,000 sessions of 1 to 200 ticks."""
    generator = np.random.default_rng(1)
    n_ticks = np.concatenate([np.ones(300, np.int64), generator.integers(1, 200, 700)])
    days = np.repeat(np.arange(n_ticks.size), n_ticks)
    bars = made(random_ticks(days.size, generator), days, *rule)
    held = np.bincount(bars["session"], bars["n_ticks"], minlength=n_ticks.size)
    assert (held[:-1] == n_ticks[:-1]).all()
    assert (np.bincount(bars["session"], bars["partial"]) <= 1).all()


def random_ticks(n, generator):
    time_ns = np.cumsum(generator.integers(0, 2 * 10**9, n))
    return Ticks(time_ns, 10 + generator.integers(0, 8, n) / 8, np.ones(n), np.zeros(n, np.int8), None, None)


@pytest.mark.parametrize("kind", [kind for kind, (form, _) in CODES.items() if form in (IMBALANCE, RUN)])
def test_the_memory_of_what_is_expected_is_part_of_the_state(kind):
    """A builder that starts anew in the middle expects something else, and makes other bars."""
    ticks, days = random_ticks(5_000, np.random.default_rng(2)), np.zeros(5_000, np.int64)
    first = BarBuilder(kind, 20)
    first.push(part(ticks, slice(2_500)), days[:2_500])
    second = part(ticks, slice(2_500, None))
    gone_on = BarBuilder(kind, 20, state=first.state).push(second, days[2_500:])
    whole = made(ticks, days, kind, 20)
    assert gone_on.tobytes() == whole[whole.size - gone_on.size :].tobytes()
    assert BarBuilder(kind, 20).push(second, days[2_500:]).size != gone_on.size
