"""DuckDB: groups of rows by their number in the file; OHLCV, the number of trades, and the times of a bar."""

import subprocess
import sys
from pathlib import Path

import duckdb

PACKAGES = ("duckdb",)
BAR = """first(price) AS open, max(price) AS high, min(price) AS low, last(price) AS close, sum(size) AS volume,
    count(*) AS n_ticks, first(time) AS opened_at, last(time) AS closed_at"""
ROWS = "SELECT *, file_row_number // 1000 AS bar FROM read_parquet('{ticks}', file_row_number = true)"


def prepare(folder):
    return folder


def work(folder, script=__file__):
    path = folder / f"{Path(script).stem}.parquet"
    subprocess.run([sys.executable, script, str(folder), str(path)], check=True)
    return path


def answer(path):
    names = ("open", "high", "low", "close", "volume", "n_ticks")
    sums = ", ".join(f"sum({name})" for name in names)
    ((*found,),) = duckdb.connect().execute(f"SELECT {sums} FROM '{path}'").fetchall()
    return dict(zip(names, map(float, found), strict=True))


def main(folder, path, columns=BAR):
    connection = duckdb.connect()
    connection.execute("SET threads = 1")
    rows = ROWS.format(ticks=f"{folder}/data/ticks/files/WALK/*.parquet")
    query = f"SELECT bar, {columns} FROM ({rows}) GROUP BY bar ORDER BY bar"
    connection.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)")


if __name__ == "__main__":
    main(*sys.argv[1:])
