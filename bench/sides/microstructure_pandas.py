"""Pandas: rolling sums, means, variances and covariances."""

import numpy as np
import pandas as pd

PACKAGES = ("pandas", "numpy")
W = 50


def prepare(folder):
    with np.load(folder / "bars.npz") as file:
        return pd.DataFrame(dict(file))


def work(bars):
    f = pd.DataFrame(index=bars.index)
    signed, change = bars["buy_volume"] - bars["sell_volume"], bars["close"].diff()
    f["vpin_50"] = signed.abs().rolling(W).sum() / bars["volume"].rolling(W).sum()
    f["amihud_50"] = 1e6 * (np.log(bars["close"]).diff().abs() / bars["value"]).rolling(W).mean()
    f["kyle_lambda_50"] = change.rolling(W).cov(signed) / signed.where(change.notna()).rolling(W).var()
    against = -change.rolling(W).cov(change.shift())
    f["roll_spread_50"] = 1e4 * 2 * np.sqrt(against.clip(lower=0)) / bars["close"]
    f["corwin_schultz_50"] = 1e4 * corwin_schultz(bars).rolling(W).mean()
    return f


def corwin_schultz(bars):
    high, low, close = (np.log(bars[name]) for name in ("high", "low", "close"))
    before = close.shift()
    gap = (low - before).clip(lower=0) + (high - before).clip(upper=0)
    squares = (high - low) ** 2
    both = np.maximum(high.shift(), high - gap) - np.minimum(low.shift(), low - gap)
    a = (1 + np.sqrt(2)) * (np.sqrt(squares + squares.shift()) - both)
    return 2 * (np.exp(a) - 1) / (1 + np.exp(a))


def answer(result):
    return {name: float(result[name].iloc[-100_000:].abs().mean()) for name in result.columns}
