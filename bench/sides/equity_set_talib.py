"""A loop over TA-Lib, with numpy where TA-Lib has nothing; float64, nothing checked."""

import numpy as np
import pandas as pd
import talib

PACKAGES = ("TA-Lib", "numpy")
DAY, HOUR = 86_400 * 10**9, 3_600 * 10**9
TURN = 2 * np.pi


def prepare(folder):
    with np.load(folder / "bars.npz") as file:
        bars = dict(file)
    return bars, offsets(bars["closed_ns"])


def offsets(closed_ns):
    """When the offset of New York changes, and to what: given for free."""
    local = (
        pd.DatetimeIndex(closed_ns.view("M8[ns]"))
        .tz_localize("UTC")
        .tz_convert("America/New_York")
        .tz_localize(None)
        .asi8
    )
    offset = local - closed_ns
    change = np.flatnonzero(np.diff(offset)) + 1
    return closed_ns[change], offset[np.concatenate([[0], change])]


def work(prepared):
    bars, clock = prepared
    return columns(bars, *clock)


def columns(bars, changes, shifts):
    o, h, l, c = bars["open"], bars["high"], bars["low"], bars["close"]
    f = {"return_1": talib.ROCP(c, 1), "log_return_1": talib.MOM(talib.LN(c), 1)}
    r, lr = f["return_1"], f["log_return_1"]
    f |= {"high_low_pct": (h - l) / c, "open_close_pct": (c - o) / o}
    f |= {"price_acceleration": talib.MOM(lr, 1), "return_sign": np.sign(r)}
    local = bars["closed_ns"] + shifts[np.searchsorted(changes, bars["closed_ns"], side="right")]
    day, since = local // DAY, local % DAY
    week = (day + 3) % 7
    f |= {"hour": (since // HOUR).astype(float), "day_of_week": week.astype(float)}
    f["is_market_open"] = ((week < 5) & (since > 9.5 * HOUR) & (since <= 16 * HOUR)).astype(float)
    angle = TURN / DAY * since
    f |= {"hour_sin": talib.SIN(angle), "hour_cos": talib.COS(angle)}
    angle = TURN / 7 * week
    f |= {"dow_sin": talib.SIN(angle), "dow_cos": talib.COS(angle)}
    for w in (24, 120, 480):
        f[f"sma_{w}"] = talib.SMA(c, w)
        f[f"close_to_sma_{w}"] = c / f[f"sma_{w}"] - 1
    f["sma_cross_24_120"] = f["sma_24"] / f["sma_120"] - 1
    f["sma_cross_120_480"] = f["sma_120"] / f["sma_480"] - 1
    top, middle, bottom = talib.BBANDS(c, 20, 2, 2)
    f |= {"bb_upper": top, "bb_lower": bottom}
    f |= {"bb_position": (c - bottom) / (top - bottom), "bb_squeeze": (top - bottom) / middle}
    f["macd"], f["macd_signal"], f["macd_hist"] = talib.MACD(c, 12, 26, 9)
    f |= {"atr": talib.ATR(h, l, c, 14), "natr": talib.NATR(h, l, c, 14), "willr": talib.WILLR(h, l, c, 14)}
    square = lr * lr
    for w in (24, 120, 480):
        f[f"rv_{w}"] = np.sqrt(talib.SMA(square, w))
    f["vol_ratio_24_120"] = f["rv_24"] / f["rv_120"]
    f["return_var_24"] = talib.VAR(r, 24) * (24 / 23)
    f |= {"macd_norm": f["macd"] / c, "rsi_14": talib.RSI(c, 14)}
    return f


def answer(result):
    return {name: float(np.abs(values[-1000:]).mean()) for name, values in sorted(result.items())}
