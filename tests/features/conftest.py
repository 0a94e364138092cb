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
from assay.tables.depth import BOOK

TICK = 0.25
_DAY_NS = 86_400 * 10**9
N_WORLD = 2600
"""Bars of the world: more than any look-back at the default parameters."""
EVERY = every(FeatureParams(cross=CrossParams(symbols=["OTHER"])))
"""Every group on, with the parameters that say what ``world`` has beside the bars."""
INSTRUMENT = Instrument(symbol="WALK", kind="future", tick_size=TICK, zone="America/Chicago")
HOURS = Hours("America/Chicago", 17 * 3600, 16 * 3600 + 900, 15 * 3600 + 900, weekend_trading=False)
"""Overnight, 17:00 to 16:15 of the next day in Chicago, Friday until 15:15."""


@pytest.fixture(scope="package")
def instrument() -> Instrument:
    return INSTRUMENT


@pytest.fixture(scope="package")
def hours() -> Hours:
    return HOURS


@pytest.fixture(scope="package")
def trades() -> pl.DataFrame:
    return walk(900, seed=1)


@pytest.fixture(scope="package")
def quotes() -> pl.DataFrame:
    return walk(900, seed=2, quotes=True)


@pytest.fixture(scope="package")
def world() -> Inputs:
    return made_world()


def made_world() -> Inputs:
    """Quotes with all that can be known beside them: every kind of context, and another market, OTHER; from before.

    Four sessions of some hours, a day apart.
    """
    bars = in_sessions(walk(N_WORLD, seed=4, quotes=True))
    earlier = pl.col("opened_at", "closed_at") - pl.duration(hours=1, time_unit="ns")
    other = known(in_sessions(walk(N_WORLD + 1000, seed=5, quotes=True), 950).with_columns(earlier), "tick", 20, HOURS)
    return Inputs(bars, INSTRUMENT, HOURS, beside(bars), {"OTHER": Inputs(other, INSTRUMENT, HOURS)})


def in_sessions(bars: pl.DataFrame, n_bars: int = 800) -> pl.DataFrame:
    """The same bars, so many a day."""
    day = pl.duration(days=pl.col("ordinal") // n_bars, time_unit="ns")
    return typed(bars.with_columns(pl.col("opened_at", "closed_at") + day, pl.col("session") + day))


def beside(bars: pl.DataFrame, every_s: int = 300) -> dict[str, pl.DataFrame]:
    """Tables of the context over the time of the bars, books among them, each row known a second later.

    All but the books have a row every so many seconds.
    """
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
    return {kind: _context(tables[kind], time, values) for kind, values in columns.items()} | {"book": books(bars)}


def books(bars: pl.DataFrame, every_s: int = 10) -> pl.DataFrame:
    """Books of up to eight levels over the time of the bars, each known a second later; later ones have faults.

    From bar 300 on: a hole of an hour, and one book in fifty each is crossed and flagged, has no asks, is thin on one
    side, or holds nothing at its best.
    """
    first, last, hole = (bars["closed_at"].to_physical()[i] for i in (0, -1, 300))
    time = np.arange(first - 3_600 * 10**9, last, every_s * 10**9)
    time = time[((time < hole) | (time > hole + 3_600 * 10**9)) & ((time - time[0]) % _DAY_NS < 8 * 3_600 * 10**9)]
    rng, n = np.random.default_rng(8), time.size
    best = 8000 + np.cumsum(rng.integers(-1, 2, n))
    steps, sizes = rng.integers(1, 3, (2, n, 8)), rng.integers(1, 40, (2, n, 8)) / 10.0
    fault = np.where(time > hole, rng.integers(0, 50, n), 50)
    away = np.cumsum(steps, axis=2)
    away[1, fault == 0] -= 20
    sizes[:, fault == 1, 0] = 0.0
    n_levels = np.full((2, n), 8)
    n_levels[1, fault == 2], n_levels[0, fault == 3] = 0, 2
    cut = [[slice(0, k) for k in side] for side in n_levels]
    told = {
        f"{name}_{what}": [row[one].tolist() for row, one in zip(values[i], cut[i], strict=True)]
        for what, values in (
            ("prices", TICK * (best[:, None] + np.array([-1, 1])[:, None, None] * away)),
            ("sizes", sizes),
        )
        for i, name in enumerate(("bid", "ask"))
    }
    frame = pl.DataFrame({"time": time, "known_at": time + 10**9, **told, "flags": np.where(fault == 0, 64, 0)})
    return BOOK.check(frame.select(pl.col(name).cast(column.dtype) for name, column in BOOK.columns.items()), "book")


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
