"""Averages, bands and ranges in quote currency: for people, and for models of one market at one level."""

from __future__ import annotations

from functools import partial

from assay.features import indicators
from assay.features.feature import Feature
from assay.features.inputs import Inputs
from assay.features.params.prices import LevelParams
from assay.types import Floats

_MONEY = "quote currency"
_feature = partial(Feature, "levels", unit=_MONEY, price_power=1)

_APPEL = "Appel 2005; TA-Lib MACD"
_BANDS = "Bollinger 2001; equal to TA-Lib BBANDS"


def features(params: LevelParams) -> list[Feature]:
    """Return the entries of the group."""
    windows = tuple(params.sma_windows)
    return [*(_sma(window, windows) for window in windows), *_ENTRIES]


def money(x: Inputs, ticks: Floats) -> Floats:
    """Return a price or a distance in ticks in quote currency."""
    return ticks * x.instrument.tick_size


def _sma(window: int, windows: tuple[int, ...]) -> Feature:
    return _feature(
        name=f"sma_{window}",
        definition=f"mean of {window} closes",
        lookback=window,
        function=lambda x: money(x, x.mean("close", window, windows)),
        reference="simple moving average",
    )


def _band(name: str, sign: float, word: str) -> Feature:
    return _feature(
        name=name,
        definition=f"mean of 20 closes {word} 2 standard deviations (ddof 0)",
        lookback=20,
        function=lambda x: money(x, indicators.band(x, 20, sign)),
        reference=_BANDS,
    )


def _macd(name: str, line: int, definition: str) -> Feature:
    return _feature(
        name=name,
        definition=definition,
        lookback=indicators.FADED,
        function=lambda x: money(x, indicators.macd_lines(x)[line]),
        reference=_APPEL,
        starts_at=33,
    )


_ENTRIES = (
    _band("bb_upper", 1.0, "plus"),
    _band("bb_lower", -1.0, "less"),
    _macd("macd", 0, "EMA of 12 closes less EMA of 26"),
    _macd("macd_signal", 1, "EMA of 9 of MACD(12, 26)"),
    _macd("macd_hist", 2, "MACD(12, 26) less its EMA of 9"),
    _feature(
        name="atr",
        definition="Wilder average of 14 true ranges, seeded with their mean from the second bar on",
        lookback=indicators.FADED,
        function=lambda x: money(x, indicators.atr(x, 14)),
        reference="Wilder 1978; TA-Lib ATR",
        starts_at=14,
    ),
)
