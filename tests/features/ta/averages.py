"""Averages by their formulas, of series of pandas; recursions start from the first value, and fade."""

from __future__ import annotations

import numpy as np
import pandas as pd


def sma(s, n):
    return s.rolling(n).mean()


def ema(s, n):
    return s.dropna().ewm(span=n, adjust=False).mean()


def wilder(s, n):
    return s.dropna().ewm(alpha=1 / n, adjust=False).mean()


def wma(s, n):
    weights = np.arange(1, n + 1)
    return s.rolling(n).apply(lambda window: window @ weights / weights.sum(), raw=True)


def highest(s, n):
    return s.rolling(n).max()


def lowest(s, n):
    return s.rolling(n).min()


def line(s, n, ahead):
    """The least-squares line through the last n values, at the last one or so many rows ahead."""
    windows = np.lib.stride_tricks.sliding_window_view(s.to_numpy(), n)
    slope, constant = np.polyfit(np.arange(n), windows.T, 1)
    return pd.Series(constant + slope * (n - 1 + ahead), s.index[n - 1 :])


def volume_mean(s, v, n):
    return (s * v).rolling(n).sum() / v.rolling(n).sum()
