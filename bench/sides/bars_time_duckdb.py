"""DuckDB: groups by the period, from a table in memory."""

from bars_input import SECONDS
from sides.bars_tick_duckdb import OHLCV, PACKAGES, prepare

__all__ = ["PACKAGES", "answer", "prepare", "work"]


def work(connection):
    period_ns = int(SECONDS * 1e9)
    query = f"SELECT time_ns // {period_ns} AS bar, {OHLCV} FROM trades GROUP BY bar ORDER BY bar"
    return connection.execute(query).fetchnumpy()


def answer(bars):
    return {name: float(bars[name][:-2].sum()) for name in ("open", "high", "low", "close", "volume")}
