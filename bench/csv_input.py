"""Quotes of EURUSD as CSV, four a second: the input of the works about CSV."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

FILE = "quotes.csv"
TEXT = "%Y-%m-%d %H:%M:%S%.3f"
SCHEMA = {"bid": pl.Float64, "ask": pl.Float64, "bid_size": pl.Float64, "ask_size": pl.Float64}
_STEP = 1_000_000
_FIRST_MS = 1_546_300_800_000


def written(folder: Path, n: int, *, as_text: bool) -> None:
    """Write quotes in parts, with times as text or as milliseconds since 1970-01-01."""
    generator, at_ms, level = np.random.default_rng(1), _FIRST_MS, 110_000
    with (folder / FILE).open("wb") as file:
        for start in range(0, n, _STEP):
            size = min(_STEP, n - start)
            times = at_ms + np.cumsum(generator.integers(0, 500, size))
            bid = level + np.cumsum(generator.integers(-1, 2, size))
            at_ms, level = int(times[-1]), int(bid[-1])
            sizes = generator.integers(1, 40, (2, size)) * 0.25
            ask = bid + generator.integers(1, 9, size)
            columns = {"time": times, "bid": bid / 1e5, "ask": ask / 1e5, "bid_size": sizes[0], "ask_size": sizes[1]}
            frame = pl.DataFrame(columns)
            frame = frame.with_columns(pl.from_epoch("time", "ms").dt.strftime(TEXT)) if as_text else frame
            frame.write_csv(file, include_header=start == 0)


def told(folder: Path) -> dict[str, float]:
    """Return figures of the tables that a side has written."""
    rows = pl.scan_parquet(folder / "**" / "*.parquet")
    time = pl.col("time").cast(pl.Datetime("ms")).to_physical()
    found = rows.select(time.max().alias("last_ms"), pl.len().alias("n_rows"), pl.col(*SCHEMA).sum()).collect()
    return found.row(0, named=True)
