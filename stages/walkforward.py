"""Test the whole fit walk-forward: in every fold everything is fitted on the past and asked about what comes next."""

from __future__ import annotations

from pathlib import Path

from assay import params, store
from assay.compute.executor import Serial, executor
from assay.compute.params import ComputeParams
from assay.compute.shell import run
from assay.labels.params import TripleBarrierParams
from assay.learn.fit import Recipe
from assay.learn.params import MetaParams, ModelParams
from assay.learn.rows import before_holdout, schema_hash
from assay.learn.walkforward import folds, plots, predictions, report, walk_forward
from assay.market.costs import CostParams, resolve
from assay.market.instruments import InstrumentParams, find
from assay.regimes.params import HmmParams
from assay.splits.params import SplitParams, WalkForwardParams, embargo_bars
from assay.tables.features import FEATURES
from assay.tables.labels import LABELS
from assay.tables.predictions import PREDICTIONS


def main() -> None:
    instrument, splits = find(params.load("instrument", InstrumentParams)), params.load("splits", SplitParams)
    file, costs = f"{instrument.symbol}.parquet", resolve(params.load("costs", CostParams), instrument)
    embargo = embargo_bars(splits, params.load_field("labels.triple_barrier", TripleBarrierParams, "max_horizon_bars"))
    models, meta = params.load("models", ModelParams), params.load("models.meta", MetaParams)
    recipe = Recipe(models, meta, params.load("hmm", HmmParams), embargo, params.seed())
    features = store.read_table(Path("data/features") / file, FEATURES)
    labels = store.read_table(Path("data/labels") / file, LABELS)
    schema = schema_hash(store.read_json(Path("data/features/schema.json")))
    rows, left_out = before_holdout(features, labels, schema, splits.holdout_fraction)
    work = list(folds(rows, params.load("walkforward", WalkForwardParams), embargo))
    tested = walk_forward(work, recipe, costs, instrument, executor(params.load("compute", ComputeParams)), Serial())
    with store.writing() as beside:
        store.write_table(beside(Path("data/predictions") / file), predictions(tested), PREDICTIONS)
        store.write_json(beside(Path("reports/walkforward.json")), report(work, tested, left_out))
        for name, points in plots(work, tested).items():
            store.write_bytes(beside(Path("reports/plots") / f"{name}.csv"), points.write_csv().encode())


if __name__ == "__main__":
    run(main)
