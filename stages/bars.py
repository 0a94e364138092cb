"""Bars: the ticks or OHLCV rows of one market as bars of every type asked for, and their health."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from assay import params, store
from assay.bars.health import health
from assay.bars.make import make
from assay.bars.params import BarsParams
from assay.bars.rows import n_ticks_of, table_of
from assay.compute.shell import run
from assay.market.instruments import InstrumentParams, find
from assay.market.sessions import SessionParams, hours
from assay.sources.fallback import source_of
from assay.sources.params import DataParams
from assay.tables.bars import BARS


def main() -> None:
    wanted, instrument = params.load("bars", BarsParams), find(params.load("instrument", InstrumentParams))
    sources = [params.load_field("data", DataParams, "source"), params.load_field("data", DataParams, "fallback")]
    symbol, session = instrument.symbol, hours(params.load("session", SessionParams), instrument)
    source = source_of(Path("data/ticks"), wanted.histories(symbol), *sources)
    prices = {name: read(Path("data/ticks") / source / name) for name in wanted.histories(symbol)}
    found = {name: sorted((Path("data/context") / wanted.context).glob(f"*/{name}")) for name in prices}
    context = {name: {place.parent.name: read(place) for place in places} for name, places in found.items()}
    made = make(prices, context, wanted, source, session, symbol)
    summary = health(made.bars, wanted, made.days, instrument.tick_size, n_ticks_of(made.prices), made.warnings)
    with store.writing() as beside:
        folder = beside(Path("data/bars"))
        for kind, frame in made.bars.items():
            store.write_table(folder / kind / f"{symbol}.parquet", frame, BARS)
        store.write_json(beside(Path("reports/bars.json")), {"symbol": symbol, **summary, **made.report})


def read(folder: Path) -> pl.DataFrame:
    return pl.concat([table_of(month).check(month, path) for path, month in store.read_months(folder)])


if __name__ == "__main__":
    run(main)
