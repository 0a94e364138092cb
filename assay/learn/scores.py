"""What a set of predictions was worth: the numbers of a fold, and of all of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from assay.learn.models.artifact import Artifact
from assay.metrics.classification import auc, brier, calibration_table, confusion, ece, equal_counts, log_loss
from assay.types import Flags, Floats, Signs

SIDES = (-1, 1)
N_GROUPS = 10
"""Groups of the calibration table."""
NAMES = (
    "n_test",
    "effective_events",
    "n_direction",
    "accuracy",
    "auc",
    "brier",
    "log_loss",
    "ece",
    "win_auc",
    "win_brier",
    "win_log_loss",
    "win_ece",
    "win_rate",
    "win_brier_base_rate",
    "mean_cut",
    "mean_gross_return",
    "mean_net_return",
    "n_take",
    "take_mean_gross_return",
    "take_mean_net_return",
)
"""The numbers of :func:`summary`, in order."""


def probability(happened: Flags, p: Floats) -> dict[str, float | None]:
    """Return area under the curve, Brier score, log loss (nats) and calibration error; None where undefined."""
    values = {"auc": auc, "brier": brier, "log_loss": log_loss, "ece": ece}
    return {name: number(metric(happened, p)) for name, metric in values.items()}


def direction(label: Signs, p_up: Floats) -> dict[str, float | None]:
    """Return the scores of the base model on the events that have a direction, that is a label other than 0."""
    told = label != 0
    up, p = label[told] > 0, p_up[told]
    right = up == (p >= 0.5)  # noqa: PLR2004 - one half
    accuracy = number(float(right.mean()) if right.size else math.nan)
    return {"n": up.size, "accuracy": accuracy, **probability(up, p)}


def summary(predictions: pl.DataFrame, cost: Floats, weight: Floats) -> dict[str, Any]:
    """Return the scores of out-of-sample predictions.

    Parameters
    ----------
    predictions
        PREDICTIONS.
    cost
        Cost of a round trip, as a fraction of the price, shape (events,).
    weight
        How many independent events each counts for, in (0, 1], shape (events,).

    Returns
    -------
    dict
        Of the events: ``n_test``, and ``effective_events``, what they are worth in events that do not overlap. Of the
        direction: ``n_direction``, ``accuracy``, ``auc``, ``brier``, ``log_loss``, ``ece``. Of the calibrated
        probability that the side wins: the same scores with the prefix ``win_``, how often it won, and the Brier score
        of saying just that of every event, ``win_brier_base_rate``. Of returns, as fractions of the entry
        price: mean gross and net of all signals and of those taken. Labels overlap, so these means have fewer
        independent observations than events: they describe, the backtest tests.
    """
    gross, take = predictions["gross_return"].to_numpy(), predictions["take"].to_numpy()
    label, p_up = predictions["label"].to_numpy(), predictions["p_up"].to_numpy()
    base = direction(label, p_up)
    win = probability(predictions["win"].to_numpy(), predictions["p_win"].to_numpy())
    rate = float(predictions["win"].to_numpy().mean()) if predictions.height else math.nan
    values = [
        predictions.height,
        float(weight.sum()),
        *base.values(),
        *win.values(),
        number(rate),
        number(rate * (1.0 - rate)),
        _mean(predictions["cut"].to_numpy()),
        _mean(gross),
        _mean(gross - cost),
        int(take.sum()),
        _mean(gross[take]),
        _mean((gross - cost)[take]),
    ]
    return dict(zip(NAMES, values, strict=True))


def calibration(predictions: pl.DataFrame) -> pl.DataFrame:
    """Return how often the side won, by groups of equally many calibrated probabilities.

    Calibrated forecasts lie close together, so groups of equal width would put nearly all into one or two.
    """
    win, p_win = predictions["win"].to_numpy(), predictions["p_win"].to_numpy()
    return calibration_table(win, p_win, equal_counts(p_win, N_GROUPS))


def confusions(predictions: pl.DataFrame) -> dict[str, dict[str, int]]:
    """Return how often each side was said of each direction; events without one are left out."""
    told = predictions.filter(pl.col("label") != 0)
    truth, said = (told[name].to_numpy().astype(np.int64) for name in ("label", "side"))
    (down_down, down_up), (up_down, up_up) = confusion(truth, said, SIDES).tolist()
    return {"down": {"said_down": down_down, "said_up": down_up}, "up": {"said_down": up_down, "said_up": up_up}}


def importance(models: Sequence[Artifact]) -> list[dict[str, Any]]:
    """Return each feature's share in what the splits gained, mean over models (one or more); 0 of one without it."""
    by_model = [dict(zip(model.card.features, model.card.importance, strict=True)) for model in models]
    names = list(dict.fromkeys(name for each in by_model for name in each))
    shares = np.array([[each.get(name, 0.0) for name in names] for each in by_model]).mean(axis=0)
    return [{"feature": names[i], "share": float(shares[i])} for i in np.lexsort((names, -shares))]


def number(x: float) -> float | None:
    """Return the number, or None where there is none."""
    return None if math.isnan(x) else x


def _mean(x: Floats) -> float | None:
    return float(x.mean()) if x.size else None
