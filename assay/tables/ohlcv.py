"""Bars as a venue serves them: fixed periods, stamped by their beginning and their end."""

from __future__ import annotations

import polars as pl

from assay.tables import flags
from assay.tables.bars import ROUNDING
from assay.tables.bounds import SIZE, if_given, price, summed
from assay.tables.flags import Flag, flagged
from assay.tables.table import TIME, Column, Rule, Table

OUTSIDE = (pl.col("low") > pl.min_horizontal("open", "close")) | (pl.col("high") < pl.max_horizontal("open", "close"))
"""Where open or close lies outside low to high, flagged or not."""

OHLCV = Table(
    "ohlcv",
    {
        "opened_at": Column(TIME, "first instant of the period"),
        "closed_at": Column(TIME, "first instant after the period; the row is of the past from then on"),
        "known_at": Column(TIME, "when a reader could have had the row: closed_at and the venue's publish lag"),
        "open": Column(pl.Float64, "first price, quote currency"),
        "high": Column(pl.Float64, "highest price"),
        "low": Column(pl.Float64, "lowest price"),
        "close": Column(pl.Float64, "last price"),
        "volume": Column(pl.Float64, "units traded; 0 where the venue gives none"),
        "value": Column(pl.Float64, "sum of price times size, quote currency; NaN if not given", nan=True),
        "buy_volume": Column(pl.Float64, "units that a buyer took; NaN if not given", nan=True),
        "n_trades": Column(pl.Int64, "trades; -1 if not given"),
        "flags": flags.COLUMN,
    },
    (
        Rule(
            "bars follow one another",
            pl.col("opened_at") < pl.col("closed_at").shift(1),
            "sort the rows by time, and take one bar per period",
            "overlapping_bars",
        ),
        Rule("a bar closes after it opens", pl.col("closed_at") <= pl.col("opened_at"), "check data.interval"),
        Rule("a bar is known at its end or later", pl.col("known_at") < pl.col("closed_at"), "check the publish lag"),
        *(price(name) for name in ("open", "high", "low", "close")),
        summed("volume"),
        if_given(summed("value")),
        if_given(summed("buy_volume")),
        if_given(
            Rule(
                "buy_volume is not above volume",
                pl.col("buy_volume") > pl.col("volume") * (1.0 + ROUNDING),
                "check which columns the decoder takes for volume and for buy_volume",
                SIZE,
            )
        ),
        Rule("n_trades is -1 or more", pl.col("n_trades") < -1, "write -1 where it is not given"),
        Rule("low <= high", pl.col("low") > pl.col("high"), "check the decoder's order of columns"),
        Rule(
            "low <= open, close <= high, unless flagged",
            OUTSIDE & ~flagged(Flag.RANGE),
            "flag the rows with Flag.RANGE",
            "ohlc_order",
        ),
        flags.KNOWN,
    ),
)
