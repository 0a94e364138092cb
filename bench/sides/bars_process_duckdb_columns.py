"""DuckDB: the columns of our bars, but for the path, which is no aggregate."""

import sys
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import bars_process_duckdb as lean

PACKAGES, prepare, answer, work = lean.PACKAGES, lean.prepare, lean.answer, partial(lean.work, script=__file__)
MORE = """count(*) FILTER (side > 0) AS n_buys, count(*) FILTER (side < 0) AS n_sells,
    coalesce(sum(size) FILTER (side > 0), 0) AS buy_volume, coalesce(sum(size) FILTER (side < 0), 0) AS sell_volume,
    sum(price * size) AS value, sum(price * size) / sum(size) AS vwap, max(size) AS largest"""

if __name__ == "__main__":
    lean.main(*sys.argv[1:], columns=f"{lean.BAR}, {MORE}")
