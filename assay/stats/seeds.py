"""Child seeds: every use of the run's seed has a random stream of its own, named by what it is for."""

from __future__ import annotations

from typing import Literal, TypeAlias

from numpy.random import SeedSequence

Step: TypeAlias = Literal["base", "meta", "montecarlo"]
FINAL = 0
"""Number of the fit on all rows before the sealed hold-out; walk-forward fold ``f`` is number ``f + 1``."""

_STEPS: dict[Step, int] = {"base": 0, "meta": 1, "montecarlo": 2}


def child(seed: int, step: Step, fit: int = FINAL, inner: int = 0) -> int:
    """Return the seed of one model, or of one other use.

    Parameters
    ----------
    seed
        The run's ``seed``.
    step
        What is fitted or drawn.
    fit
        :data:`FINAL`, or one more than the walk-forward fold.
    inner
        0 for the model of all training rows, one more than the inner fold for its out-of-fold model.

    Returns
    -------
    int
        In [0, 2**31), from ``SeedSequence(seed, spawn_key=(step, fit, inner))``: what one use draws never depends on
        which others are run.
    """
    sequence = SeedSequence(seed, spawn_key=(_STEPS[step], fit, inner))
    return int(sequence.generate_state(1)[0] >> 1)
