"""Ours: bars in, the features table out, single precision, every infinity looked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from assay.features.build import build
from assay.features.params import FeatureParams
from assay.features.params.microstructure import MicrostructureParams
from assay.market.instruments import Instrument
from assay.market.sessions import SessionParams, hours
from assay.tables.bars import BARS

PACKAGES = ("numpy", "numba", "polars")
NAMES = ["vpin_50", "amihud_50", "kyle_lambda_50", "roll_spread_50", "corwin_schultz_50"]
PARAMS = FeatureParams(microstructure=MicrostructureParams(enabled=True), only=NAMES)
SHARE = Instrument(symbol="SHARE", kind="equity", tick_size=0.01)
HOURS = hours(SessionParams(), SHARE)


def prepare(folder: Path) -> pl.DataFrame:
    """Read the bars, and compile on some of them."""
    with np.load(folder / "bars.npz") as file:
        given = dict(file)
    n = given["close"].size
    given["symbol"], given["ordinal"] = np.full(n, "SHARE"), np.arange(n)
    columns = {name: given.get(name, np.ones(n)) for name in BARS.columns}
    bars = pl.DataFrame(columns).select(pl.col(name).cast(column.dtype) for name, column in BARS.columns.items())
    work(bars[:2000])
    return bars


def work(bars: pl.DataFrame) -> pl.DataFrame:
    """Build the features."""
    return build(bars, PARAMS, SHARE, HOURS)


def answer(result: pl.DataFrame) -> dict[str, float]:
    """Return the mean size of each column's last values."""
    last = result[-100_000:]
    return {name: float(np.abs(last[name].to_numpy().astype(float)).mean()) for name in NAMES}
