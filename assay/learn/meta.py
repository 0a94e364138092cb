"""The meta model: whether the base model's side will win, how sure that is, and when it is worth the costs.

Meta-labelling after López de Prado 2018, *Advances in Financial Machine Learning*, 3.6: the base model gives the side,
the meta model says whether to take it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from assay.errors import DataError
from assay.labels.sided import given_side
from assay.labels.training import training_weights
from assay.learn import calibration, threshold
from assay.learn.calibration import Calibrator
from assay.learn.models import family
from assay.learn.models.artifact import CARD, Artifact
from assay.learn.models.overlap import overlap
from assay.learn.order import chosen
from assay.learn.params import MetaParams
from assay.learn.rows import Rows
from assay.learn.threshold import Threshold
from assay.learn.timeline import Timeline, three
from assay.types import Flags, Floats, Signs, Singles

CALIBRATOR, THRESHOLDS = "calibrator.json", "thresholds.json"
CLASSES = (0, 1)


@dataclass(frozen=True)
class Meta:
    """What follows the base model; without a meta model the base model's own probability is calibrated."""

    model: Artifact | None
    calibrator: Calibrator
    threshold: Threshold

    def files(self) -> dict[str, bytes]:
        """Return what is stored, by file name; there is no model file where there is no meta model."""
        curve, sizes = _text(self.calibrator.to_json()), _text(self.threshold.to_json())
        return {**(self.model.files() if self.model else {}), CALIBRATOR: curve, THRESHOLDS: sizes}

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> Meta:
        """Return what :meth:`files` gave, bit for bit.

        Raises
        ------
        DataError
            If the model's bytes are not those its card was written for.
        """
        model = Artifact.from_files(files, "meta model") if CARD in files else None
        curve = calibration.from_json(json.loads(files[CALIBRATOR]))
        return cls(model, curve, Threshold.from_json(json.loads(files[THRESHOLDS])))


@dataclass(frozen=True)
class MetaFit:
    """A meta model, the stretches it was made on, and what it says of the last of them.

    Neither model nor calibration was fitted on the events of ``p_win`` and ``win``. They are no clean test all the
    same: the regimes, the base models behind the out-of-fold probabilities, and the choice of a fractional difference
    come of later stretches too. The walk-forward test is clean.
    """

    meta: Meta
    stretches: Timeline
    p_win: Floats
    win: Flags


def fit_meta(rows: Rows, regimes: pl.DataFrame, p_up: Floats, params: MetaParams, seed: int) -> MetaFit:
    """Fit meta model, calibration and threshold on three stretches of time.

    Parameters
    ----------
    rows
        The training rows.
    regimes
        Filtered regimes of their bars.
    p_up
        Out-of-fold probability of label +1 of every training event, shape (events,).
    params, seed
        Which model, how large the stretches, and the random stream.

    Raises
    ------
    FitError
        If a stretch has too few events, all of the first one won or lost, or an order of fractional differences is
        wanted that is not there.
    """
    cut = three(*rows.reach, params.calibration_fraction, params.threshold_fraction)
    own, ffd = chosen(rows, params.ffd_order, "meta model")
    x, names = with_p_up(own, regimes, p_up)
    gross = gross_return(rows.events, side_of(p_up))
    weight = rows.events["weight"].to_numpy()
    model = None
    if params.enabled:
        win = gross[cut.fit] > 0
        events = rows.events[cut.fit]
        weights, spans = training_weights(events, win, params.weights), overlap(events, params)
        model = family.fit(x[cut.fit], names, rows.schema, win, weights, params, seed, "meta model", CLASSES, spans)
        model = model.with_choice(ffd)
    p_raw = raw(family.Predictor(model) if model else None, x, names, rows.schema, p_up)
    told = p_raw[cut.calibration], gross[cut.calibration] > 0, weight[cut.calibration]
    curve = calibration.fit(*told, _rate(gross[cut.fit] > 0, weight[cut.fit]), params.calibration)
    sizes = _sized(rows.events[cut.threshold], gross[cut.threshold], weight[cut.threshold])
    said = curve.apply(p_raw[cut.threshold])
    return MetaFit(Meta(model, curve, sizes), cut, said, gross[cut.threshold] > 0)


def p_up_of(rows: Rows, out_of_fold: pl.DataFrame) -> Floats:
    """Return the out-of-fold probability of label +1 of every training event, shape (events,).

    Raises
    ------
    DataError
        If the OOF table is not of these very events.
    """
    if out_of_fold["ordinal"].to_list() != rows.events["ordinal"].to_list():
        found = f"{out_of_fold.height} predictions of {rows.events.height} events, or of others"
        raise DataError("out-of-fold predictions", "are one per training event", found, "rerun train-base: dvc repro")
    return out_of_fold["p_up"].to_numpy()


def with_p_up(rows: Rows, regimes: pl.DataFrame, p_up: Floats) -> tuple[Singles, list[str]]:
    """Return what the meta model eats: features, regimes and the base model's probability; and their names."""
    x = np.column_stack([rows.matrix(regimes), p_up.astype(np.float32)])
    return x, [*rows.names, *regimes.columns, "p_up"]


def raw(model: family.Predictor | None, x: Singles, names: list[str], schema: str, p_up: Floats) -> Floats:
    """Return the probability that the side wins, before calibration; without a model the side's own probability."""
    return model.predict(x, names, schema) if model else np.maximum(p_up, 1.0 - p_up)


def side_of(p_up: Floats) -> Signs:
    """Return the base model's side: +1 where up is at least as likely as down, else -1."""
    return np.where(p_up >= 0.5, 1, -1).astype(np.int8)  # noqa: PLR2004 - one half


def gross_return(events: pl.DataFrame, side: Signs) -> Floats:
    """Return the side's gross outcome, as a fraction of the entry price."""
    return given_side(events, side)["gross"].to_numpy()


def _rate(win: Flags, weight: Floats) -> float:
    """Return how often events won, with one more win and one more loss counted (Laplace)."""
    return float((weight[win].sum() + 1.0) / (weight.sum() + 2.0))


def _sized(events: pl.DataFrame, gross: Floats, weight: Floats) -> Threshold:
    entry, tp, sl, price = (events[name].to_numpy() for name in ("entry", "tp", "sl", "price"))
    return threshold.fit(gross * entry, tp, sl, price, weight)


def _text(content: dict[str, Any]) -> bytes:
    return (json.dumps(content, sort_keys=True, indent=1, allow_nan=False) + "\n").encode()
