"""Walk-forward: in every fold everything is fitted anew on the past, and asked about what comes next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np
import polars as pl

from assay.learn import scores
from assay.learn.fit import Fitted, Recipe, fit, predict
from assay.learn.rows import FOREVER, Rows, reach
from assay.market.costs import Costs, round_trip
from assay.market.instruments import Instrument
from assay.splits.params import WalkForwardParams
from assay.splits.purge import check_spans
from assay.splits.walkforward import WalkForward
from assay.tables.predictions import PREDICTIONS
from assay.types import Executor, Floats

IMPORTANCE = "mean over folds of each feature's share in what the base model's splits gained, on training rows"


@dataclass(frozen=True)
class Fold:
    """One fold: what may be seen, what is asked, and how many training events the purge took."""

    number: int
    train: Rows
    test: Rows
    n_purged: int


@dataclass(frozen=True)
class Tested:
    """What a fold gave: predictions, their costs as fractions of the price, their weights, and what was fitted."""

    predictions: pl.DataFrame
    cost: Floats
    weight: Floats
    fitted: Fitted


def folds(rows: Rows, params: WalkForwardParams, embargo: int) -> Iterator[Fold]:
    """Cut the events into walk-forward folds.

    Parameters
    ----------
    rows
        All rows before the sealed hold-out.
    params
        How many folds, and which window; none at all if the test is switched off.
    embargo
        Bars between the last one in which a training outcome could have come and the first test decision.

    Notes
    -----
    Training bars end before the first test decision; with a rolling window they begin with the first training event.
    """
    if not params.enabled:
        return
    starts, latest = rows.reach
    splitter = _splitter(params, embargo)
    for number, (train, test) in enumerate(splitter.split(starts, latest)):
        oldest = int(starts[train[0]]) if params.window == "rolling" else 0
        seen = rows.only(train, [(-1, oldest - 1), (int(starts[test[0]]), FOREVER)])
        n_window = int(test[0] - np.searchsorted(starts, oldest))
        yield Fold(number, seen, rows.until(test), n_window - train.size)


def first_tested(events: pl.DataFrame, params: WalkForwardParams) -> int:
    """Return the ordinal of the first event that is tested, of those that are left: the others only train.

    Raises
    ------
    DataError
        If there are fewer events than folds to test and one to train on.
    """
    starts, latest = reach(events)
    splitter = _splitter(params, 0)
    check_spans(starts, latest, splitter.n_blocks)
    return int(starts[splitter.edges(starts.size)[0]])


def _splitter(params: WalkForwardParams, embargo: int) -> WalkForward:
    return WalkForward(params.n_splits, params.window, embargo, params.first_train)


def walk_forward(
    work: Sequence[Fold], recipe: Recipe, costs: Costs, instrument: Instrument, executor: Executor, inner: Executor
) -> list[Tested]:
    """Fit and test every fold; the folds know nothing of one another.

    ``executor`` does the folds, ``inner`` the work inside one, which is itself one item of the larger work.
    They are handed out from the last one back: an expanding window makes that one the largest, and the others fill the
    gaps.
    """
    one = partial(_tested, recipe=recipe, costs=costs, instrument=instrument, executor=inner)
    return executor.map(one, work[::-1], "walk-forward folds")[::-1]


def _tested(fold: Fold, recipe: Recipe, costs: Costs, instrument: Instrument, executor: Executor) -> Tested:
    fitted = fit(fold.train, recipe, fold.number + 1, executor)
    price, spread = (fold.test.events[name].to_numpy() for name in ("price", "spread"))
    cost = round_trip(costs, instrument, price, spread)
    weight = fold.test.events["weight"].to_numpy()
    return Tested(predict(fitted, fold.test, cost, fold.number), cost, weight, fitted)


def predictions(tested: Sequence[Tested]) -> pl.DataFrame:
    """Return PREDICTIONS of all folds, in order."""
    return pl.concat([PREDICTIONS.empty(), *(each.predictions for each in tested)])


def by_fold(work: Sequence[Fold], tested: Sequence[Tested]) -> list[dict[str, Any]]:
    """Return the numbers of each fold: its rows, times and scores, and the fractional differences its models chose."""
    return [
        {
            "fold": fold.number,
            "n_train": fold.train.events.height,
            "n_purged": fold.n_purged,
            **_times("train", fold.train.events),
            **_times("test", fold.test.events),
            **scores.summary(each.predictions, each.cost, each.weight),
            **_chosen(each.fitted),
        }
        for fold, each in zip(work, tested, strict=True)
    ]


def report(work: Sequence[Fold], tested: Sequence[Tested], left_out: dict[str, int]) -> dict[str, Any]:
    """Return the report of the walk-forward test.

    Parameters
    ----------
    work, tested
        The folds and what they gave; none where the test is switched off.
    left_out
        Events that were left out before the folds were cut, by rule.
    """
    if not tested:
        return {"enabled": False, "reason": "walkforward.enabled is false: nothing was tested", "left_out": left_out}
    every = predictions(tested)
    cost, weight = (np.concatenate(parts) for parts in zip(*((each.cost, each.weight) for each in tested), strict=True))
    return {
        "enabled": True,
        "left_out": left_out,
        "folds": by_fold(work, tested),
        "overall": scores.summary(every, cost, weight),
        "calibration": scores.calibration(every).to_dicts(),
        "confusion": scores.confusions(every),
        "importance": {"measure": IMPORTANCE, "base": scores.importance([each.fitted.base for each in tested])},
    }


def plots(work: Sequence[Fold], tested: Sequence[Tested]) -> dict[str, pl.DataFrame]:
    """Return the points of the plots by name: ``folds``, a row per fold, and ``calibration``, a row per bin."""
    names = ["fold", *scores.NAMES]
    columns = {name: pl.Int64 if name.startswith(("n_", "fold")) else pl.Float64 for name in names}
    rows = [{name: row[name] for name in names} for row in by_fold(work, tested)]
    return {"folds": pl.DataFrame(rows, schema=columns), "calibration": scores.calibration(predictions(tested))}


def _chosen(fitted: Fitted) -> dict[str, Any]:
    """Return which fractional difference each model chose, and why; nothing where there was nothing to choose."""
    models = {"base": fitted.base, "meta": fitted.meta.model}
    ffd = {name: asdict(model.card.ffd) for name, model in models.items() if model and model.card.ffd}
    return {"ffd": ffd} if ffd else {}


def _times(name: str, events: pl.DataFrame) -> dict[str, str]:
    """Return when the first decision is taken and when the last outcome is known, ISO 8601 in UTC."""
    instants = pl.select(first=events["t0"].min(), last=events["t1"].max())
    first, last = instants.select(pl.all().dt.strftime("%Y-%m-%dT%H:%M:%S%.9fZ")).row(0)
    return {f"{name}_first": first, f"{name}_last": last}
