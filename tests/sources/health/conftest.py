from __future__ import annotations

import io
import zipfile
from datetime import datetime

import numpy as np
import polars as pl
import pytest

TIME = pl.Datetime("ns", "UTC")
NO_FLAGS = pl.lit(0, pl.UInt16).alias("flags")


def quotes_of(times_ns, bids=None, spread=2e-5, flags=None) -> pl.DataFrame:
    times = np.asarray(times_ns, np.int64)
    bids = np.full(times.size, 1.1) if bids is None else np.asarray(bids, np.float64)
    return pl.DataFrame(
        {
            "time": pl.Series(times).cast(TIME),
            "bid": bids,
            "ask": bids + np.asarray(spread, np.float64),
            "bid_size": np.ones(times.size),
            "ask_size": np.ones(times.size),
            "flags": pl.Series(np.zeros(times.size, np.int64) if flags is None else flags).cast(pl.UInt16),
        }
    )


def bars_of(opened_ns, step_ns) -> pl.DataFrame:
    opened = pl.Series("opened_at", np.asarray(opened_ns, np.int64))
    frame = pl.DataFrame([opened]).with_columns(closed_at=pl.col("opened_at") + step_ns)
    frame = frame.with_columns(pl.col("opened_at", "closed_at").cast(TIME))
    return frame.with_columns(pl.lit(1.0).alias("close"), NO_FLAGS)


@pytest.fixture(scope="session")
def fx(shared):
    """Return a reader of QuantConnect's EURUSD ticks of one broker, 2014-05-01 to 05-15, times as in the files."""

    def read(broker: str) -> pl.DataFrame:
        frames = []
        for path in sorted((shared / "lean" / "forex" / broker / "tick" / "eurusd").glob("*.zip")):
            midnight = datetime.strptime(path.name[:8], "%Y%m%d")  # noqa: DTZ007 - the files name no zone
            with zipfile.ZipFile(path) as archive:
                raw = io.BytesIO(archive.read(archive.namelist()[0]))
            day = pl.read_csv(raw, has_header=False, new_columns=["ms", "bid", "ask"])
            times = (pl.col("ms") * 10**6 + int(np.datetime64(midnight, "ns").astype(np.int64))).cast(TIME)
            size = pl.lit(0.0)
            frames.append(
                day.select(times.alias("time"), "bid", "ask", size.alias("bid_size"), size.alias("ask_size"), NO_FLAGS)
            )
        return pl.concat(frames)

    return read
