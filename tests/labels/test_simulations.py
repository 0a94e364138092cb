"""Meta-labels give the known figures of three simulated markets.

The markets of Joubert 2022, "Meta-Labeling: Theory and Framework", and Thumm, Barucca and Joubert 2022, "Ensemble
Meta-Labeling": an autoregression, in one piece or in blocks of 30 bars that each begin after the same three returns; in
some blocks every coefficient has the other sign. The primary rule is long after a rise. The meta model, a logistic
regression on the first 60 % of its signals, knows the last three returns (information), or also whether the block of
five bars ago was flipped (regime). The figures of Thumm and others are those of the runs that they published; of
Joubert's markets they are of another program's 150 runs.
"""

import math
from functools import cache

import numpy as np
import pytest
from scipy.signal import lfilter, lfiltic
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from assay.labels.build import build
from assay.labels.params import LabelParams
from assay.labels.sided import given_side
from assay.metrics.classification import auc
from assay.metrics.returns import hit_rate
from assay.metrics.sharpe import Sharpe, annualised
from tests.labels.test_joubert import NEXT_BAR, PHI

SIGMA, BEFORE, DRIFT_FLIPPED = 0.014543365294448746, (0.032, 0.020, -0.042), -0.0001
N, BLOCK, LAG = 10_000, 30, 5
RUNS = 300

MARKETS = {"one regime": {"block": N, "p_flipped": 0.0}, "two regimes": {}, "volatile": {"p_volatile": 0.2}}
N_THEIRS = {"one regime": 150, "two regimes": 150, "volatile": 1000}
RATIOS = {
    ("one regime", "primary"): (1.57, 0.30),
    ("one regime", "information"): (3.246, 0.27),
    ("two regimes", "primary"): (0.17, 0.38),
    ("two regimes", "information"): (0.64, 0.43),
    ("two regimes", "regime"): (1.71, 0.36),
    ("volatile", "primary"): (-1.214, 0.395),
    ("volatile", "information"): (0.004, 0.315),
    ("volatile", "regime"): (0.792, 0.344),
    ("volatile", "information less primary"): (1.218, 0.445),
    ("volatile", "regime less primary"): (2.013, 0.389),
}
"""Mean and deviation over their runs of the annual ratio."""
CHOICES = {
    ("one regime", "precision information"): 0.646,
    ("one regime", "recall information"): 0.750,
    ("volatile", "precision primary"): 0.4775,
    ("volatile", "precision information"): 0.4934,
    ("volatile", "precision regime"): 0.5377,
    ("volatile", "recall primary"): 1.0,
    ("volatile", "recall information"): 0.444,
    ("volatile", "recall regime"): 0.644,
    ("volatile", "auc primary"): 0.5,
    ("volatile", "auc information"): 0.515,
    ("volatile", "auc regime"): 0.569,
}
"""Means over their runs, told without deviations; 1 and .5 by construction, as the primary rule takes all."""
HALF_A_DIGIT, ERRORS = 0.005, 3
"""What ratios were rounded by, and how many standard errors are chance; shares were rounded ten times finer."""

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("simulations")]


def returns(rng, block=BLOCK, p_flipped=0.2, p_volatile=0.0):
    """Return r and whether the block of each bar is flipped; volatile blocks are too, and have twice the noise."""
    shape = (N // block, block)
    flipped, volatile = (rng.random(shape[0]) < p for p in (p_flipped, p_volatile))
    volatile &= ~flipped
    flipped |= volatile
    noise = SIGMA * np.where(volatile, 2, 1)[:, None] * rng.standard_normal(shape)
    noise[flipped] += DRIFT_FLIPPED
    r = np.empty(shape)
    for one, sign in ((flipped, -1), (~flipped, 1)):
        weights = np.append(1, -sign * PHI)
        start = np.tile(lfiltic([1], weights, BEFORE), (np.count_nonzero(one), 1))
        r[one] = lfilter([1], weights, noise[one], zi=start)[0]
    return r.ravel(), np.repeat(flipped, block)


@pytest.fixture(scope="module")
def runs(make_bars, instrument):
    """Return a function from a market's name to every figure of :data:`RUNS` of its kind, shape (RUNS,) each."""
    params = LabelParams.model_validate(NEXT_BAR)

    def figures(seed, market):
        r, flipped = returns(np.random.default_rng(seed), **market)
        labels, _ = build(make_bars(*[np.cumprod(1 + r)] * 4), params, instrument)
        at = labels["ordinal"].to_numpy()
        longs = given_side(labels, np.ones(labels.height, int))
        knows = np.column_stack([r[at], r[at - 1], r[at - 2], flipped[at - LAG]])
        signals = np.flatnonzero((r[at] > 0) & (at >= LAG))
        return judged(knows, longs["gross"].to_numpy(), longs["meta"].to_numpy() == 1, signals)

    @cache
    def every(name):
        found = [figures(seed, MARKETS[name]) for seed in range(RUNS)]
        return {figure: np.array([one[figure] for one in found]) for figure in found[0]}

    return every


def judged(knows, gross, meta, signals):
    """Return the annual ratio of each rule over the bars of the last 40 % of the signals, and how well it chose."""
    train, test = np.split(signals, [int(0.6 * signals.size)])
    bars = slice(test[0], test[-1] + 1)
    takes = {"primary": np.ones(test.size, bool)}
    for name, n_known in (("information", 3), ("regime", 4)):
        model = make_pipeline(StandardScaler(), LogisticRegression(C=np.inf))
        takes[name] = model.fit(knows[train, :n_known], meta[train]).predict(knows[test, :n_known])
    found = {name: ratio(gross, test[taken], bars) for name, taken in takes.items()}
    found |= {f"{name} less primary": found[name] - found["primary"] for name in ("information", "regime")}
    found |= {f"precision {name}": hit_rate(gross[test[taken]]) for name, taken in takes.items()}
    found |= {f"recall {name}": float(taken[meta[test]].mean()) for name, taken in takes.items()}
    return found | {f"auc {name}": auc(meta[test], taken.astype(float)) for name, taken in takes.items()}


def ratio(gross, taken, bars):
    long = np.zeros(gross.size)
    long[taken] = gross[taken]
    return annualised(Sharpe.of(long[bars]))


def standard_error(deviation, market):
    """Return that of the difference of two means: of our runs and of theirs."""
    return deviation * math.sqrt(1 / RUNS + 1 / N_THEIRS[market])


@pytest.mark.parametrize(("market", "figure"), RATIOS)
def test_annual_ratios_differ_from_theirs_by_chance(runs, market, figure):
    """Of a normal sample the deviation's standard error is that of the mean over the root of two."""
    found, (mean, deviation) = runs(market)[figure], RATIOS[market, figure]
    error = ERRORS * standard_error(deviation, market)
    assert found.mean() == pytest.approx(mean, abs=error + HALF_A_DIGIT)
    assert found.std(ddof=1) == pytest.approx(deviation, abs=error / math.sqrt(2) + HALF_A_DIGIT)


@pytest.mark.parametrize(("market", "figure"), CHOICES)
def test_precision_recall_and_auc_differ_from_theirs_by_chance(runs, market, figure):
    found = runs(market)[figure]
    error = ERRORS * standard_error(found.std(ddof=1), market)
    assert found.mean() == pytest.approx(CHOICES[market, figure], abs=error + HALF_A_DIGIT / 10)
