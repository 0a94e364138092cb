"""Bars to labels: when to decide, how a trade of either side ends, what the label weighs."""

from __future__ import annotations

from pathlib import Path

from assay import params, store
from assay.bars.params import BarsParams
from assay.compute.shell import run
from assay.labels.build import build
from assay.labels.params import LabelParams
from assay.market.costs import CostParams, resolve
from assay.market.instruments import InstrumentParams, find
from assay.market.sessions import SessionParams, hours
from assay.tables.bars import BARS
from assay.tables.labels import LABELS


def main() -> None:
    bar_type = params.load_field("bars", BarsParams, "main")
    instrument = find(params.load("instrument", InstrumentParams))
    file = f"{instrument.symbol}.parquet"
    bars = store.read_table(Path("data/bars") / bar_type / file, BARS)
    costs = resolve(params.load("costs", CostParams), instrument)
    session = hours(params.load("session", SessionParams), instrument)
    labels, report = build(bars, params.load("labels", LabelParams), instrument, costs, session)
    with store.writing() as beside:
        store.write_table(beside(Path("data/labels") / file), labels, LABELS)
        store.write_json(beside(Path("reports/labels.json")), report)


if __name__ == "__main__":
    run(main)
