"""Candlestick patterns: each 1 where it is bullish, -1 where it is bearish, 0 where it is not there."""

from __future__ import annotations

import talib.abstract

from assay.features.ta.line import OHLC, Line

_NAMES = (
    *("2CROWS", "3BLACKCROWS", "3INSIDE", "3LINESTRIKE", "3OUTSIDE", "3STARSINSOUTH", "3WHITESOLDIERS"),
    *("ABANDONEDBABY", "ADVANCEBLOCK", "BELTHOLD", "BREAKAWAY", "CLOSINGMARUBOZU", "CONCEALBABYSWALL"),
    *("COUNTERATTACK", "DARKCLOUDCOVER", "DOJI", "DOJISTAR", "DRAGONFLYDOJI", "ENGULFING", "EVENINGDOJISTAR"),
    *("EVENINGSTAR", "GAPSIDESIDEWHITE", "GRAVESTONEDOJI", "HAMMER", "HANGINGMAN", "HARAMI", "HARAMICROSS"),
    *("HIGHWAVE", "HIKKAKE", "HIKKAKEMOD", "HOMINGPIGEON", "IDENTICAL3CROWS", "INNECK", "INVERTEDHAMMER"),
    *("KICKING", "KICKINGBYLENGTH", "LADDERBOTTOM", "LONGLEGGEDDOJI", "LONGLINE", "MARUBOZU", "MATCHINGLOW"),
    *("MATHOLD", "MORNINGDOJISTAR", "MORNINGSTAR", "ONNECK", "PIERCING", "RICKSHAWMAN", "RISEFALL3METHODS"),
    *("SEPARATINGLINES", "SHOOTINGSTAR", "SHORTLINE", "SPINNINGTOP", "STALLEDPATTERN", "STICKSANDWICH", "TAKURI"),
    *("TASUKIGAP", "THRUSTING", "TRISTAR", "UNIQUE3RIVER", "UPSIDEGAP2CROWS", "XSIDEGAP3METHODS"),
)
_REMEMBERS = {"HIKKAKE": 5, "HIKKAKEMOD": 5}
"""Bars for which a pattern waits to be confirmed, beyond its look-back."""


def _line(name: str) -> Line:
    function = f"CDL{name}"
    words = talib.abstract.Function(function).info["display_name"]  # type: ignore[attr-defined] # made at run time
    told = f"candlestick pattern: {words}; 1 bullish, -1 bearish, 0 none"
    return Line(
        f"cdl_{name.lower()}",
        function,
        f"{told}, 2 confirmed" if name in _REMEMBERS else told,
        "-2 to 2" if name in _REMEMBERS else "-1 to 1",
        OHLC,
        form="hundredths",
        memory=_REMEMBERS.get(name, 0),
        by="Nison 1991",
    )


LINES = tuple(map(_line, _NAMES))
