"""DuckDB: groups by the period, from a table in memory."""

from bars_input import SECONDS
from sides.bars_columns_duckdb import MORE
from sides.bars_tick_duckdb import OHLCV, PACKAGES, prepare

__all__ = ["PACKAGES", "answer", "prepare", "work"]

STEP = """CASE WHEN lag(time_ns) OVER (ORDER BY i) // {ns} = time_ns // {ns}
    THEN abs(price - lag(price) OVER (ORDER BY i)) ELSE 0 END AS step"""


def work(connection):
    period_ns = int(SECONDS * 1e9)
    rows = f"SELECT *, {STEP.format(ns=period_ns)} FROM trades"
    query = f"SELECT time_ns // {period_ns} AS bar, {OHLCV}, {MORE} FROM ({rows}) GROUP BY bar ORDER BY bar"
    return connection.execute(query).fetchnumpy()


def answer(bars):
    return {name: float(bars[name][:-2].sum()) for name in bars if name not in ("bar", "opened_at", "closed_at")}
