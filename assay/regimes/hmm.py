"""A fitted hidden Markov model: filters forward, one bar at a time, and is written down exactly."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import cached_property

import numpy as np

from assay.errors import DataError
from assay.regimes.chain import Chain, forward, log_constants, step
from assay.types import Floats


@dataclass(frozen=True)
class Training:
    """What the fit saw and where it ended; the log-likelihood is in nats, of observations in their own units."""

    n_rows: int
    n_sequences: int
    n_iterations: int
    converged: bool
    log_likelihood: float


@dataclass(frozen=True, eq=False)
class Hmm:
    """A hidden Markov model with Gaussian observations of diagonal covariance.

    Parameters
    ----------
    chain
        The chain, for standardised observations; states by rising variance of the first observation.
    location, scale
        Mean and standard deviation of the training rows, shape (d,): what standardises the observations.
    observations
        Names of the columns, in order; may be empty.
    training
        What the fit saw; None where the parameters were given.

    Notes
    -----
    There is no Viterbi path and no smoother here: both look ahead (Rabiner 1989, section III), so they can explain the
    past but never decide.
    """

    chain: Chain
    location: Floats
    scale: Floats
    observations: tuple[str, ...] = ()
    training: Training | None = None

    @property
    def n_states(self) -> int:
        """Number of states."""
        return int(self.chain.start.size)

    @property
    def unobserved(self) -> Floats:
        """The state of the filter before any bar has been observed: NaN, shape (n_states,)."""
        return np.full(self.n_states, np.nan)

    @cached_property
    def _constants(self) -> Floats:
        return log_constants(self.chain.variances)

    def step(self, p: Floats, x: Floats) -> Floats:
        """Return P(state | bars so far) from that of the bar before and the observations of this bar.

        Parameters
        ----------
        p
            The last result, shape (n_states,); at the beginning :attr:`unobserved`.
        x
            The observations in their own units, shape (d,). One NaN makes the bar unobserved: the probabilities move
            by the transition alone, the exact posterior of a missing value.
        """
        out = np.empty(self.n_states)
        step(p, self._standardised(x[None, :])[0], self.chain, self._constants, out)
        return out

    def filter(self, observations: Floats) -> Floats:
        """Return P(state | bars so far) of every bar, shape (n, n_states): :meth:`step` from bar to bar.

        Rows before the first observed bar are NaN; later rows with a NaN are predicted from the row before.
        """
        out = np.empty((observations.shape[0], self.n_states))
        forward(self._standardised(observations), self.chain, self._constants, out)
        return out

    def log_likelihood(self, observations: Floats) -> float:
        """Return log p(observations) of one sequence, nats, for observations in their own units."""
        x = self._standardised(observations)
        total = forward(x, self.chain, self._constants, np.empty((x.shape[0], self.n_states)))
        n_observed = int((~np.isnan(x).any(axis=1)).sum())
        return float(total + n_observed * log_jacobian(self.scale))

    def to_json(self) -> str:
        """Return the model as canonical text: sorted keys, shortest floats that read back to the same bits."""
        content = {
            "chain": {name: values.tolist() for name, values in self.chain._asdict().items()},
            "location": self.location.tolist(),
            "scale": self.scale.tolist(),
            "observations": list(self.observations),
            "training": None if self.training is None else asdict(self.training),
        }
        return json.dumps(content, sort_keys=True, indent=1, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Hmm:
        """Return the model that :meth:`to_json` wrote, bit for bit."""
        content = json.loads(text)
        return cls(
            Chain(**{name: np.array(values) for name, values in content["chain"].items()}),
            np.array(content["location"]),
            np.array(content["scale"]),
            tuple(content["observations"]),
            None if content["training"] is None else Training(**content["training"]),
        )

    def _standardised(self, observations: Floats) -> Floats:
        return standardised(observations, self.location, self.scale)


def standardised(observations: Floats, location: Floats, scale: Floats) -> Floats:
    """Return ``(observations - location) / scale``; infinities are refused, NaN stays.

    Raises
    ------
    DataError
        If the number of columns is wrong or a value is infinite.
    """
    if observations.ndim != 2 or observations.shape[1] != location.size:  # noqa: PLR2004 - rows and columns
        rule = f"need {location.size} columns"
        raise DataError("observations", rule, observations.shape, "give the columns of the fit")
    if np.isinf(observations).any():
        row = int(np.argmax(np.isinf(observations).any(axis=1)))
        raise DataError(f"observations, row {row}", "must be finite or NaN", observations[row], "mend the feature")
    return (observations.astype(np.float64) - location) / scale


def log_jacobian(scale: Floats) -> float:
    """Return what one bar's log-density gains when a standardised value is read in its own unit."""
    return float(log_constants(scale[None, :] ** 2)[0] - log_constants(np.ones((1, scale.size)))[0])
