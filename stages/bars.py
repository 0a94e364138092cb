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
from assay.sources.params import DataParams
from assay.tables.bars import BARS


def main() -> None:
    wanted, source = params.load("bars", BarsParams), params.load_field("data", DataParams, "source")
    instrument = find(params.load("instrument", InstrumentParams))
    symbol, session = instrument.symbol, hours(params.load("session", SessionParams), instrument)
    prices = {name: read(Path("data/ticks") / source / name) for name in wanted.histories(symbol)}
    context = {name: by_source(Path("data/context") / wanted.context, name) for name in prices}
    made = make(prices, context, wanted, source, session, symbol)
    summary = health(made.bars, wanted, made.days, instrument.tick_size, n_ticks_of(made.prices), made.warnings)
    with store.writing() as beside:
        folder = beside(Path("data/bars"))
        for kind, frame in made.bars.items():
            store.write_table(folder / kind / f"{symbol}.parquet", frame, BARS)
        store.write_json(beside(Path("reports/bars.json")), {"symbol": symbol, **summary, **made.report})


def read(folder: Path) -> pl.DataFrame:
    return pl.concat([table_of(month).check(month, path) for path, month in store.read_months(folder)])


def by_source(folder: Path, symbol: str) -> dict[str, pl.DataFrame]:
    return {place.parent.name: read(place) for place in sorted(folder.glob(f"*/{symbol}"))}


if __name__ == "__main__":
    run(main)
