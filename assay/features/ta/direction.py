"""Direction: who is stronger, and how lately and how straight prices went."""

from __future__ import annotations

from assay.features.ta.line import HL, HLC, OHLC, Line, ema, wilder

_PRICE, _PERCENT, _SIGNED = "fraction of the price", "0 to 100", "-100 to 100"

LINES = (
    Line(
        "adxr",
        "ADXR",
        "mean of ADX(14) now and 13 bars before",
        _PERCENT,
        HLC,
        memory=wilder(14, 2),
        alive="range",
        by="Wilder 1978",
    ),
    Line("dx", "DX", "directional index of 14", _PERCENT, HLC, memory=wilder(14), alive="range", by="Wilder 1978"),
    Line(
        "minus_dm",
        "MINUS_DM",
        "falls of the low, Wilder sum of 14",
        _PRICE,
        HL,
        form="of price",
        memory=wilder(14),
        by="Wilder 1978",
    ),
    Line(
        "plus_dm",
        "PLUS_DM",
        "rises of the high, Wilder sum of 14",
        _PRICE,
        HL,
        form="of price",
        memory=wilder(14),
        by="Wilder 1978",
    ),
    Line(
        "aroon_down",
        "AROON",
        "how lately the lowest low of 15 bars was",
        _PERCENT,
        HL,
        alive="range",
        last=15,
        by="Chande 1995",
    ),
    Line(
        "aroon_up",
        "AROON",
        "how lately the highest high of 15 bars was",
        _PERCENT,
        HL,
        output=1,
        alive="range",
        last=15,
        by="Chande 1995",
    ),
    Line(
        "bop",
        "BOP",
        "balance of power: (close - open) / (high - low)",
        "-1 to 1",
        OHLC,
        alive="bar",
        last=1,
        by="Livshin 2001",
    ),
    Line(
        "bull_power", "ERI", "high less EMA of 13 closes", _PRICE, HLC, form="of price", memory=ema(13), by="Elder 1993"
    ),
    Line(
        "bear_power",
        "ERI",
        "low less EMA of 13 closes",
        _PRICE,
        HLC,
        output=1,
        form="of price",
        memory=ema(13),
        by="Elder 1993",
    ),
    Line(
        "swing_high",
        "FRACTAL",
        "1 where the bar 2 bars ago proves to be a swing high",
        "0 or 1",
        HL,
        form="hundredths",
        by="Williams 1998",
    ),
    Line(
        "swing_low",
        "FRACTAL",
        "1 where the bar 2 bars ago proves to be a swing low",
        "0 or 1",
        HL,
        output=1,
        form="hundredths",
        by="Williams 1998",
    ),
    Line(
        "imi",
        "IMI",
        "intraday momentum: bodies that rise over all bodies, 14 bars",
        _PERCENT,
        ("open", "close"),
        alive="body",
        last=14,
        by="Chande, Kroll 1994",
    ),
    Line(
        "qstick", "QSTICK", "mean body of 10 bars", _PRICE, ("open", "close"), form="of price", by="Chande, Kroll 1994"
    ),
    Line(
        "vhf", "VHF", "range of 28 closes over the path between them", "0 to 1", alive="close", last=29, by="White 1991"
    ),
    Line(
        "vortex_plus",
        "VORTEX",
        "rises from low to high over true ranges, 14 bars",
        "ratio",
        HLC,
        alive="range",
        last=15,
        by="Botes, Siepman 2010",
    ),
    Line(
        "vortex_minus",
        "VORTEX",
        "falls from high to low over true ranges, 14 bars",
        "ratio",
        HLC,
        output=1,
        alive="range",
        last=15,
        by="Botes, Siepman 2010",
    ),
)
