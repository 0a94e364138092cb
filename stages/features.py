"""Bars to features: causal columns of every bar, and the schema that names them."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from assay import params, store
from assay.bars.known import known
from assay.bars.params import BarsParams, Kind
from assay.compute.shell import run
from assay.features.build import build
from assay.features.catalogue import schema
from assay.features.params import FeatureParams
from assay.market.instruments import InstrumentParams, find
from assay.market.sessions import SessionParams, hours
from assay.tables.bars import BARS
from assay.tables.features import FEATURES


def main() -> None:
    chosen = params.load("features", FeatureParams)
    bar_type, types = params.load_field("bars", BarsParams, "main"), params.load_field("bars", BarsParams, "types")
    instrument = find(params.load("instrument", InstrumentParams))
    session = hours(params.load("session", SessionParams), instrument)
    file = f"{instrument.symbol}.parquet"
    others = {kind: known(read(kind, file), kind, types[kind]) for kind in chosen.others(bar_type, types)}
    features = build(read(bar_type, file), chosen, instrument, session, others)
    with store.writing() as beside:
        folder = beside(Path("data/features"))
        store.write_table(folder / file, features, FEATURES)
        store.write_json(folder / "schema.json", schema(chosen))


def read(kind: Kind, file: str) -> pl.DataFrame:
    return store.read_table(Path("data/bars") / kind / file, BARS)


if __name__ == "__main__":
    run(main)
