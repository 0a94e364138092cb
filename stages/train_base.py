"""Train the base model on all rows before the hold-out, and predict each of them by a model that did not see it."""

from pathlib import Path

from assay import params, store
from assay.compute.executor import executor
from assay.compute.live import log_steps
from assay.compute.params import ComputeParams
from assay.compute.shell import run
from assay.labels.params import TripleBarrierParams
from assay.learn.base import fit_base, out_of_fold
from assay.learn.params import ModelParams
from assay.learn.rows import before_holdout, schema_hash
from assay.learn.training import base_steps, base_summary
from assay.market.instruments import InstrumentParams
from assay.regimes.params import HmmParams
from assay.splits.params import SplitParams, embargo_bars
from assay.stats.seeds import FINAL, child
from assay.tables.features import FEATURES
from assay.tables.labels import LABELS
from assay.tables.predictions import OOF
from assay.tables.regimes import REGIMES


def main() -> None:
    file, seed = f"{params.load_field('instrument', InstrumentParams, 'symbol')}.parquet", params.seed()
    models, splits = params.load("models", ModelParams), params.load("splits", SplitParams)
    embargo = embargo_bars(splits, params.load_field("labels.triple_barrier", TripleBarrierParams, "max_horizon_bars"))
    features = store.read_table(Path("data/features") / file, FEATURES)
    labels = store.read_table(Path("data/labels") / file, LABELS)
    schema = schema_hash(store.read_json(Path("data/features/schema.json")))
    rows, left = before_holdout(features, labels, schema, splits.holdout_fraction)
    workers = executor(params.load("compute", ComputeParams))
    folds = out_of_fold(rows, models, params.load("hmm", HmmParams), embargo, seed, FINAL, workers)
    regimes = rows.of_bars(store.read_table(Path("data/regimes") / file, REGIMES))
    base = fit_base(rows, regimes, models, child(seed, "base"))
    with store.writing() as beside:
        store.write_files(beside(Path("models/base")), base.files())
        log_steps(beside(Path("reports/train_base")), base_steps(rows, folds), base_summary(rows, folds, base, left))
        store.write_table(beside(Path("data/oof") / file), folds.predictions, OOF)


if __name__ == "__main__":
    run(main)
