"""Child seeds: every fit has a random stream of its own, named by what it fits and where."""

from __future__ import annotations

from typing import Literal, TypeAlias

from numpy.random import SeedSequence

Step: TypeAlias = Literal["base", "meta"]
FINAL = 0
"""Number of the fit on all rows before the sealed hold-out; walk-forward fold ``f`` is number ``f + 1``."""

_STEPS: dict[Step, int] = {"base": 0, "meta": 1}


def child(seed: int, step: Step, fit: int, inner: int = 0) -> int:
    """Return the seed of one model.

    Parameters
    ----------
    seed
        The run's ``seed``.
    step
        What is fitted.
    fit
        :data:`FINAL`, or one more than the walk-forward fold.
    inner
        0 for the model of all training rows, one more than the inner fold for its out-of-fold model.

    Returns
    -------
    int
        In [0, 2**31), from ``SeedSequence(seed, spawn_key=(step, fit, inner))``: what one fit draws never depends on
        which others are run.
    """
    sequence = SeedSequence(seed, spawn_key=(_STEPS[step], fit, inner))
    return int(sequence.generate_state(1)[0] >> 1)
