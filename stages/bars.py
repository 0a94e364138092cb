"""Bars: the ticks or OHLCV rows of every market of the first feed as bars of every type asked for, and their health."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from assay import params, store
from assay.bars.health import warnings_of
from assay.bars.markets import Given, markets
from assay.bars.params import BarsParams
from assay.bars.rows import table_of
from assay.compute.progress import told
from assay.compute.shell import run
from assay.compute.start import quickly
from assay.market.instruments import InstrumentParams
from assay.market.sessions import SessionParams
from assay.sources.run.chosen import MANIFEST, label_of_prices, markets_beside
from assay.tables.bars import BARS


def main() -> None:
    wanted, instruments = params.load("bars", BarsParams), params.load("instrument", InstrumentParams)
    session, manifest = params.load("session", SessionParams), store.read_json(MANIFEST)

    def read(names: Sequence[str]) -> Given:
        source = label_of_prices(manifest, names)
        prices = {name: store.read_pieces(Path("data/ticks", source, name), table_of) for name in names}
        return Given(prices, {name: store.read_labels(wanted.context, name) for name in names}, source)

    others = markets_beside(manifest, wanted.histories(instruments.symbol))
    built, report = markets(read, others, wanted, instruments, session)
    with store.writing() as beside:
        folder = beside(Path("data/bars"))
        for (kind, symbol), bars in built.items():
            store.write_table(folder / kind / f"{symbol}.parquet", bars, BARS)
        store.write_json(beside(Path("reports/bars.json")), report)
    told(f"bars: {line}" for line in warnings_of(report))


if __name__ == "__main__":
    quickly()
    run(main)
