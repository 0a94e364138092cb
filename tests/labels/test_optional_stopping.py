"""No rule of labels earns anything where nothing is to be earned, and after costs each loses them."""

import math

import numpy as np
import polars as pl
import pytest

from assay.labels.build import build
from assay.labels.params import LabelParams
from assay.market.costs import CostParams, resolve, round_trip

N_BARS, TICKS_PER_BAR = 250_000, 10
RULES = {
    "every bar, deviations": {},
    "tight stop": {"triple_barrier": {"tp_sigmas": 3.0, "sl_sigmas": 1.0, "min_horizon_bars": 1}},
    "tight profit": {"triple_barrier": {"tp_sigmas": 1.0, "sl_sigmas": 3.0, "min_horizon_bars": 1}},
    "profit alone": {"triple_barrier": {"sizing": "atr", "sl_sigmas": 0.0}},
    "ticks": {"triple_barrier": {"sizing": "ticks", "tp_ticks": 6, "sl_ticks": 4}},
    "at the close": {"triple_barrier": {"entry": "close", "min_horizon_bars": 1}},
    "fixed horizon": {"method": "fixed_horizon", "triple_barrier": {"max_horizon_bars": 12}},
    "trends": {"method": "trend_scanning"},
    "cusum": {"events": {"method": "cusum"}},
    "breakouts": {"events": {"method": "breakout"}},
    "crossings": {"events": {"method": "cross", "fast_window": 5, "slow_window": 20}},
    "bands": {"events": {"method": "bands"}},
}
RESTING = {
    f"{name}, resting": rule | {"triple_barrier": rule.get("triple_barrier", {}) | {"touch": "high_low"}}
    for name, rule in RULES.items()
    if name in ("every bar, deviations", "tight stop", "tight profit", "ticks", "cusum")
}
LIMIT = 4.0
"""Standard errors: of 34 tests one in 460 would be beyond it by chance."""


@pytest.fixture(scope="module")
def martingale(make_bars):
    """Bars of ten ticks of .25 with fair coins, of which one in 200 is a jump of eight; prices never come near 0."""
    rng = np.random.default_rng(40)
    moves = rng.choice([-1, 1], (N_BARS, TICKS_PER_BAR)) * np.where(rng.random((N_BARS, TICKS_PER_BAR)) < 0.005, 8, 1)
    ticks = 1e5 + 0.25 * moves.cumsum().reshape(moves.shape)
    return make_bars(ticks[:, 0], ticks.max(axis=1), ticks.min(axis=1), ticks[:, -1])


def apart(labels, side):
    """Return trades of a side of which each is decided when the one before has ended: their results are independent."""
    taken, free = [], -1
    for k, (at, end) in enumerate(labels.select("ordinal", f"{side}_end").iter_rows()):
        if at >= free:
            taken.append(k)
            free = end
    return labels[taken]


def t_value(x):
    return x.mean() / x.std(ddof=1) * math.sqrt(x.size)


@pytest.mark.slow
@pytest.mark.parametrize("name", [*RULES, *RESTING])
def test_every_rule_earns_nothing_gross_and_loses_its_costs_net(martingale, instrument, name):
    """Resting orders may lose: a stop is filled at the worse of its barrier and the next open, a profit at its own."""
    rule = (RULES | RESTING)[name]
    costs = resolve(CostParams(spread_ticks=1.0, fee_bps=0.01), instrument)
    labels, _ = build(martingale, LabelParams.model_validate(rule | {"net_of_costs": True}), instrument, costs)
    for side in ("long", "short"):
        trades = apart(labels, side)
        gross = (trades[f"{side}_return"] * trades["entry"]).to_numpy()
        assert gross.size > 3_000
        t = t_value(gross)
        assert t < LIMIT
        assert t > -LIMIT or name in RESTING
        cost = round_trip(costs, instrument, trades["entry"].to_numpy(), trades["spread"].to_numpy())
        assert cost.min() > 0.25 / 2e5
        np.testing.assert_allclose(trades[f"{side}_return"] - trades[f"{side}_net"], cost, rtol=1e-9)


@pytest.mark.slow
def test_planted_a_side_that_knows_the_next_bar_is_seen(martingale, instrument):
    params = LabelParams.model_validate({"triple_barrier": {"min_horizon_bars": 1}})
    labels, _ = build(martingale, params, instrument)
    trades = apart(labels, "long")
    after = martingale["close"].gather(trades["ordinal"] + 2) - trades["entry"]
    gross = (trades["long_return"] * trades["entry"]).filter(after > 0).to_numpy()
    assert t_value(gross) > 10


@pytest.mark.slow
@pytest.mark.parametrize("side", ["long", "short"])
def test_known_bad_a_stop_filled_at_its_barrier_earns_where_prices_jump(martingale, instrument, side):
    """Trades decided and left at closes: profit at three deviations and stop at one, both filled where they are set."""
    rule = {"triple_barrier": RULES["tight stop"]["triple_barrier"] | {"entry": "close"}}
    labels, _ = build(martingale, LabelParams.model_validate(rule), instrument)
    trades = apart(labels, side)
    gross = pl.col(f"{side}_return") * pl.col("entry")
    reason = pl.col(f"{side}_exit").cast(pl.String)
    wished = pl.when(reason == "tp").then("tp").when(reason == "sl").then(-pl.col("sl")).otherwise(gross)
    truly, wish = (trades.select(one).to_series().to_numpy() for one in (gross, wished))
    assert abs(t_value(truly)) < LIMIT
    assert t_value(wish) > 5
