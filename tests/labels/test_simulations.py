"""Meta-labels give the published figures of two simulated markets whose trend turns round at times.

Joubert 2022, "Meta-Labeling: Theory and Framework", and Thumm, Barucca and Joubert 2022, "Ensemble Meta-Labeling": an
autoregression in blocks of 30 bars that each begin after the same three returns; in some blocks every coefficient has
the other sign. The primary rule is long after a rise. The meta model, a logistic regression on the first 60 % of its
signals, knows the last three returns (informed), or also whether the block of five bars ago was turned (told).
"""

import math

import numpy as np
import pytest
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
N_BLOCKS, BLOCK, LAG = 333, 30, 5
RUNS = 120

JOUBERT = {"primary": (0.17, 0.38), "informed": (0.64, 0.43), "told": (1.71, 0.36)}
THUMM = {"primary": (-1.214, 0.395), "informed": (0.004, 0.315), "told": (0.792, 0.344)}
THUMM_GAIN = {"informed": (1.218, 0.445), "told": (2.013, 0.389)}


def returns(rng, loud):
    """Return r and whether the block of each bar is turned: one in five; ``loud`` ones, of twice the noise, besides."""
    turned, twice = rng.random(N_BLOCKS) < 0.2, rng.random(N_BLOCKS) < 0.2
    noisy = twice & ~turned & loud
    turned |= noisy
    phi, drift = np.where(turned, -1, 1)[:, None] * PHI, np.where(turned, DRIFT_TURNED, 0)
    noise = SIGMA * np.where(noisy, 2, 1)[:, None] * rng.standard_normal((N_BLOCKS, BLOCK))
    r = np.hstack([np.tile(BEFORE[::-1], (N_BLOCKS, 1)), np.empty((N_BLOCKS, BLOCK))])
    for k in range(3, BLOCK + 3):
        r[:, k] = drift + (phi * r[:, k - 3 : k][:, ::-1]).sum(axis=1) + noise[:, k - 3]
    return r[:, 3:].ravel(), np.repeat(turned, BLOCK)


@pytest.fixture(scope="module")
def run(make_bars, instrument):
    """Return a function from a seed to the figures of one market, by name."""
    params = LabelParams.model_validate(NEXT_BAR)

    def figures(seed, loud):
        r, turned = returns(np.random.default_rng(seed), loud)
        labels, _ = build(make_bars(*[np.cumprod(1 + r)] * 4), params, instrument)
        at = labels["ordinal"].to_numpy()
        signals = (r[at] > 0) & (at >= LAG)
        longs = given_side(labels, np.ones(labels.height, int))
        gross, meta = longs["gross"].to_numpy(), longs["meta"].to_numpy() == 1
        knows = np.column_stack([r[at], r[at - 1], r[at - 2], turned[at - LAG]])
        return judged(knows, gross, meta, np.flatnonzero(signals))

    return figures


def judged(knows, gross, meta, signals):
    """Return the annual ratio of each rule over the bars of the last 40 % of the signals, and how well it chose."""
    train, test = np.split(signals, [int(0.6 * signals.size)])
    bars = slice(test[0], test[-1] + 1)
    found = {"primary": ratio(gross, signals, bars), "precision primary": hit_rate(gross[test])}
    for name, n_known in (("informed", 3), ("told", 4)):
        model = make_pipeline(StandardScaler(), LogisticRegression(C=np.inf))
        model.fit(knows[train, :n_known], meta[train])
        takes = model.predict(knows[test, :n_known])
        found[name] = ratio(gross, test[takes], bars)
        found[f"precision {name}"] = hit_rate(gross[test[takes]])
        found[f"recall {name}"] = float(takes[meta[test]].mean())
        found[f"auc {name}"] = auc(meta[test], takes.astype(float))
    return found


def ratio(gross, taken, bars):
    long = np.zeros(gross.size)
    long[taken] = gross[taken]
    return annualised(Sharpe.of(long[bars]))


def over_runs(run, loud):
    """Return every figure of :data:`RUNS` markets, shape (RUNS,) each."""
    runs = [run(seed, loud) for seed in range(RUNS)]
    return {name: np.array([one[name] for one in runs]) for name in runs[0]}


@pytest.fixture(scope="module")
def joubert(run):
    return over_runs(run, loud=False)


@pytest.fixture(scope="module")
def thumm(run):
    return over_runs(run, loud=True)


def same(found, mean, deviation, n_published, digit):
    """Whether mean and deviation of our runs and of the published ones differ by chance, at four standard errors."""
    error = deviation * math.sqrt(1 / found.size + 1 / n_published)
    assert found.mean() == pytest.approx(mean, abs=4 * error + digit / 2)
    assert found.std(ddof=1) == pytest.approx(deviation, abs=4 * error / math.sqrt(2) + digit / 2)


@pytest.mark.slow
@pytest.mark.parametrize("rule", JOUBERT)
def test_ratios_of_two_regimes_of_joubert(joubert, rule):
    """150 runs: four standard errors of the mean are about .19, and each step is more."""
    same(joubert[rule], *JOUBERT[rule], n_published=150, digit=0.01)


@pytest.mark.slow
@pytest.mark.parametrize("rule", THUMM)
def test_ratios_of_thumm_and_others(thumm, rule):
    """1,000 runs: turned blocks besides, of twice the noise, make the primary rule lose."""
    same(thumm[rule], *THUMM[rule], n_published=1000, digit=0.001)


@pytest.mark.slow
@pytest.mark.parametrize("rule", THUMM_GAIN)
def test_gains_over_the_primary_rule_of_thumm_and_others(thumm, rule):
    same(thumm[rule] - thumm["primary"], *THUMM_GAIN[rule], n_published=1000, digit=0.001)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("figure", "mean"),
    [
        ("precision primary", 0.4775),
        ("precision informed", 0.4934),
        ("precision told", 0.5377),
        ("recall informed", 0.444),
        ("recall told", 0.644),
        ("auc informed", 0.515),
        ("auc told", 0.569),
    ],
)
def test_precision_recall_and_auc_of_thumm_and_others(thumm, figure, mean):
    """Published without their spread over the runs: that of ours stands for it."""
    error = thumm[figure].std(ddof=1) * math.sqrt(1 / RUNS + 1 / 1000)
    assert thumm[figure].mean() == pytest.approx(mean, abs=4 * error)
