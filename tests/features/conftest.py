from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from assay.bars.known import known
from assay.features.catalogue import every
from assay.features.inputs import Inputs
from assay.features.params import FeatureParams
from assay.features.params.cross import CrossParams
from assay.market.instruments import Instrument
from assay.market.sessions import Hours
from assay.tables import context
from assay.tables.bars import BARS

TICK = 0.25
N_WORLD = 2600
"""Bars of the world: more than any look-back at the default parameters."""
EVERY = every(FeatureParams(cross=CrossParams(symbols=["OTHER"])))
"""Every group on, with the parameters that say what ``world`` has beside the bars."""


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


@pytest.fixture(scope="package")
def world(instrument, hours) -> Inputs:
    """Quotes with all that can be known beside them: every kind of context, and another market, OTHER; from before."""
    bars = walk(N_WORLD, seed=4, quotes=True)
    earlier = pl.col("opened_at", "closed_at") - pl.duration(hours=1, time_unit="ns")
    other = known(walk(N_WORLD + 200, seed=5, quotes=True).with_columns(earlier), "tick", 20)
    return Inputs(bars, instrument, hours, beside(bars), {"OTHER": Inputs(other, instrument, hours)})


def beside(bars: pl.DataFrame, every_s: int = 300) -> dict[str, pl.DataFrame]:
    """Tables of the context over the time of the bars, a row every so many seconds, each known a second later."""
    first, last = (bars["closed_at"].to_physical()[i] for i in (0, -1))
    time = np.arange(first - 400 * every_s * 10**9, last, every_s * 10**9)
    rng, n = np.random.default_rng(6), time.size
    mark = 2000 + np.cumsum(rng.normal(0, 0.5, n))
    opened = 1e5 * np.exp(np.cumsum(rng.normal(0, 0.01, n)))
    columns = {
        "funding": {"rate": rng.normal(1e-4, 1e-4, n), "mark_price": mark},
        "open_interest": {
            "open_interest": opened,
            "value": opened * mark,
            "long_short_accounts": rng.uniform(0.5, 2, n),
            "long_short_top_accounts": rng.uniform(0.5, 2, n),
            "long_short_top_positions": rng.uniform(0.5, 2, n),
            "taker_buy_sell": rng.uniform(0.5, 2, n),
        },
        "liquidations": {"side": rng.choice([-1, 1], n), "price": mark, "size": np.ones(n), "value": mark},
        "mark_price": {"mark": mark, "index": mark + rng.normal(0, 0.2, n), "rate": rng.normal(1e-4, 1e-4, n)},
    }
    tables = {table.name: table for table in (context.FUNDING, context.OPEN_INTEREST, context.LIQUIDATIONS)}
    tables[context.MARK_PRICE.name] = context.MARK_PRICE
    return {kind: _context(tables[kind], time, values) for kind, values in columns.items()}


def _context(table, time, values) -> pl.DataFrame:
    frame = pl.DataFrame({"time": time, "known_at": time + 10**9, **values, "flags": np.zeros(time.size, np.uint16)})
    typed = frame.select(pl.col(name).cast(column.dtype) for name, column in table.columns.items())
    return table.check(typed, table.name)


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
                "order_flow": np.rint(tilt[one] * v).sum() if quotes else np.nan,
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
        **dict.fromkeys(("spread_open", "spread_mean", "imbalance", "order_flow"), np.full(n, np.nan)),
        **dict.fromkeys(("n_buys", "n_sells"), np.ones(n)),
        "n_ticks": np.full(n, 2),
        "partial": np.zeros(n, bool),
    }
    volume = frame["volume"] if "volume" in frame.columns else pl.Series("volume", np.ones(n))
    priced = frame.select("open", "high", "low", "close").with_columns(
        volume=volume, value=volume * frame["close"], vwap=frame["close"], largest=volume
    )
    return typed(priced.with_columns(pl.Series(name, values) for name, values in fixed.items()))
