"""Hamilton 1989, recessions of the United States: the filter against the published likelihood and its own future."""

import itertools

import numpy as np
import pytest

from assay.regimes.chain import Chain
from assay.regimes.hmm import Hmm

GROWTH = np.array([
    2.59316421, 2.20217133, 0.45827562, 0.9687438, -0.24130757, 0.89647478, 2.05393219, 1.73353648, 0.93871289,
    -0.46477833, -0.80983406, -1.39763689, -0.39886093, 1.1918416, 1.45620048, 2.11808228, 1.08957863, 1.32390273,
    0.87296367, -0.19773273, 0.45420215, 0.07221876, 1.1030364, 0.82097489, -0.05795795, 0.58447772, -1.56192672,
    -2.05041027, 0.53637183, 2.33676839, 2.34014559, 1.2339263, 1.8869648, -0.45920792, 0.84940469, 1.70139849,
    -0.28756312, 0.09594627, -0.86080289, 1.03447127, 1.23685944, 1.42004502, 2.22410631, 1.30210173, 1.03517699,
    0.9253425, -0.16559951, 1.3444382, 1.37500131, 1.73222184, 0.71605635, 2.21032143, 0.85333031, 1.00238776,
    0.42725441, 2.14368343, 1.43789184, 1.57959926, 2.27469826, 1.95962656, 0.25992399, 1.01946914, 0.49016398,
    0.5636338, 0.5959546, 1.43082857, 0.56230122, 1.15388393, 1.68722844, 0.77438205, -0.09647045, 1.39600146,
    0.13646798, 0.55223715, -0.39944872, -0.61671102, -0.08722561, 1.2101835, -0.90729755, 2.64916158, -0.0080694,
    0.51111895, -0.00401437, 2.16821432, 1.92586732, 1.03504717, 1.85897219, 2.32004929, 0.25570789, -0.09855274,
    0.89073682, -0.55896485, 0.28350255, -1.31155407, -0.88278776, -1.97454941, 1.01275265, 1.68264723, 1.38271284,
    1.86073637, 0.4447377, 0.41449001, 0.99202275, 1.36283576, 1.59970522, 1.98845816, -0.25684232, 0.87786949,
    3.1095655, 0.85324478, 1.23337317, 0.00314302, -0.09433369, 0.89883322, -0.19036628, 0.99772376, -2.39120054,
    0.06649673, 1.26136017, 1.91637838, -0.3348029, 0.44207108, -1.40664911, -1.52129889, 0.29919869, -0.80197448,
    0.15204792, 0.98585027, 2.13034606, 1.34397924, 1.61550522, 2.70930099, 1.24461412, 0.50835466, 0.14802167,
])  # fmt: skip
"""Real GNP, per cent a quarter, 1951-II to 1984-IV: Hamilton's series, as statsmodels tests with."""
STAY = np.array([[0.754673, 1 - 0.754673], [0.095915, 1 - 0.095915]])
MEANS = np.array([-0.358811, 1.163516])
PHI = np.array([0.013486, -0.057521, -0.246983, -0.212923])
VARIANCE = np.exp(-0.262658) ** 2
"""His estimates, as EViews prints them: recession first; the deviation's logarithm is -.262658."""


@pytest.fixture(scope="module")
def recessions():
    """Return his model, and which of its states are recessions.

    Growth around the mean of its state is AR(4), so growth less what four quarters of growth foretell is Gaussian
    around a mean that five quarters of states decide: a chain of 32 states, each (now, one before, ..., four before).
    """
    states = np.array(list(itertools.product((0, 1), repeat=5)))
    follows = (states[None, :, 1:] == states[:, None, :-1]).all(axis=2)
    transition = follows * STAY[states[:, None, 0], states[None, :, 0]]
    start = np.linalg.matrix_power(transition, 1000)[0]
    means = MEANS[states] @ np.append(1, -PHI)
    chain = Chain(start, transition, means[:, None], np.full((32, 1), VARIANCE))
    return Hmm(chain, np.zeros(1), np.ones(1)), states[:, 0] == 0


def innovations(growth):
    return np.array([growth[t] - PHI @ growth[t - 4 : t][::-1] for t in range(4, growth.size)])[:, None]


def test_hamilton_1989_likelihood_of_131_quarters(recessions):
    model, _ = recessions
    assert model.log_likelihood(innovations(GROWTH)) == pytest.approx(-181.26339, abs=5e-6)


def test_hamilton_1989_smoothed_recessions_are_not_those_that_were_known(recessions, smooth):
    """The two differ by .656 at most, and disagree on the state in 10 of 131 quarters."""
    model, recession = recessions
    x = innovations(GROWTH)
    known, told_later = (p[:, recession].sum(axis=1) for p in (model.filter(x), smooth(model, x)))
    assert np.abs(known - told_later).max() == pytest.approx(0.656, abs=5e-4)
    assert ((known > 0.5) != (told_later > 0.5)).sum() == 10


def test_hamilton_1989_the_first_80_quarters_filter_the_same_and_smooth_differently(recessions, smooth):
    model, recession = recessions
    short, whole = innovations(GROWTH[:80]), innovations(GROWTH)
    np.testing.assert_array_equal(model.filter(short), model.filter(whole)[: len(short)])
    moved = (smooth(model, short) - smooth(model, whole)[: len(short)])[:, recession].sum(axis=1)
    assert np.abs(moved).max() == pytest.approx(0.351, abs=5e-4)
