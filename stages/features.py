"""Bars to features: causal columns of every bar, and the schema that names them."""

from __future__ import annotations

from pathlib import Path

from assay import params, store
from assay.bars.params import BarsParams
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
    bar_type = params.load_field("bars", BarsParams, "main")
    instrument = find(params.load("instrument", InstrumentParams))
    file = f"{instrument.symbol}.parquet"
    bars = store.read_table(Path("data/bars") / bar_type / file, BARS)
    features = build(bars, chosen, instrument, hours(params.load("session", SessionParams), instrument))
    with store.writing() as beside:
        folder = beside(Path("data/features"))
        store.write_table(folder / file, features, FEATURES)
        store.write_json(folder / "schema.json", schema(chosen))


if __name__ == "__main__":
    run(main)
