"""Predictions to trades: what they would have earned at the next open, after costs."""

from __future__ import annotations

from pathlib import Path

from assay import params, store
from assay.backtest.curve import tested, thinned
from assay.backtest.params import BacktestParams
from assay.backtest.run import run as backtest
from assay.backtest.summary import summary
from assay.compute.shell import run
from assay.labels.params import LabelParams
from assay.market.costs import CostParams, resolve
from assay.market.instruments import InstrumentParams, find
from assay.tables.bars import BARS
from assay.tables.book import EQUITY, ROUND_TRIPS
from assay.tables.predictions import PREDICTIONS


def main() -> None:
    bar_type = params.load_value("bars.main", str)
    instrument = find(params.load("instrument", InstrumentParams))
    settings = params.load("backtest", BacktestParams)
    costs = resolve(params.load("costs", CostParams), instrument)
    barriers = params.load("labels", LabelParams).triple_barrier
    file = f"{instrument.symbol}.parquet"
    bars = store.read_table(Path("data/bars") / bar_type / file, BARS)
    predictions = store.read_table(Path("data/predictions") / file, PREDICTIONS)
    result = backtest(bars, predictions, settings, costs, instrument, barriers)
    if settings.crosscheck:
        from assay.backtest.backtrader_check import crosscheck  # noqa: PLC0415 - GPL-3 and slow: only when asked for

        crosscheck(result, bars, predictions, settings, instrument, barriers)
    curves = tested(result, predictions)
    report, points = summary(result, curves, settings.capital, instrument), thinned(curves).write_csv().encode()
    store.write_json(Path("reports/backtest.json"), report)  # first, for it is refused where a number is not finite
    store.write_table(Path("data/trades.parquet"), result.trades, ROUND_TRIPS)
    store.write_table(Path("data/equity.parquet"), result.equity, EQUITY)
    store.write_bytes(Path("reports/plots/equity.csv"), points)


if __name__ == "__main__":
    run(main)
