"""Trades to paths: what the same trades could have given in other orders."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from assay import params, store
from assay.compute.shell import run
from assay.simulate.fan import run as bootstrap
from assay.simulate.params import MonteCarloParams
from assay.stats.seeds import child
from assay.tables.book import ROUND_TRIPS
from assay.tables.fan import FAN


def main() -> None:
    settings = params.load("montecarlo", MonteCarloParams)
    generator = np.random.default_rng(child(params.seed(), "montecarlo"))
    trades = store.read_table(Path("data/trades.parquet"), ROUND_TRIPS)
    fan, report = bootstrap(trades, settings, generator)
    with store.writing() as beside:
        store.write_table(beside(Path("data/fan.parquet")), fan, FAN)
        store.write_json(beside(Path("reports/montecarlo.json")), report)


if __name__ == "__main__":
    run(main)
