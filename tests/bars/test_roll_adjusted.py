"""The step from one contract to the next: nobody earns it, and all columns move with the prices."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.bars.roll import joined
from tests.bars.contracts import DAY_NS, HOURS, by_hand, market, params


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6), st.sampled_from(["difference", "ratio"]))
def test_nobody_earns_the_step_from_one_contract_to_the_next(seed, adjustment):
    prices = market(seed)
    raw, made = (joined(prices, {}, params("volume", how), HOURS, "ES") for how in ("none", adjustment))
    assert [one["at"] for one in raw.report["rolls"]["made"]] == [one["at"] for one in made.report["rolls"]["made"]]
    held, _ = by_hand(prices, "volume")
    before, after = raw.bars["tick"], made.bars["tick"]
    for i in range(1, before.height):
        (day_0, day) = before["session"][i - 1 : i + 1].to_physical()
        old = before["close"][i - 1]
        if held[day_0] != held[day]:
            old = last_common(prices, held[day_0], held[day], day, old)
        if adjustment == "difference":
            assert after["close"][i] - after["close"][i - 1] == pytest.approx(before["close"][i] - old, abs=1e-9)
        else:
            assert after["close"][i] / after["close"][i - 1] == pytest.approx(before["close"][i] / old, rel=1e-12)


def last_common(prices, old, new, day, close):
    """Return the old contract's last price in units of the new one: moved by the step of their last common day."""
    last = {
        name: {t // DAY_NS: p for t, p in zip(f["time"].to_physical(), f["price"], strict=True) if t // DAY_NS < day}
        for name, f in prices.items()
    }
    shared = max(set(last[old]) & set(last[new]))
    assert last[old][shared] == close
    return last[new][shared]


def test_all_columns_move_with_the_prices():
    prices = market(3)
    raw, points, levels = (
        joined(prices, {}, params("volume", how), HOURS, "ES").bars["tick"] for how in ("none", "difference", "ratio")
    )
    step, factor = points["close"] - raw["close"], levels["close"] / raw["close"]
    assert step.n_unique() == factor.round(9).n_unique() == 3
    for name in ("open", "high", "low", "vwap"):
        assert np.allclose(points[name], raw[name] + step, rtol=1e-12)
        assert np.allclose(levels[name], raw[name] * factor, rtol=1e-12)
    assert np.allclose(points["vwap"] * raw["volume"], points["value"], rtol=1e-12)
    assert np.allclose(levels["path"], raw["path"] * factor, rtol=1e-12)
    for name in ("path", "volume", "n_ticks"):
        assert points[name].equals(raw[name])


def test_rolls_that_are_not_adjusted_for_are_warned_of():
    prices = market(3)
    assert "not adjusted for 2 of 2 rolls" in joined(prices, {}, params(), HOURS, "ES").warnings[0]
    assert joined(prices, {}, params(adjustment="ratio"), HOURS, "ES").warnings == []
    first = joined(prices, {}, params(), HOURS, "ES").report["rolls"]["made"][0]["at"][:10]
    part = joined(prices, {}, params(adjustment="ratio", as_of=first), HOURS, "ES")
    assert [one["step"] is None for one in part.report["rolls"]["made"]] == [False, True]
    assert "not adjusted for 1 of 2 rolls" in part.warnings[0]
