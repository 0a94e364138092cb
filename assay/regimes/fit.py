"""The fit of a hidden Markov model on training sequences, from several fixed starts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from assay.errors import FitError
from assay.regimes.chain import Chain, log_constants
from assay.regimes.em import climb, expect
from assay.regimes.hmm import Hmm, Training, log_jacobian, standardised
from assay.types import Floats, Ints

ROWS_PER_PARAMETER = 10
PERSISTENCE = 0.9


def fit(
    sequences: Sequence[Floats],
    n_states: int,
    *,
    n_iterations: int = 200,
    tolerance: float = 1e-6,
    variance_floor: float = 5e-2,
    observations: Sequence[str] = (),
    where: str = "hmm",
) -> Hmm:
    """Fit a model by maximum likelihood on these rows alone.

    Parameters
    ----------
    sequences
        Runs of consecutive bars, each of shape (n_i, d); no jump of the state is counted between them. Rows before
        the first one without NaN are left out; later rows with NaN count as unobserved.
    n_states
        Number of states.
    n_iterations, tolerance
        Most steps, and the gain per row (nats) below which a step is the last.
    variance_floor
        Smallest variance of a state, as a share of the variance of all rows given. Prices move in ticks, and
        without a floor a state falls into a single value, where the likelihood has no bound.
    observations
        Names of the columns, for messages and for the model's text.
    where
        What messages call the model.

    Returns
    -------
    Hmm
        The best of :func:`starts`, states by rising variance of the first observation, :func:`settled`. Nothing is
        drawn at random.

    Raises
    ------
    FitError
        If there are fewer than ten observed rows per free parameter, or an observation does not vary.
    """
    runs = [run for run in map(_trimmed, sequences) if run.size]
    rows = np.concatenate(runs) if runs else np.empty((0, 1))
    _check(rows, n_states, observations, where)
    known = rows[~np.isnan(rows).any(axis=1)]
    location, scale = known.mean(axis=0), known.std(axis=0)
    x, bounds = standardised(rows, location, scale), np.cumsum([0, *(len(run) for run in runs)])
    climbs = [climb(x, bounds, chain, n_iterations, tolerance, variance_floor) for chain in starts(x, n_states)]
    best = max(climbs, key=lambda c: c.log_likelihood)
    chain = settled(x, bounds, ordered(best.chain))
    likelihood = expect(x, bounds, chain, log_constants(chain.variances))[2] + len(known) * log_jacobian(scale)
    training = Training(len(known), len(runs), best.n_iterations, best.converged, likelihood)
    return Hmm(chain, location, scale, tuple(observations), training)


def starts(x: Floats, n_states: int) -> Iterator[Chain]:
    """Yield first guesses: bars cut into equal groups by distance from the mean, then by each observation's level.

    The first guess suits states that differ in variance, the others states that differ in level.
    """
    known = x[~np.isnan(x).any(axis=1)]
    yield _grouped(known, (known * known).sum(axis=1), n_states)
    for column in known.T:
        yield _grouped(known, column, n_states)


def settled(x: Floats, bounds: Ints, chain: Chain) -> Chain:
    """Return the chain that starts in each state with the share of training time spent there.

    The likeliest start is the state of a few first bars, close to certainty, while a filter may be started anywhere.
    """
    shares = expect(x, bounds, chain, log_constants(chain.variances))[0].mean(axis=0)
    return chain._replace(start=shares / shares.sum())


def ordered(chain: Chain) -> Chain:
    """Return the same chain with its states by rising variance of the first observation, then by mean."""
    order = np.lexsort((chain.means[:, 0], chain.variances[:, 0]))
    return Chain(chain.start[order], chain.transition[order][:, order], chain.means[order], chain.variances[order])


def _grouped(x: Floats, score: Floats, n_states: int) -> Chain:
    """Return the chain of equal groups by rising score, each state likely to last."""
    groups = np.array_split(np.argsort(score, kind="stable"), n_states)
    means = np.array([x[group].mean(axis=0) for group in groups])
    variances = np.array([((x[group] - mean) ** 2).mean(axis=0) for group, mean in zip(groups, means, strict=True)])
    transition = np.full((n_states, n_states), (1 - PERSISTENCE) / (n_states - 1))
    np.fill_diagonal(transition, PERSISTENCE)
    return Chain(np.full(n_states, 1 / n_states), transition, means, np.maximum(variances, 0.1))


def _trimmed(run: Floats) -> Floats:
    """Return the run from its first observed row on; a row with one NaN becomes NaN in every column."""
    holes = np.any(np.isnan(run), axis=1)
    out = np.where(holes[:, None], np.nan, run.astype(np.float64))
    return out[int(np.argmin(holes)) :] if not holes.all() else out[:0]


def _check(rows: Floats, n_states: int, observations: Sequence[str], where: str) -> None:
    """Refuse rows that cannot carry a model of this size."""
    known = rows[~np.isnan(rows).any(axis=1)]
    n_parameters = n_states * (n_states - 1) + n_states - 1 + 2 * n_states * rows.shape[1]
    needed = ROWS_PER_PARAMETER * n_parameters
    if len(known) < needed:
        rule = f"{n_states} states have {n_parameters} parameters and need {needed} observed training bars"
        raise FitError(where, rule, len(known), "give more bars or fewer states")
    for column in np.flatnonzero(known.min(axis=0) == known.max(axis=0)).tolist():
        name = observations[column] if observations else column
        found = f"{known[0, column]} in all {len(known)} training bars"
        raise FitError(f"{where}, observation {name}", "must vary", found, "choose another observation")
