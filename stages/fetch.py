"""Fetch: ticks of one market from a source, and a receipt for each file."""

from __future__ import annotations

from pathlib import Path

from assay import params, store
from assay.compute.shell import run
from assay.market.instruments import InstrumentParams, find
from assay.sources.manifest import deliver
from assay.sources.params import DataParams

TICKS, MANIFEST = Path("data/ticks"), Path("data/manifest.json")


def main() -> None:
    wanted = params.load("data", DataParams)
    instrument = find(params.load("instrument", InstrumentParams))
    with store.replacing(TICKS) as folder:
        manifest = deliver(wanted, instrument, folder)
    store.write_json(MANIFEST, manifest)


if __name__ == "__main__":
    run(main)
