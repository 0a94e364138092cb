"""Gradient boosting: fitted by LightGBM, exported as its canonical text, and run by LightGBM from that text."""

from __future__ import annotations

import lightgbm
import numpy as np

from assay.errors import FitError
from assay.learn.params import TreeParams
from assay.stats.elementary import exp
from assay.types import Flags, Floats, Singles

FILE = "model.txt"
_MAX_LEAVES = 31
_FIXED = {
    "objective": "binary",
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbosity": -1,
}
"""Settings without which the text would depend on the machine; the text carries ``num_threads``, so it is fixed too."""


def fit(x: Singles, up: Flags, weight: Floats, n_drawn: int, params: TreeParams, seed: int) -> tuple[bytes, Floats]:
    """Fit boosted trees that draw ``n_drawn`` of the rows; return their text and the total gain by each column.

    A tree has at most 31 leaves, LightGBM's own default.

    Raises
    ------
    FitError
        If LightGBM refuses the rows or the settings.
    """
    settings = {
        **_FIXED,
        "learning_rate": params.learning_rate,
        "max_depth": params.max_depth,
        "num_leaves": min(_MAX_LEAVES, 2**params.max_depth),
        "min_data_in_leaf": params.min_samples_leaf,
        "feature_fraction_bynode": params.max_features,
        "bagging_fraction": n_drawn / up.size,
        "bagging_freq": 1,
        "seed": seed,
    }
    names = [f"column_{i}" for i in range(x.shape[1])]
    data = lightgbm.Dataset(x, up.astype(np.float64), weight=weight, feature_name=names)
    try:
        booster = lightgbm.train(settings, data, params.n_estimators)
    except lightgbm.basic.LightGBMError as error:
        raise FitError("lightgbm", "must be able to fit", error, "change models, or use models.type rf_cpu") from None
    gain = booster.feature_importance(importance_type="gain")
    return booster.model_to_string(num_iteration=-1).encode(), np.asarray(gain, dtype=np.float64)


class Opened:
    """Boosted trees read from their text."""

    def __init__(self, content: bytes) -> None:
        self._booster = lightgbm.Booster(model_str=content.decode())

    def __call__(self, x: Singles) -> Floats:
        """Return P(second class) of each row: the logistic function of the summed leaves."""
        sums = self._booster.predict(x, raw_score=True, num_threads=1)
        return 1.0 / (1.0 + exp(-np.asarray(sums, dtype=np.float64)))


def opened(content: bytes) -> Opened:
    """Return the trees that were exported."""
    return Opened(content)
