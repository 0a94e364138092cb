"""Bars to features: causal columns of every bar, and the schema that names them."""

from __future__ import annotations

from pathlib import Path

from assay import params, store
from assay.bars.params import BarsParams, RollParams
from assay.compute.progress import told
from assay.compute.shell import run
from assay.features.catalogue import left_out, schema
from assay.features.own import own_of
from assay.features.params import FeatureParams
from assay.features.recipe import Recipe
from assay.market.instruments import InstrumentParams
from assay.market.sessions import SessionParams
from assay.sources.run.context import context_of_prices
from assay.tables.bars import BARS
from assay.tables.features import FEATURES


def main() -> None:
    wanted, instruments = params.load("features", FeatureParams), params.load("instrument", InstrumentParams)
    kind, types = params.load_field("bars", BarsParams, "main"), params.load_field("bars", BarsParams, "types")
    session, contracts = params.load("session", SessionParams), params.load_field("bars.roll", RollParams, "contracts")
    symbol, mine = instruments.symbol, own_of(wanted, store.read_module)
    built = [path.stem for path in Path("data/bars", kind).glob("*.parquet")]
    recipe = Recipe(wanted, instruments, session, kind, types, tuple(contracts))
    features = recipe.features(
        symbol,
        mine,
        lambda of, name: store.read_table(Path("data/bars", of, f"{name}.parquet"), BARS),
        context_of_prices,
        built,
    )
    asked = schema(wanted, mine)
    with store.writing() as beside:
        folder = beside(Path("data/features"))
        store.write_table(folder / f"{symbol}.parquet", features, FEATURES)
        store.write_json(folder / "schema.json", asked)
    told(f"features: {line}" for line in left_out(asked, features.columns))


if __name__ == "__main__":
    run(main)
