"""What the commands about features make them of: the parameters, and the bars that were built."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from assay import params, store
from assay.bars.params import BarsParams, Kind, RollParams
from assay.features.params import FeatureParams
from assay.features.recipe import Recipe
from assay.market.instruments import InstrumentParams
from assay.market.sessions import SessionParams
from assay.tables.bars import BARS

_BARS = Path("data/bars")


def recipe() -> Recipe:
    """Return what the parameters say of the features of every market."""
    return Recipe(
        params.load("features", FeatureParams),
        params.load("instrument", InstrumentParams),
        params.load("session", SessionParams),
        params.load_field("bars", BarsParams, "main"),
        params.load_field("bars", BarsParams, "types"),
        tuple(params.load_field("bars.roll", RollParams, "contracts")),
    )


def sums_of(given: Recipe, symbol: str) -> dict[str, str]:
    """Return the SHA-256 of the bars that the features of a market are made of, by ``type/symbol``."""
    slower = given.params.others(given.main, given.types)
    asked = [
        (given.main, symbol),
        *((kind, symbol) for kind in slower),
        *((given.main, name) for name in given.params.markets),
    ]
    return {
        f"{kind}/{name}": store.sha256(path_of(kind, name)) for kind, name in asked if path_of(kind, name).is_file()
    }


def symbols_of(kind: Kind) -> list[str]:
    """Return the symbols that have bars of a type, sorted."""
    return sorted(path.stem for path in (_BARS / kind).glob("*.parquet"))


def path_of(kind: Kind, symbol: str) -> Path:
    """Return where bars lie."""
    return _BARS / kind / f"{symbol}.parquet"


def bars_of(kind: Kind, symbol: str) -> pl.DataFrame:
    """Return bars of one type of a market, table ``BARS``."""
    return store.read_table(path_of(kind, symbol), BARS)
