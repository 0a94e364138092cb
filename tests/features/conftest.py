from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from assay.market.instruments import Instrument
from assay.market.sessions import Hours
from assay.tables.bars import BARS

TICK = 0.25


@pytest.fixture(scope="package")
def instrument() -> Instrument:
    return Instrument(symbol="WALK", kind="future", tick_size=TICK, zone="America/Chicago")


@pytest.fixture(scope="package")
def hours() -> Hours:
    """Overnight, 17:00 to 16:15 of the next day in Chicago, Friday until 15:15."""
    return Hours("America/Chicago", 17 * 3600, 16 * 3600 + 900, 15 * 3600 + 900, weekend_trading=False)


@pytest.fixture(scope="package")
def trades() -> pl.DataFrame:
    return walk(900, seed=1)


@pytest.fixture(scope="package")
def quotes() -> pl.DataFrame:
    return walk(900, seed=2, quotes=True)


def walk(n_bars: int, seed: int, *, n_ticks: int = 20, quotes: bool = False) -> pl.DataFrame:
    """A valid bars table, bar by bar from the ticks of a random walk on a price grid, Monday 17:00 Chicago onward."""
    rng = np.random.default_rng(seed)
    price = 8000 + np.cumsum(rng.integers(-1, 2, n_bars * n_ticks))
    time = 1_378_159_200_000_000_000 + np.cumsum(rng.integers(0, 3_000_000_000, n_bars * n_ticks))
    size = rng.integers(1, 30, n_bars * n_ticks).astype(float)
    sign = rng.integers(-1, 2, n_bars * n_ticks)
    spread = TICK * rng.integers(1, 4, n_bars * n_ticks)
    tilt = rng.uniform(-1, 1, n_bars * n_ticks)
    rows = []
    for ordinal in range(n_bars):
        one = slice(ordinal * n_ticks, (ordinal + 1) * n_ticks)
        p, v, s, t = TICK * price[one], size[one], sign[one], time[one]
        rows.append(
            {
                "symbol": "WALK",
                "ordinal": ordinal,
                "session": 15_951,
                "opened_at": t[0],
                "closed_at": t[-1],
                "open": p[0],
                "high": p.max(),
                "low": p.min(),
                "close": p[-1],
                "volume": v.sum(),
                "buy_volume": v[s > 0].sum(),
                "sell_volume": v[s < 0].sum(),
                "value": (p * v).sum(),
                "vwap": (p * v).sum() / v.sum(),
                "n_ticks": n_ticks,
                "n_buys": int((s > 0).sum()),
                "n_sells": int((s < 0).sum()),
                "path": np.abs(np.diff(p)).sum(),
                "largest": v.max(),
                "spread_open": spread[one][0] if quotes else np.nan,
                "spread_mean": spread[one].mean() if quotes else np.nan,
                "imbalance": tilt[one].mean() if quotes else np.nan,
                "partial": False,
            }
        )
    return typed(pl.DataFrame(rows, schema_overrides={"ordinal": pl.Int64, "session": pl.Int32}))


def typed(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with the types of the bars table, checked."""
    return BARS.check(frame.select(pl.col(name).cast(column.dtype) for name, column in BARS.columns.items()), "walk")


def ohlcv(frame: pl.DataFrame) -> pl.DataFrame:
    """A bars table of given prices and volumes, for indicators that read nothing else."""
    n = frame.height
    row = np.arange(n)
    fixed = {
        "symbol": ["X"] * n,
        "ordinal": row,
        "session": row,
        "opened_at": row * 86_400_000_000_000,
        "closed_at": row * 86_400_000_000_000 + 1,
        **dict.fromkeys(("buy_volume", "sell_volume", "path"), np.zeros(n)),
        **dict.fromkeys(("spread_open", "spread_mean", "imbalance"), np.full(n, np.nan)),
        **dict.fromkeys(("n_buys", "n_sells"), np.ones(n)),
        "n_ticks": np.full(n, 2),
        "partial": np.zeros(n, bool),
    }
    volume = frame["volume"] if "volume" in frame.columns else pl.Series("volume", np.ones(n))
    priced = frame.select("open", "high", "low", "close").with_columns(
        volume=volume, value=volume * frame["close"], vwap=frame["close"], largest=volume
    )
    return typed(priced.with_columns(pl.Series(name, values) for name, values in fixed.items()))
