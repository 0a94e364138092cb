"""Fit the hidden Markov models on the bars before the sealed hold-out, and filter all bars with them."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from assay import params, store
from assay.compute.shell import run
from assay.market.instruments import InstrumentParams
from assay.regimes.market import fit_regimes
from assay.regimes.params import HmmParams
from assay.regimes.summary import summaries
from assay.splits.holdout import holdout_start
from assay.splits.params import SplitParams
from assay.tables.features import FEATURES
from assay.tables.regimes import REGIMES


def main() -> None:
    symbol = params.load_field("instrument", InstrumentParams, "symbol")
    features = store.read_table(Path(f"data/features/{symbol}.parquet"), FEATURES)
    sealed = params.load_field("splits", SplitParams, "holdout_fraction")
    sealed_from = holdout_start(features["ordinal"].to_numpy(), sealed)
    models = fit_regimes(features, [(0, sealed_from)], params.load("hmm", HmmParams))
    columns = models.columns(features)
    regimes = pl.concat([features.select(*REGIMES.columns), columns], how="horizontal")
    with store.writing() as beside:
        files = {f"{name}.json": text.encode() for name, text in models.to_json().items()}
        store.write_files(beside(Path("models/hmm")), files)
        store.write_table(beside(Path(f"data/regimes/{symbol}.parquet")), regimes, REGIMES)
        store.write_json(beside(Path("reports/hmm.json")), summaries(models, columns[:sealed_from]))


if __name__ == "__main__":
    run(main)
