"""The numbers that training leaves behind: of the base model's inner folds, and of the meta model's stretches."""

from __future__ import annotations

import numpy as np

from assay.learn import scores
from assay.learn.base import OutOfFold
from assay.learn.meta import MetaFit
from assay.learn.models.artifact import Artifact
from assay.learn.order import Choice
from assay.learn.rows import Rows


def base_steps(rows: Rows, folds: OutOfFold) -> list[dict[str, float]]:
    """Return the out-of-fold scores of each inner fold, in time order, and the order of differences its model chose.

    A score that does not exist is left out.
    """
    label, number = rows.events["label"].to_numpy(), folds.predictions["fold"].to_numpy()
    models = zip(folds.n_train, folds.n_purged, folds.ffd, strict=True)
    return [
        {
            "n_train": n_train,
            "n_purged": n_purged,
            "n_test": int((number == fold).sum()),
            **_known(scores.direction(label[number == fold], folds.p_up[number == fold])),
            **_numbers(ffd),
        }
        for fold, (n_train, n_purged, ffd) in enumerate(models)
    ]


def base_summary(rows: Rows, folds: OutOfFold, base: Artifact, left_out: dict[str, int]) -> dict[str, float]:
    """Return the out-of-fold scores of all training events, the choice of the model, and events left out, by rule."""
    label = rows.events["label"].to_numpy()
    counts = {"n_events": label.size, "n_label_zero": int(np.sum(label == 0))}
    every = _known(scores.direction(label, folds.p_up)) | _numbers(base.card.ffd)
    return {**{f"all_{name}": value for name, value in every.items()}, **counts, **_prefixed(left_out)}


def meta_summary(fitted: MetaFit, left_out: dict[str, int]) -> dict[str, float]:
    """Return the scores on the last stretch, which neither model nor calibration saw, and the size of each."""
    cut, sizes, model = fitted.stretches, fitted.meta.threshold, fitted.meta.model
    return {
        "n_fit": cut.fit.size,
        "n_calibration": cut.calibration.size,
        "n_threshold": cut.threshold.size,
        "n_purged": cut.n_purged,
        "average_win_in_barriers": sizes.win,
        "average_loss_in_barriers": sizes.loss,
        "win_rate": float(fitted.win.mean()),
        "effective_wins": sizes.effective_wins,
        "effective_losses": sizes.effective_losses,
        **_known(scores.probability(fitted.win, fitted.p_win)),
        **_numbers(model.card.ffd if model else None),
        **_prefixed(left_out),
    }


def _known(values: dict[str, float | None]) -> dict[str, float]:
    return {name: value for name, value in values.items() if value is not None}


def _numbers(ffd: Choice | None) -> dict[str, float]:
    return ffd.numbers() if ffd else {}


def _prefixed(left_out: dict[str, int]) -> dict[str, float]:
    return {f"n_left_out_{rule}": n for rule, n in left_out.items()}
