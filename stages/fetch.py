"""Fetch: market data of every feed, with a receipt for each file and the health of each history."""

from __future__ import annotations

from pathlib import Path

from assay import params, store
from assay.compute.shell import run
from assay.market.instruments import InstrumentParams
from assay.sources.feeds import CONTEXT, TICKS
from assay.sources.params import DataParams
from assay.sources.run.manifest import deliver, index, refuse_failures
from assay.sources.transport.line import Transport
from assay.sources.transport.params import TransportParams


def main() -> None:
    wanted = params.load("data", DataParams)
    instruments = params.load("instrument", InstrumentParams)
    with store.writing() as beside, Transport(params.load("transport", TransportParams)) as transport:
        folders = {name: beside(Path("data") / name) for name in (TICKS, CONTEXT)}
        for folder in folders.values():
            folder.mkdir()
        manifest, health, failures = deliver(wanted, instruments, folders, transport)
        store.write_json(folders[CONTEXT] / "index.json", index(manifest))
        store.write_json(beside(Path("data/manifest.json")), manifest)
        store.write_json(beside(Path("reports/data_health.json")), health)
    refuse_failures(failures, len(manifest["feeds"]), wanted, instruments)


if __name__ == "__main__":
    run(main)
