"""What a fitted model says, in the units of its observations: the numbers of the report."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from assay.regimes.hmm import Hmm
from assay.regimes.market import NAMES, RegimeModels, matrix
from assay.types import Floats


def summaries(models: RegimeModels, columns: pl.DataFrame) -> dict[str, dict[str, Any] | None]:
    """Return the :func:`summary` of each model from its columns; None for one that is not enabled."""
    found = {name: summary(model, matrix(columns, models.names_of(name))) for name, model in models.models.items()}
    return {name: found.get(name) for name in NAMES}


def summary(model: Hmm, probabilities: Floats) -> dict[str, Any]:
    """Return a model in plain numbers; a figure that does not exist is None.

    Parameters
    ----------
    model
        The model.
    probabilities
        Its filtered probabilities of the bars before the hold-out, shape (n, n_states); rows of NaN are left out.

    Notes
    -----
    A state is left with probability :math:`1 - a_{ii}` at each bar, so it lasts :math:`1 / (1 - a_{ii})` bars on
    average. The share of time is the mean filtered probability, not the share of bars where a state is the likeliest.
    """
    known = probabilities[~np.isnan(probabilities).any(axis=1)]
    stay = np.diagonal(model.chain.transition)
    training = model.training
    return {
        "n_states": model.n_states,
        "observations": list(model.observations),
        "means": (model.location + model.scale * model.chain.means).tolist(),
        "standard_deviations": (model.scale * np.sqrt(model.chain.variances)).tolist(),
        "transition": model.chain.transition.tolist(),
        "expected_duration_bars": [1 / (1 - p) if p < 1 else None for p in stay.tolist()],
        "share_of_time": known.mean(axis=0).tolist() if len(known) else None,
        "n_bars_filtered": len(known),
        "n_bars_trained": training.n_rows if training else None,
        "n_iterations": training.n_iterations if training else None,
        "converged": training.converged if training else None,
        "log_likelihood_nats": training.log_likelihood if training else None,
    }
