"""Polars expressions."""

import math

import numpy as np
import polars as pl

PACKAGES = ("polars",)


def prepare(folder):
    with np.load(folder / "bars.npz") as file:
        bars = pl.DataFrame(dict(file))
    return bars.with_columns(time=pl.from_epoch("closed_ns", "ns").dt.replace_time_zone("UTC"))


def work(bars):
    local = pl.col("time").dt.convert_time_zone("America/New_York")
    o, h, l, c = (pl.col(name) for name in ("open", "high", "low", "close"))
    before = c.shift(1)
    minutes = local.dt.hour().cast(pl.Float64) * 60 + local.dt.minute()
    week = local.dt.weekday() - 1
    first = bars.lazy().select(
        "close",
        return_1=c / before - 1,
        log_return_1=c.log().diff(),
        high_low_pct=(h - l) / c,
        open_close_pct=(c - o) / o,
        return_sign=(c - before).sign(),
        hour=local.dt.hour().cast(pl.Float64),
        day_of_week=week.cast(pl.Float64),
        is_market_open=((week < 5) & (minutes > 570) & (minutes <= 960)).cast(pl.Float64),
        hour_sin=(minutes * (2 * math.pi / 1440)).sin(),
        hour_cos=(minutes * (2 * math.pi / 1440)).cos(),
        dow_sin=(week * (2 * math.pi / 7)).sin(),
        dow_cos=(week * (2 * math.pi / 7)).cos(),
        **{f"sma_{w}": c.rolling_mean(w) for w in (24, 120, 480)},
        middle=c.rolling_mean(20),
        spread=c.rolling_std(20, ddof=0),
        macd=ema(c, 12) - ema(c, 26),
        atr=pl.max_horizontal(h, before).sub(pl.min_horizontal(l, before)).ewm_mean(alpha=1 / 14, adjust=False),
        willr=100 * (c - h.rolling_max(14)) / (h.rolling_max(14) - l.rolling_min(14)),
        up=(c - before).clip(lower_bound=0).ewm_mean(alpha=1 / 14, adjust=False),
        moved=(c - before).abs().ewm_mean(alpha=1 / 14, adjust=False),
    )
    return second(first).collect()


def ema(x, span):
    return x.ewm_mean(span=span, adjust=False)


def second(frame):
    col = pl.col
    made = frame.with_columns(
        price_acceleration=col("log_return_1").diff(),
        **{f"close_to_sma_{w}": col("close") / col(f"sma_{w}") - 1 for w in (24, 120, 480)},
        sma_cross_24_120=col("sma_24") / col("sma_120") - 1,
        sma_cross_120_480=col("sma_120") / col("sma_480") - 1,
        bb_upper=col("middle") + 2 * col("spread"),
        bb_lower=col("middle") - 2 * col("spread"),
        bb_position=(col("close") - col("middle")) / (4 * col("spread")) + 0.5,
        bb_squeeze=4 * col("spread") / col("middle"),
        macd_signal=ema(col("macd"), 9),
        natr=100 * col("atr") / col("close"),
        **{f"rv_{w}": (col("log_return_1") ** 2).rolling_mean(w).sqrt() for w in (24, 120, 480)},
        return_var_24=col("return_1").rolling_var(24),
        macd_norm=col("macd") / col("close"),
        rsi_14=100 * col("up") / col("moved"),
    )
    ratios = {"macd_hist": col("macd") - col("macd_signal"), "vol_ratio_24_120": col("rv_24") / col("rv_120")}
    return made.with_columns(**ratios).drop("close", "middle", "spread", "up", "moved")


def answer(result):
    return {name: float(result[name][-1000:].abs().mean()) for name in sorted(result.columns)}
