"""Bars: the ticks of one market as bars of every type asked for, and their health."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from assay import params, store
from assay.bars.builder import build
from assay.bars.health import health
from assay.bars.params import BarsParams
from assay.compute.shell import run
from assay.market.instruments import InstrumentParams, find
from assay.market.sessions import SessionParams, days, hours
from assay.tables.bars import BARS
from assay.tables.ticks import kind_of


def main() -> None:
    wanted = params.load("bars", BarsParams)
    instrument = find(params.load("instrument", InstrumentParams))
    symbol = instrument.symbol
    session = hours(params.load("session", SessionParams), instrument)
    ticks = read_ticks(symbol)
    day = days(ticks.get_column("time").to_physical().to_numpy(), session)
    bars = {kind: build(ticks, kind, size, day, symbol) for kind, size in wanted.types.items()}
    report = {"symbol": symbol, **health(bars, wanted, day, instrument.tick_size)}
    with store.writing() as beside:
        folder = beside(Path("data/bars"))
        for kind, frame in bars.items():
            store.write_table(folder / kind / f"{symbol}.parquet", frame, BARS)
        store.write_json(beside(Path("reports/bars.json")), report)


def read_ticks(symbol: str) -> pl.DataFrame:
    months = [(path, store.read_parquet(path)) for path in store.ticks_of(Path("data/ticks"), symbol)]
    return pl.concat([kind_of(frame).check(frame, path) for path, frame in months])


if __name__ == "__main__":
    run(main)
