"""Meta-labels give the published figures of three simulated markets.

Joubert 2022, "Meta-Labeling: Theory and Framework", and Thumm, Barucca and Joubert 2022, "Ensemble Meta-Labeling": an
autoregression, in one piece or in blocks of 30 bars that each begin after the same three returns; in some blocks every
coefficient has the other sign. The primary rule is long after a rise. The meta model, a logistic regression on the
first 60 % of its signals, knows the last three returns (informed), or also whether the block of five bars ago was
turned (told).
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

SIGMA, BEFORE, DRIFT_TURNED = 0.014543365294448746, (0.032, 0.020, -0.042), -0.0001
N, BLOCK, LAG = 10_000, 30, 5
RUNS = 300

ONE_REGIME = {"primary": (1.57, 0.30), "informed": (3.246, 0.27)}
TWO_REGIMES = {"primary": (0.17, 0.38), "informed": (0.64, 0.43), "told": (1.71, 0.36)}
THUMM = {"primary": (-1.214, 0.395), "informed": (0.004, 0.315), "told": (0.792, 0.344)}
THUMM_GAIN = {"informed": (1.218, 0.445), "told": (2.013, 0.389)}


def returns(rng, block=BLOCK, p_turned=0.2, p_loud=0.0):
    """Return r and whether the block of each bar is turned; loud blocks are too, and have twice the noise."""
    shape = (N // block, block)
    turned, loud = (rng.random(shape[0]) < p for p in (p_turned, p_loud))
    loud &= ~turned
    turned |= loud
    noise = SIGMA * np.where(loud, 2, 1)[:, None] * rng.standard_normal(shape)
    noise[turned] += DRIFT_TURNED
    r = np.empty(shape)
    for one, sign in ((turned, -1), (~turned, 1)):
        weights = np.append(1, -sign * PHI)
        start = np.tile(lfiltic([1], weights, BEFORE), (np.count_nonzero(one), 1))
        r[one] = lfilter([1], weights, noise[one], zi=start)[0]
    return r.ravel(), np.repeat(turned, block)


@pytest.fixture(scope="module")
def runs(make_bars, instrument):
    """Return a function from a kind of market to every figure of :data:`RUNS` of them, by name, shape (RUNS,) each."""
    params = LabelParams.model_validate(NEXT_BAR)

    def figures(seed, market):
        r, turned = returns(np.random.default_rng(seed), **market)
        labels, _ = build(make_bars(*[np.cumprod(1 + r)] * 4), params, instrument)
        at = labels["ordinal"].to_numpy()
        longs = given_side(labels, np.ones(labels.height, int))
        knows = np.column_stack([r[at], r[at - 1], r[at - 2], turned[at - LAG]])
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
    for name, n_known in (("informed", 3), ("told", 4)):
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
    return runs(block=N, p_turned=0.0)


@pytest.fixture(scope="module")
def two_regimes(runs):
    return runs()


@pytest.fixture(scope="module")
def thumm(runs):
    return runs(p_loud=0.2)


def same(found, mean, deviation, n_published, digit):
    """Whether mean and deviation of our runs and of the published ones differ by chance, at three standard errors."""
    error = deviation * math.sqrt(1 / RUNS + 1 / n_published)
    assert found.mean() == pytest.approx(mean, abs=3 * error + digit / 2)
    assert found.std(ddof=1) == pytest.approx(deviation, abs=3 * error / math.sqrt(2) + digit / 2)


def same_mean(found, mean):
    """The same where it was published without a deviation: that of ours stands for it, and its runs are 150 or more."""
    assert found.mean() == pytest.approx(mean, abs=3 * found.std(ddof=1) * math.sqrt(1 / RUNS + 1 / 150) + 5e-4)


@pytest.mark.slow
@pytest.mark.parametrize("rule", ONE_REGIME)
def test_ratios_of_one_regime_of_joubert(one_regime, rule):
    same(one_regime[rule], *ONE_REGIME[rule], n_published=150, digit=0.01)


@pytest.mark.slow
@pytest.mark.parametrize(("figure", "mean"), [("precision informed", 0.646), ("recall informed", 0.750)])
def test_precision_and_recall_of_one_regime_of_joubert(one_regime, figure, mean):
    same_mean(one_regime[figure], mean)


@pytest.mark.slow
@pytest.mark.parametrize("rule", TWO_REGIMES)
def test_ratios_of_two_regimes_of_joubert(two_regimes, rule):
    same(two_regimes[rule], *TWO_REGIMES[rule], n_published=150, digit=0.01)


@pytest.mark.slow
@pytest.mark.parametrize("rule", THUMM)
def test_ratios_of_thumm_and_others(thumm, rule):
    """Loud blocks, turned and of twice the noise, make the primary rule lose."""
    same(thumm[rule], *THUMM[rule], n_published=1000, digit=0.001)


@pytest.mark.slow
@pytest.mark.parametrize("rule", THUMM_GAIN)
def test_gains_over_the_primary_rule_of_thumm_and_others(thumm, rule):
    same(thumm[rule] - thumm["primary"], *THUMM_GAIN[rule], n_published=1000, digit=0.001)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("measure", "primary", "informed", "told"),
    [("precision", 0.4775, 0.4934, 0.5377), ("recall", 1, 0.444, 0.644), ("auc", 0.5, 0.515, 0.569)],
)
def test_precision_recall_and_auc_of_thumm_and_others(thumm, measure, primary, informed, told):
    for rule, mean in (("primary", primary), ("informed", informed), ("told", told)):
        same_mean(thumm[f"{measure} {rule}"], mean)
