"""The ``hmm`` block: which hidden Markov models are fitted, and on what."""

from __future__ import annotations

from pydantic import Field

from assay.types import Params


class RegimeParams(Params):
    """One hidden Markov model with Gaussian observations of diagonal covariance."""

    enabled: bool = Field(
        default=True, description="Whether the model is fitted and its probabilities reach the learner."
    )
    n_states: int = Field(3, ge=2, le=8, description="Number of hidden states; they are numbered by rising variance.")
    observations: list[str] = Field(
        ["log_return_1", "rv_24"],
        min_length=1,
        max_length=8,
        description="Features that tell the states apart; the variance of the first one orders the states.",
    )
    n_iterations: int = Field(
        200, ge=1, le=10_000, description="Most steps of expectation and maximisation from each start."
    )
    tolerance: float = Field(
        1e-6, gt=0, le=1e-2, description="A step that gains less log-likelihood than this per bar is the last, nats."
    )
    variance_floor: float = Field(
        5e-2, gt=0, lt=1, description="Smallest variance of a state, as a share of the variance of all training bars."
    )


class HmmParams(Params):
    """The ``hmm`` block: a slow model and a fast one."""

    macro: RegimeParams = Field(
        RegimeParams(observations=["log_return_120", "rv_120"]),
        description="Slow regimes: moves over a hundred bars and more.",
    )
    micro: RegimeParams = Field(
        RegimeParams(observations=["log_return_1", "rv_24"]), description="Fast regimes: moves from bar to bar."
    )
