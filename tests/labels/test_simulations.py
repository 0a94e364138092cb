"""Meta-labels give the known figures of three simulated markets.

The markets of Joubert 2022, "Meta-Labeling: Theory and Framework", and Thumm, Barucca and Joubert 2022, "Ensemble
Meta-Labeling": an autoregression, in one piece or in blocks of 30 bars that each begin after the same three returns; in
some blocks every coefficient has the other sign. The primary rule is long after a rise. The meta model, a logistic
regression on the first 60 % of its signals, knows the last three returns (information), or also whether the block of
five bars ago was flipped (regime). The figures of Thumm and others are those of the runs that they published; of
Joubert's markets they are of another program's 150 runs.
"""

import math

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

ONE_REGIME = {"primary": (1.57, 0.30), "information": (3.246, 0.27)}
TWO_REGIMES = {"primary": (0.17, 0.38), "information": (0.64, 0.43), "regime": (1.71, 0.36)}
THUMM = {"primary": (-1.214, 0.395), "information": (0.004, 0.315), "regime": (0.792, 0.344)}
THUMM_GAIN = {"information": (1.218, 0.445), "regime": (2.013, 0.389)}


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
    """Return a function from a kind of market to every figure of :data:`RUNS` of them, by name, shape (RUNS,) each."""
    params = LabelParams.model_validate(NEXT_BAR)

    def figures(seed, market):
        r, flipped = returns(np.random.default_rng(seed), **market)
        labels, _ = build(make_bars(*[np.cumprod(1 + r)] * 4), params, instrument)
        at = labels["ordinal"].to_numpy()
        longs = given_side(labels, np.ones(labels.height, int))
        knows = np.column_stack([r[at], r[at - 1], r[at - 2], flipped[at - LAG]])
        signals = np.flatnonzero((r[at] > 0) & (at >= LAG))
        return judged(knows, longs["gross"].to_numpy(), longs["meta"].to_numpy() == 1, signals)

    def every(**market):
        found = [figures(seed, market) for seed in range(RUNS)]
        return {name: np.array([one[name] for one in found]) for name in found[0]}

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
    found |= {f"precision {name}": hit_rate(gross[test[taken]]) for name, taken in takes.items()}
    found |= {f"recall {name}": float(taken[meta[test]].mean()) for name, taken in takes.items()}
    return found | {f"auc {name}": auc(meta[test], taken.astype(float)) for name, taken in takes.items()}


def ratio(gross, taken, bars):
    long = np.zeros(gross.size)
    long[taken] = gross[taken]
    return annualised(Sharpe.of(long[bars]))


@pytest.fixture(scope="module")
def one_regime(runs):
    return runs(block=N, p_flipped=0.0)


@pytest.fixture(scope="module")
def two_regimes(runs):
    return runs()


@pytest.fixture(scope="module")
def thumm(runs):
    return runs(p_volatile=0.2)


def same(found, mean, deviation, n_published, digit):
    """Mean and deviation of our runs and of theirs differ by chance, at three standard errors."""
    error = deviation * math.sqrt(1 / RUNS + 1 / n_published)
    assert found.mean() == pytest.approx(mean, abs=3 * error + digit / 2)
    assert found.std(ddof=1) == pytest.approx(deviation, abs=3 * error / math.sqrt(2) + digit / 2)


def same_mean(found, mean, n_published):
    """The same of a mean that was told without its deviation: that of our runs stands for it."""
    error = found.std(ddof=1) * math.sqrt(1 / RUNS + 1 / n_published)
    assert found.mean() == pytest.approx(mean, abs=3 * error + 5e-4)


@pytest.mark.slow
@pytest.mark.parametrize("rule", ONE_REGIME)
def test_ratios_of_joubert_with_one_regime(one_regime, rule):
    same(one_regime[rule], *ONE_REGIME[rule], n_published=150, digit=0.01)


@pytest.mark.slow
@pytest.mark.parametrize(("figure", "mean"), [("precision information", 0.646), ("recall information", 0.750)])
def test_precision_and_recall_of_joubert_with_one_regime(one_regime, figure, mean):
    same_mean(one_regime[figure], mean, n_published=150)


@pytest.mark.slow
@pytest.mark.parametrize("rule", TWO_REGIMES)
def test_ratios_of_joubert_with_two_regimes(two_regimes, rule):
    same(two_regimes[rule], *TWO_REGIMES[rule], n_published=150, digit=0.01)


@pytest.mark.slow
@pytest.mark.parametrize("rule", THUMM)
def test_ratios_of_thumm_and_others(thumm, rule):
    """Volatile blocks, flipped and of twice the noise, make the primary rule lose."""
    same(thumm[rule], *THUMM[rule], n_published=1000, digit=0.001)


@pytest.mark.slow
@pytest.mark.parametrize("rule", THUMM_GAIN)
def test_gains_over_the_primary_rule_of_thumm_and_others(thumm, rule):
    same(thumm[rule] - thumm["primary"], *THUMM_GAIN[rule], n_published=1000, digit=0.001)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("measure", "primary", "information", "regime"),
    [("precision", 0.4775, 0.4934, 0.5377), ("recall", 1, 0.444, 0.644), ("auc", 0.5, 0.515, 0.569)],
)
def test_precision_recall_and_auc_of_thumm_and_others(thumm, measure, primary, information, regime):
    """The primary rule takes all its signals: 1 and .5 by construction."""
    for rule, mean in (("primary", primary), ("information", information), ("regime", regime)):
        same_mean(thumm[f"{measure} {rule}"], mean, n_published=1000)
