"""Ours: bars, context and another market in, the features table out, single precision, every infinity looked for."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from assay.features.build import build
from assay.features.catalogue import every
from assay.features.inputs import Inputs
from assay.features.params import FeatureParams
from assay.features.params.cross import CrossParams
from assay.market.instruments import Instrument
from assay.market.sessions import SessionParams, hours

PACKAGES = ("numpy", "numba", "polars", "TA-Lib")
PARAMS = every(FeatureParams(cross=CrossParams(symbols=["OTHER"])))
MARKET = Instrument(symbol="M1", kind="crypto", tick_size=0.01)
HOURS = hours(SessionParams(), MARKET)
KINDS = ("funding", "open_interest", "liquidations", "mark_price", "book")
_ROWS = 6_000


def prepare(folder: Path) -> Inputs:
    """Read what there is, and compile on some of it."""
    bars, other = (pl.read_ipc(folder / f"{name}.arrow") for name in ("bars", "other"))
    context = {kind: pl.read_ipc(folder / f"{kind}.arrow") for kind in KINDS}
    by_then = pl.col("known_at") <= bars["closed_at"][_ROWS]
    work(_inputs(bars[:_ROWS], other[:_ROWS], {kind: table.filter(by_then) for kind, table in context.items()}))
    return _inputs(bars, other, context)


def _inputs(bars: pl.DataFrame, other: pl.DataFrame, context: dict[str, pl.DataFrame]) -> Inputs:
    return Inputs(bars, MARKET, HOURS, context, {"OTHER": Inputs(other, MARKET, HOURS)})


def work(given: Inputs) -> pl.DataFrame:
    """Build the features, of inputs that nothing was made of yet."""
    markets = {name: Inputs(market.bars, MARKET, HOURS) for name, market in given.markets.items()}
    return build(given.bars, PARAMS, MARKET, HOURS, context=given.context, markets=markets)


def output_mb(result: pl.DataFrame) -> float:
    """Return the size of what was built, MB."""
    return float(result.estimated_size("mb"))


def answer(result: pl.DataFrame) -> dict[str, int]:
    """Return how many columns there are."""
    return {"n_columns": result.width}
