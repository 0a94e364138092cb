"""Fetch: ticks of one market from a source, and a receipt for each file."""

from __future__ import annotations

from pathlib import Path

from assay import params, store
from assay.compute.shell import run
from assay.market.instruments import InstrumentParams, find
from assay.sources.manifest import deliver
from assay.sources.params import DataParams


def main() -> None:
    wanted = params.load("data", DataParams)
    instrument = find(params.load("instrument", InstrumentParams))
    with store.writing() as beside:
        manifest = deliver(wanted, instrument, beside(Path("data/ticks")))
        store.write_json(beside(Path("data/manifest.json")), manifest)


if __name__ == "__main__":
    run(main)
