"""Train what follows the base model on all rows before the hold-out: meta model, calibration, threshold."""

from __future__ import annotations

from pathlib import Path

from assay import params, store
from assay.compute.live import log_steps
from assay.compute.shell import run
from assay.learn.meta import fit_meta, p_up_of
from assay.learn.params import MetaParams
from assay.learn.rows import before_holdout, schema_hash
from assay.learn.training import meta_summary
from assay.market.instruments import InstrumentParams
from assay.splits.params import SplitParams
from assay.stats.seeds import child
from assay.tables.features import FEATURES
from assay.tables.labels import LABELS
from assay.tables.predictions import OOF
from assay.tables.regimes import REGIMES


def main() -> None:
    file, seed = f"{params.load_field('instrument', InstrumentParams, 'symbol')}.parquet", params.seed()
    features = store.read_table(Path("data/features") / file, FEATURES)
    labels = store.read_table(Path("data/labels") / file, LABELS)
    schema = schema_hash(store.read_json(Path("data/features/schema.json")))
    sealed = params.load_field("splits", SplitParams, "holdout_fraction")
    rows, left_out = before_holdout(features, labels, schema, sealed)
    regimes = rows.of_bars(store.read_table(Path("data/regimes") / file, REGIMES))
    p_up = p_up_of(rows, store.read_table(Path("data/oof") / file, OOF))
    fitted = fit_meta(rows, regimes, p_up, params.load("models.meta", MetaParams), child(seed, "meta"))
    with store.writing() as beside:
        store.write_files(beside(Path("models/meta")), fitted.meta.files())
        log_steps(beside(Path("reports/train_meta")), [meta_summary(fitted, left_out)], {})


if __name__ == "__main__":
    run(main)
