"""Bars to features: causal columns of every bar, and the schema that names them."""

from __future__ import annotations

from pathlib import Path

from assay import params, store
from assay.bars.known import known
from assay.bars.params import BarsParams, RollParams
from assay.compute.shell import run
from assay.features.build import build
from assay.features.catalogue import catalogue, kinds, schema
from assay.features.markets import market, refuse_unbuilt
from assay.features.own import own_of
from assay.features.params import FeatureParams
from assay.market.instruments import InstrumentParams, find
from assay.market.sessions import SessionParams, hours
from assay.sources.run.context import context_of_prices
from assay.tables.bars import BARS
from assay.tables.features import FEATURES


def main() -> None:
    wanted, instruments = params.load("features", FeatureParams), params.load("instrument", InstrumentParams)
    kind, types = params.load_field("bars", BarsParams, "main"), params.load_field("bars", BarsParams, "types")
    session, contracts = params.load("session", SessionParams), params.load_field("bars.roll", RollParams, "contracts")
    instrument, mine = find(instruments), own_of(wanted, store.read_module)
    symbol, clock, slower = instrument.symbol, hours(session, instrument), wanted.others(kind, types)
    refuse_unbuilt(wanted.markets, symbol, [path.stem for path in Path("data/bars", kind).glob("*.parquet")])
    read = [*((kind, name) for name in (symbol, *wanted.markets)), *((other, symbol) for other in slower)]
    tables = {(of, name): store.read_table(Path("data/bars", of, f"{name}.parquet"), BARS) for of, name in read}
    bars = {(of, name): known(table, of, types[of]) for (of, name), table in tables.items()}
    context = context_of_prices(kinds(catalogue(wanted, mine)), symbol, list(contracts) or [symbol])
    markets = {name: market(bars[kind, name], name, instruments, session) for name in wanted.markets}
    others = {other: bars[other, symbol] for other in slower}
    features = build(bars[kind, symbol], wanted, instrument, clock, others, context=context, markets=markets, own=mine)
    with store.writing() as beside:
        folder = beside(Path("data/features"))
        store.write_table(folder / f"{symbol}.parquet", features, FEATURES)
        store.write_json(folder / "schema.json", schema(wanted, mine))


if __name__ == "__main__":
    run(main)
