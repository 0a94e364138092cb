"""Ours: bars in, the features table out, single precision, every infinity looked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from assay.features.build import build
from assay.features.params import FeatureParams
from assay.manual.use import preset
from assay.market.instruments import Instrument
from assay.market.sessions import SessionParams, hours
from assay.tables.bars import BARS

PACKAGES = ("numpy", "numba", "polars", "TA-Lib")
PARAMS = FeatureParams.model_validate(preset("us_equities_hourly_36")["features"])
SPY = Instrument(
    symbol="SPY",
    kind="equity",
    tick_size=0.01,
    zone="America/New_York",
    session_start="09:30",
    session_end="16:00",
)
HOURS = hours(SessionParams(), SPY)
_DAY_NS, _MINUTE_NS = 86_400_000_000_000, 60_000_000_000
_EASTERN_NS = 300 * _MINUTE_NS


def prepare(folder: Path) -> pl.DataFrame:
    """Read the bars, and compile on some of them."""
    with np.load(folder / "bars.npz") as file:
        bars = table(dict(file))
    work(bars[:2000])
    return bars


def table(given: dict[str, Any]) -> pl.DataFrame:
    """Return a bars table of times and prices."""
    n, closed_ns = given["close"].size, given["closed_ns"]
    given["closed_at"], given["opened_at"] = closed_ns, closed_ns - _MINUTE_NS
    given["session"] = ((closed_ns - _EASTERN_NS) // _DAY_NS).astype(np.int32)
    given["symbol"], given["ordinal"] = np.full(n, "SPY"), np.arange(n)
    columns = {name: given.get(name, np.ones(n)) for name in BARS.columns}
    return pl.DataFrame(columns).select(pl.col(name).cast(column.dtype) for name, column in BARS.columns.items())


def work(bars: pl.DataFrame) -> pl.DataFrame:
    """Build the features."""
    return build(bars, PARAMS, SPY, HOURS)


def answer(result: pl.DataFrame) -> dict[str, float]:
    """Return the mean size of each column's last values."""
    last = result[-1000:]
    return {name: float(np.abs(last[name].to_numpy().astype(float)).mean()) for name in sorted(result.columns[3:])}
