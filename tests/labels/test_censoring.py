"""Which events near the end of the data are dropped: a matter of times, never of what prices did."""

import math

import numpy as np
import polars as pl
import pytest

from assay.labels.barriers import ExitRules
from assay.labels.build import build
from assay.labels.censoring import latest_ends
from assay.labels.exits import UNLIMITED, leave_all
from assay.labels.params import LabelParams

UNEQUAL = {"sizing": "ticks", "tp_ticks": 8, "sl_ticks": 2, "min_horizon_bars": 1, "max_horizon_bars": 20}
CHOICES = {
    "next open": {"triple_barrier": UNEQUAL},
    "close": {"triple_barrier": UNEQUAL | {"entry": "close"}},
    "resting": {"triple_barrier": UNEQUAL | {"touch": "high_low"}},
    "resting, close": {"triple_barrier": UNEQUAL | {"touch": "high_low", "entry": "close"}},
    "stop alone": {"triple_barrier": UNEQUAL | {"touch": "high_low", "tp_ticks": 0}},
    "horizon": {"method": "fixed_horizon", "triple_barrier": UNEQUAL},
    "trend": {"method": "trend_scanning", "triple_barrier": UNEQUAL, "trend": {"max_bars": 30}},
}
LAST = {"next open": 38, "close": 39, "resting": 38, "resting, close": 38, "stop alone": 38, "horizon": 38, "trend": 30}
"""Of 60 bars the last one at which a decision is a label: its latest fill, or its longest trend, is in bar 59."""


@pytest.fixture
def labelled(walk_bars, instrument):
    """Return a function from a seed, a choice and a number of bars to labels."""

    def labels(seed, name, n_bars=60):
        return build(walk_bars(seed, 100)[:n_bars], LabelParams.model_validate(CHOICES[name]), instrument)[0]

    return labels


@pytest.mark.parametrize("name", CHOICES)
def test_law_prices_have_no_say_in_what_is_kept(labelled, name):
    for seed in range(8):
        assert labelled(seed, name)["ordinal"].to_list() == list(range(LAST[name] + 1))


@pytest.mark.parametrize("name", ["next open", "close", "resting", "resting, close"])
def test_planted_what_is_decided_in_60_bars_is_told_by_prices(labelled, name):
    decided = {tuple(labelled(seed, name, 100).filter(pl.col("end_ordinal") < 60)["ordinal"]) for seed in range(8)}
    assert len(decided) > 4
    assert all(max(ordinals) > LAST[name] for ordinals in decided)


def test_planted_where_either_side_can_only_be_stopped_what_is_decided_near_the_end_are_losses(labelled):
    """On a martingale: by optional stopping the mean is 0, whatever the barriers are, if none are chosen by outcome."""
    kept = np.array([labelled(seed, "stop alone")["long_return"].mean() for seed in range(100)])
    assert abs(kept.mean() / kept.std(ddof=1)) * math.sqrt(kept.size) < 4
    near = [
        labelled(seed, "stop alone", 100).filter(pl.col("ordinal") > 38, pl.col("end_ordinal") < 60)
        for seed in range(50)
    ]
    chosen = np.array([(labels["long_return"] + labels["short_return"]).mean() for labels in near])
    assert (chosen < 0).all()


@pytest.mark.parametrize("resting", [False, True])
@pytest.mark.parametrize("at_close", [False, True])
@pytest.mark.parametrize("limited", [False, True])
def test_law_brute_force_over_every_future_of_a_trade(resting, at_close, limited):
    """Of all paths that go on by a tick up or down, one at least is undecided in the data just where it says so."""
    rules = ExitRules(1, 3, at_close, resting, 1e-9)
    limit = np.array([4, 4, 4, 4, 7, 7, 7]) if limited else UNLIMITED
    ordinals = np.arange(7)
    undecided = np.zeros(7, np.bool_)
    for path in range(2**6):
        steps = np.array([1 - 2 * (path >> i & 1) for i in range(6)])
        close = 100.0 + np.append(0, steps.cumsum())
        width = np.full(7, 3.0)
        open_ = np.append(100.0, close[:-1])
        prices = open_, np.maximum(open_, close), np.minimum(open_, close), close
        ends, _, _ = leave_all(*prices, ordinals, 1, width, width, rules, limit)
        undecided |= ends < 0
    np.testing.assert_array_equal(latest_ends(ordinals, rules, limit) >= 7, undecided)
