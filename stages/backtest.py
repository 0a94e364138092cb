"""Predictions to trades: what they would have earned at the next open, after costs."""

from __future__ import annotations

from pathlib import Path

from assay import params, store
from assay.backtest.curve import tested, thinned
from assay.backtest.params import BacktestParams
from assay.backtest.run import run as backtest
from assay.backtest.summary import summary
from assay.bars.params import BarsParams
from assay.compute.shell import run
from assay.labels.params import TripleBarrierParams
from assay.market.costs import CostParams, resolve
from assay.market.instruments import InstrumentParams, find
from assay.market.sessions import SessionParams, hours
from assay.tables.bars import BARS
from assay.tables.book import EQUITY, ROUND_TRIPS
from assay.tables.predictions import PREDICTIONS


def main() -> None:
    instrument, settings = find(params.load("instrument", InstrumentParams)), params.load("backtest", BacktestParams)
    session = hours(params.load("session", SessionParams), instrument)
    costs = resolve(params.load("costs", CostParams), instrument)
    barriers = params.load("labels.triple_barrier", TripleBarrierParams)
    file = f"{instrument.symbol}.parquet"
    bars = store.read_table(Path("data/bars") / params.load_field("bars", BarsParams, "main") / file, BARS)
    predictions = store.read_table(Path("data/predictions") / file, PREDICTIONS)
    result = backtest(bars, predictions, settings, costs, instrument, barriers, session)
    if settings.crosscheck:
        from assay.backtest.backtrader_check import crosscheck  # noqa: PLC0415 - GPL-3 and slow: only when asked for

        crosscheck(result, bars, predictions, settings, instrument, barriers)
    curves = tested(result, predictions)
    with store.writing() as beside:
        store.write_table(beside(Path("data/trades.parquet")), result.trades, ROUND_TRIPS)
        store.write_table(beside(Path("data/equity.parquet")), result.equity, EQUITY)
        store.write_json(beside(Path("reports/backtest.json")), summary(result, curves, settings.capital, instrument))
        store.write_bytes(beside(Path("reports/plots/equity.csv")), thinned(curves).write_csv().encode())


if __name__ == "__main__":
    run(main)
