"""Pandas, column by column."""

import numpy as np
import pandas as pd

PACKAGES = ("pandas", "numpy")
TURN = 2 * np.pi


def prepare(folder):
    with np.load(folder / "bars.npz") as file:
        bars = pd.DataFrame(dict(file))
    bars.index = pd.DatetimeIndex(bars.pop("closed_ns").to_numpy().view("M8[ns]")).tz_localize("UTC")
    return bars


def work(bars):
    o, h, l, c = (bars[name] for name in ("open", "high", "low", "close"))
    f, before = pd.DataFrame(index=bars.index), c.shift()
    f["return_1"], f["log_return_1"] = c / before - 1, np.log(c).diff()
    f["high_low_pct"], f["open_close_pct"] = (h - l) / c, (c - o) / o
    f["price_acceleration"], f["return_sign"] = f["log_return_1"].diff(), np.sign(c - before)
    clock(f, bars.index.tz_convert("America/New_York"))
    for w in (24, 120, 480):
        f[f"sma_{w}"] = c.rolling(w).mean()
        f[f"close_to_sma_{w}"] = c / f[f"sma_{w}"] - 1
    f["sma_cross_24_120"] = f["sma_24"] / f["sma_120"] - 1
    f["sma_cross_120_480"] = f["sma_120"] / f["sma_480"] - 1
    bands(f, c)
    f["macd"] = c.ewm(span=12, adjust=False).mean() - c.ewm(span=26, adjust=False).mean()
    f["macd_signal"] = f["macd"].ewm(span=9, adjust=False).mean()
    f["macd_hist"], f["macd_norm"] = f["macd"] - f["macd_signal"], f["macd"] / c
    f["atr"] = (np.maximum(h, before) - np.minimum(l, before)).ewm(alpha=1 / 14, adjust=False).mean()
    f["natr"] = 100 * f["atr"] / c
    top = h.rolling(14).max()
    f["willr"] = 100 * (c - top) / (top - l.rolling(14).min())
    for w in (24, 120, 480):
        f[f"rv_{w}"] = np.sqrt((f["log_return_1"] ** 2).rolling(w).mean())
    f["vol_ratio_24_120"] = f["rv_24"] / f["rv_120"]
    f["return_var_24"] = f["return_1"].rolling(24).var()
    up, moved = (c - before).clip(lower=0), (c - before).abs()
    f["rsi_14"] = 100 * up.ewm(alpha=1 / 14, adjust=False).mean() / moved.ewm(alpha=1 / 14, adjust=False).mean()
    return f


def clock(f, local):
    minutes, week = np.asarray(local.hour * 60 + local.minute), np.asarray(local.day_of_week)
    f["hour"], f["day_of_week"] = np.asarray(local.hour, float), week.astype(float)
    f["is_market_open"] = ((week < 5) & (minutes > 570) & (minutes <= 960)).astype(float)
    f["hour_sin"], f["hour_cos"] = np.sin(TURN / 1440 * minutes), np.cos(TURN / 1440 * minutes)
    f["dow_sin"], f["dow_cos"] = np.sin(TURN / 7 * week), np.cos(TURN / 7 * week)


def bands(f, c):
    middle, spread = c.rolling(20).mean(), c.rolling(20).std(ddof=0)
    f["bb_upper"], f["bb_lower"] = middle + 2 * spread, middle - 2 * spread
    f["bb_position"], f["bb_squeeze"] = (c - f["bb_lower"]) / (4 * spread), 4 * spread / middle


def answer(result):
    return {name: float(result[name].iloc[-1000:].abs().mean()) for name in sorted(result.columns)}
