"""Technical analysis: the field's indicators with its usual periods, made free of the price level."""

from __future__ import annotations

from functools import partial
from itertools import pairwise

import talib

from assay.features import indicators
from assay.features.feature import Feature
from assay.features.params.prices import TechnicalParams
from assay.stats import rolling

_feature = partial(Feature, "technical")

_PERCENT, _OF_PRICE = "0 to 100", "fraction of the price"
_NO_RANGE = "no bar of the look-back had a range"
_NO_DIRECTION = f"{indicators.NO_DIRECTION} for {indicators.UNDIRECTED} bars"


def features(params: TechnicalParams) -> list[Feature]:
    """Return the entries of the group."""
    windows = tuple(params.sma_windows)
    return [
        *_MOMENTUM,
        *_TREND,
        *_BANDS,
        *(_close_to_sma(window, windows) for window in windows),
        *(_sma_cross(short, long, windows) for short, long in pairwise(windows)),
    ]


def _close_to_sma(window: int, windows: tuple[int, ...]) -> Feature:
    return _feature(
        f"close_to_sma_{window}",
        f"close / mean of {window} closes - 1",
        _OF_PRICE,
        window,
        lambda x: rolling.excess(x.ticks("close"), x.mean("close", window, windows)),
        "simple moving average",
    )


def _sma_cross(short: int, long: int, windows: tuple[int, ...]) -> Feature:
    return _feature(
        f"sma_cross_{short}_{long}",
        f"mean of {short} closes / mean of {long} closes - 1",
        _OF_PRICE,
        max(short, long),
        lambda x: rolling.excess(x.mean("close", short, windows), x.mean("close", long, windows)),
        "simple moving averages",
    )


def _wilder(name: str, function: str, starts_at: int, definition: str, undefined: str) -> Feature:
    return _feature(
        name,
        f"{definition}; NaN where {undefined}",
        _PERCENT,
        indicators.FADED,
        lambda x: indicators.directional(function, x, 14, indicators.FADED),
        f"Wilder 1978; TA-Lib {function}",
        starts_at=starts_at,
        fades=False,
    )


_MOMENTUM = (
    _feature(
        "rsi_14",
        "relative strength index, Wilder average of 14; NaN where the close stood still for the look-back",
        _PERCENT,
        indicators.FADED,
        lambda x: indicators.rsi(x, 14, indicators.FADED),
        "Wilder 1978; TA-Lib RSI",
        starts_at=14,
        fades=False,
    ),
    _feature(
        "macd_norm",
        "EMA of 12 closes less EMA of 26, over the close",
        _OF_PRICE,
        indicators.FADED,
        lambda x: indicators.macd(x, 0),
        "Appel 2005; TA-Lib MACD",
        starts_at=33,
    ),
    _feature(
        "macd_hist_norm",
        "MACD(12, 26) less its EMA of 9, over the close",
        _OF_PRICE,
        indicators.FADED,
        lambda x: indicators.macd(x, 2),
        "Appel 2005; TA-Lib MACD",
        starts_at=33,
    ),
    _feature(
        "cci",
        "commodity channel index of 20 bars; NaN where the typical price stood still",
        "0.015 mean deviations",
        20,
        lambda x: indicators.cci(x, 20),
        "Lambert 1980; TA-Lib CCI",
        starts_at=19,
    ),
    _feature(
        "willr",
        "Williams %R of 14 bars, -100 at the lowest low; NaN where there was no range",
        "-100 to 0",
        14,
        lambda x: indicators.stochastic(x, 14) - 100.0,
        "Williams 1979; equal to TA-Lib WILLR",
    ),
    _feature(
        "stoch_k",
        "slow %K: mean of the last 3 stochastics of 14 bars; NaN where one had no range",
        _PERCENT,
        16,
        lambda x: rolling.mean(indicators.stochastic(x, 14), 3),
        "Lane 1984; equal to TA-Lib STOCH",
    ),
    _feature(
        "stoch_d",
        "slow %D: mean of the last 3 slow %K; NaN where one is",
        _PERCENT,
        18,
        lambda x: rolling.mean(rolling.mean(indicators.stochastic(x, 14), 3), 3),
        "Lane 1984; equal to TA-Lib STOCH",
    ),
    _feature(
        "mfi_14",
        "money flow index of 14 bars; NaN where the typical price stood still or nothing was traded",
        _PERCENT,
        15,
        lambda x: indicators.money_flow(x, 14),
        "Quong, Soudack 1989; equal to TA-Lib MFI where that is defined",
        needs=("volume",),
    ),
    _feature(
        "ultosc",
        "ultimate oscillator (7, 14, 28); NaN where the last 7 bars had no range",
        _PERCENT,
        29,
        indicators.ultimate,
        "Williams 1985; TA-Lib ULTOSC",
        starts_at=28,
    ),
    _feature(
        "bop_14",
        "balance of power: sum of close - open / sum of high - low of 14 bars; NaN where there was no range",
        "-1 to 1",
        14,
        lambda x: indicators.power_balance(x, 14),
        "Livshin 2001, as a ratio of sums",
    ),
)

_TREND = (
    _wilder("adx_14", "ADX", 27, "average directional index, 14 bars", _NO_DIRECTION),
    _wilder("plus_di_14", "PLUS_DI", 14, "+DI: up moves in true ranges, 14 bars", _NO_RANGE),
    _wilder("minus_di_14", "MINUS_DI", 14, "-DI: down moves in true ranges, 14 bars", _NO_RANGE),
    _feature(
        "aroon_osc_14",
        "Aroon up less Aroon down, 14 bars; NaN where highs and lows stood still",
        "-100 to 100",
        15,
        lambda x: indicators.aroon(x, 14),
        "Chande 1995; TA-Lib AROONOSC",
        starts_at=14,
    ),
    _feature(
        "trix_18",
        "change of the triple EMA of 18 closes over one bar",
        "percent",
        indicators.FADED,
        lambda x: talib.TRIX(x.ticks("close"), 18),
        "Hutson 1983; TA-Lib TRIX",
        starts_at=52,
    ),
    _feature(
        "linreg_slope_14",
        "least-squares slope of 14 closes, over the close",
        "fraction of the price per bar",
        14,
        lambda x: talib.LINEARREG_SLOPE(x.ticks("close"), 14) / x.ticks("close"),
        "least squares; TA-Lib LINEARREG_SLOPE",
        starts_at=13,
    ),
)

_BANDS = (
    _feature(
        "natr",
        "Wilder average of 14 true ranges, over the close",
        "percent of the price",
        indicators.FADED,
        lambda x: indicators.atr(x, 14) / x.ticks("close") * 100.0,
        "Wilder 1978; TA-Lib NATR",
        starts_at=14,
    ),
    _feature(
        "bb_position",
        "(close - lower band) / (upper - lower) of Bollinger(20, 2); NaN where the closes are equal",
        "0 at the lower, 1 at the upper band",
        20,
        lambda x: indicators.band_position(x, 20),
        "Bollinger 2001; equal to TA-Lib BBANDS",
    ),
    _feature(
        "bb_squeeze",
        "(upper - lower) / middle of Bollinger(20, 2)",
        _OF_PRICE,
        20,
        lambda x: indicators.band_width(x, 20),
        "Bollinger 2001; equal to TA-Lib BBANDS",
    ),
)
