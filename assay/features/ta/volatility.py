"""Volatility, cycles and statistics: how far and how regularly prices swing."""

from __future__ import annotations

from assay.features.ta.line import HILBERT, HL, HLC, Line, ema, wilder

_PRICE, _PERCENT = "fraction of the price", "0 to 100"

LINES = (
    Line("adr", "ADR", "mean range of 14 bars", _PRICE, HL, form="of price"),
    Line("trange", "TRANGE", "true range of the bar", _PRICE, HLC, form="of price", by="Wilder 1978"),
    Line("avgdev", "AVGDEV", "mean absolute deviation of 14 closes", _PRICE, form="of price"),
    Line("stddev", "STDDEV", "standard deviation (ddof 0) of 5 closes", _PRICE, form="of price"),
    Line(
        "cvi",
        "CVI",
        "change over 10 bars of the EMA of 10 ranges",
        "percent",
        HL,
        memory=ema(10),
        alive="bar",
        by="Chaikin; Achelis 2000",
    ),
    Line(
        "mass",
        "MASSI",
        "sum of 25 ratios of the EMA of 9 ranges to its own EMA",
        "ratios",
        HL,
        memory=ema(9, 2),
        alive="bar",
        by="Dorsey 1992",
    ),
    Line(
        "rvi",
        "RVI",
        "relative volatility: deviations of 10 on rises over all of them, Wilder average of 14",
        _PERCENT,
        memory=wilder(14),
        alive="close",
        by="Dorsey 1993",
    ),
    Line("correl", "CORREL", "correlation of high and volume over 30 bars", "-1 to 1", ("high", "volume")),
    Line(
        "percent_rank", "PERCENTRANK", "share of the last 100 closes below the close", _PERCENT, alive="close", last=101
    ),
    Line("beta", "BETA", "slope of 5 changes of the low on those of the high", "ratio", HL),
    Line(
        "cycle_period",
        "HT_DCPERIOD",
        "dominant cycle of the close",
        "bars",
        memory=HILBERT,
        alive="close",
        last=33,
        by="Ehlers 2001",
    ),
    Line(
        "cycle_sine",
        "HT_SINE",
        "sine of the phase of the dominant cycle",
        "-1 to 1",
        memory=HILBERT,
        alive="close",
        last=64,
        by="Ehlers 2001",
    ),
    Line(
        "cycle_lead",
        "HT_SINE",
        "sine of that phase and an eighth of a turn",
        "-1 to 1",
        output=1,
        memory=HILBERT,
        alive="close",
        last=64,
        by="Ehlers 2001",
    ),
    Line(
        "in_phase",
        "HT_PHASOR",
        "in-phase part of the detrended close",
        _PRICE,
        form="of price",
        memory=HILBERT,
        by="Ehlers 2001",
    ),
    Line(
        "quadrature",
        "HT_PHASOR",
        "quadrature part of the detrended close",
        _PRICE,
        output=1,
        form="of price",
        memory=HILBERT,
        by="Ehlers 2001",
    ),
    Line(
        "trend_mode",
        "HT_TRENDMODE",
        "1 where the close trends rather than cycles",
        "0 or 1",
        memory=HILBERT,
        alive="close",
        last=64,
        by="Ehlers 2001",
    ),
)
