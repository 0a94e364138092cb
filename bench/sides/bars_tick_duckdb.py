"""DuckDB: groups of rows by their number, from a table in memory."""

import duckdb
import polars as pl
from bars_input import N_TICKS, read

PACKAGES = ("duckdb",)
OHLCV = """first(price) AS open, max(price) AS high, min(price) AS low, last(price) AS close,
    sum(size) AS volume"""


def prepare(folder):
    frame = pl.DataFrame(read(folder)).with_row_index("i")  # noqa: F841 - the query names it
    connection = duckdb.connect()
    connection.execute("SET threads = 1")
    connection.execute("CREATE TABLE trades AS SELECT * FROM frame")
    return connection


def work(connection):
    query = f"SELECT i // {N_TICKS} AS bar, {OHLCV} FROM trades GROUP BY bar ORDER BY bar"
    return connection.execute(query).fetchnumpy()


def answer(bars):
    return {name: float(bars[name][:-1].sum()) for name in ("open", "high", "low", "close", "volume")}
