"""Bars to features: causal columns of every bar, and the schema that names them."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from assay import params, store
from assay.bars.known import known
from assay.bars.params import BarsParams, Kind
from assay.compute.shell import run
from assay.features.build import build
from assay.features.catalogue import catalogue, kinds, schema
from assay.features.markets import market
from assay.features.own import own_of
from assay.features.params import FeatureParams
from assay.market.instruments import InstrumentParams, find
from assay.market.sessions import SessionParams, hours
from assay.tables.bars import BARS
from assay.tables.features import FEATURES


def main() -> None:
    chosen, instruments = params.load("features", FeatureParams), params.load("instrument", InstrumentParams)
    kind, types = params.load_field("bars", BarsParams, "main"), params.load_field("bars", BarsParams, "types")
    session, instrument = params.load("session", SessionParams), find(instruments)
    symbol, mine = instrument.symbol, own_of(chosen, store.read_module)
    slower = {other: read(other, symbol, types[other]) for other in chosen.others(kind, types)}
    markets = {name: market(read(kind, name, types[kind]), name, instruments, session) for name in chosen.markets}
    context = store.read_context(kinds(catalogue(chosen, mine)), symbol)
    bars, clock = read(kind, symbol, types[kind]), hours(session, instrument)
    features = build(bars, chosen, instrument, clock, slower, context=context, markets=markets, own=mine)
    with store.writing() as beside:
        folder = beside(Path("data/features"))
        store.write_table(folder / f"{symbol}.parquet", features, FEATURES)
        store.write_json(folder / "schema.json", schema(chosen, mine))


def read(kind: Kind, symbol: str, threshold: float) -> pl.DataFrame:
    return known(store.read_table(Path("data/bars") / kind / f"{symbol}.parquet", BARS), kind, threshold)


if __name__ == "__main__":
    run(main)
