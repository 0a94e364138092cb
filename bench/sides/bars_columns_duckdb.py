"""DuckDB."""

from bars_input import N_TICKS
from sides.bars_tick_duckdb import OHLCV, PACKAGES, prepare

__all__ = ["PACKAGES", "answer", "prepare", "work"]

MORE = """first(time_ns) AS opened_at, last(time_ns) AS closed_at, count(*) AS n_ticks,
    count(*) FILTER (side > 0) AS n_buys, count(*) FILTER (side < 0) AS n_sells,
    coalesce(sum(size) FILTER (side > 0), 0) AS buy_volume, coalesce(sum(size) FILTER (side < 0), 0) AS sell_volume,
    sum(price * size) AS value, sum(price * size) / sum(size) AS vwap, max(size) AS largest, sum(step) AS path"""
STEP = "CASE WHEN i % {n} > 0 THEN abs(price - lag(price) OVER (ORDER BY i)) ELSE 0 END AS step"


def work(connection):
    rows = f"SELECT *, {STEP.format(n=N_TICKS)} FROM trades"
    query = f"SELECT i // {N_TICKS} AS bar, {OHLCV}, {MORE} FROM ({rows}) GROUP BY bar ORDER BY bar"
    return connection.execute(query).fetchnumpy()


def answer(bars):
    return {name: float(bars[name].sum()) for name in bars if name not in ("bar", "opened_at", "closed_at")}
