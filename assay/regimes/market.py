"""The regimes of a market: the slow and the fast model, fitted on training bars and filtered over all of them."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from assay.errors import ParamsError
from assay.regimes.fit import fit
from assay.regimes.hmm import Hmm
from assay.regimes.params import HmmParams, RegimeParams
from assay.tables.features import FEATURES
from assay.types import Floats

NAMES = ("macro", "micro")


@dataclass(frozen=True)
class RegimeModels:
    """The enabled models by name, ``macro`` before ``micro``."""

    models: Mapping[str, Hmm]

    @property
    def names(self) -> list[str]:
        """Names of the columns: ``macro_0``, ``macro_1``, … from the quietest state to the wildest."""
        return [column for name in self.models for column in self.names_of(name)]

    def names_of(self, name: str) -> list[str]:
        """Return the columns of one model."""
        return [f"{name}_{k}" for k in range(self.models[name].n_states)]

    def columns(self, features: pl.DataFrame) -> pl.DataFrame:
        """Return P(state | bars so far) of every bar, one Float32 column per state, NaN until observed.

        Parameters
        ----------
        features
            The features of consecutive bars from the first one on: the filter starts with the first row.
        """
        parts = [model.filter(matrix(features, model.observations)) for model in self.models.values()]
        table = np.concatenate([np.empty((features.height, 0)), *parts], axis=1).astype(np.float32)
        return pl.DataFrame({name: table[:, i] for i, name in enumerate(self.names)})

    def to_json(self) -> dict[str, str]:
        """Return each model's canonical text."""
        return {name: model.to_json() for name, model in self.models.items()}

    @classmethod
    def from_json(cls, texts: Mapping[str, str]) -> RegimeModels:
        """Return the models that :meth:`to_json` wrote, bit for bit."""
        return cls({name: Hmm.from_json(texts[name]) for name in NAMES if name in texts})


def fit_regimes(features: pl.DataFrame, segments: Sequence[tuple[int, int]], params: HmmParams) -> RegimeModels:
    """Fit the enabled models on training bars.

    Parameters
    ----------
    features
        One row per bar, in order.
    segments
        Training bars as half-open ranges ``[start, stop)`` of rows, each a run of consecutive bars. The fit is handed
        the rows of these ranges and no other.
    params
        Which models, and how.

    Raises
    ------
    ParamsError
        If an observation is no feature, or named twice.
    FitError
        If there are too few rows or an observation does not vary.
    """
    chosen = {name: block for name in NAMES if (block := _block(params, name)).enabled}
    return RegimeModels({name: _fit(features, segments, name, block) for name, block in chosen.items()})


def matrix(features: pl.DataFrame, observations: Sequence[str]) -> Floats:
    """Return the named columns as an array of shape (bars, observations), double precision."""
    return features.select(pl.col(name).cast(pl.Float64) for name in observations).to_numpy(order="c")


def _block(params: HmmParams, name: str) -> RegimeParams:
    return params.macro if name == "macro" else params.micro


def _fit(features: pl.DataFrame, segments: Sequence[tuple[int, int]], name: str, params: RegimeParams) -> Hmm:
    _check_names(features, name, params.observations)
    return fit(
        [matrix(features[start:stop], params.observations) for start, stop in segments],
        params.n_states,
        n_iterations=params.n_iterations,
        tolerance=params.tolerance,
        variance_floor=params.variance_floor,
        observations=params.observations,
        where=f"hmm.{name}",
    )


def _check_names(features: pl.DataFrame, name: str, observations: Sequence[str]) -> None:
    where = f"hmm.{name}.observations"
    known = [column for column in features.columns if column not in FEATURES.columns]
    for observation in observations:
        if observation not in known:
            near = difflib.get_close_matches(observation, known, n=1)
            remedy = f"did you mean {near[0]}?" if near else "see data/features/schema.json"
            raise ParamsError(where, "must name features", observation, remedy)
        if list(observations).count(observation) > 1:
            raise ParamsError(where, "must differ from one another", observation, "name each feature once")
