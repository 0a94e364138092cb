"""Bars: identified by (symbol, ordinal), stamped with the time of their last tick."""

from __future__ import annotations

import polars as pl

from assay.tables.table import TIME, Column, Rule, Table

LEAST, MOST = 1e-12, 1e12
"""Prices within which returns and their fourth powers stay finite, quote currency."""
ROUNDING = 1e-9
"""Of a volume: how far two sums of the same sizes may lie apart, by the order in which they were summed."""

_SUMS = ("value", "volume", "buy_volume", "sell_volume", "largest", "vwap", "path")
_OF_QUOTES = ("spread_open", "spread_mean", "imbalance", "order_flow")

BARS = Table(
    "bars",
    {
        "symbol": Column(pl.String, "instrument"),
        "ordinal": Column(pl.Int64, "number of the bar, from 0 without gaps; joins, fills and splits go by it"),
        "session": Column(pl.Date, "trading day by the exchange's calendar"),
        "opened_at": Column(TIME, "time of the first tick"),
        "closed_at": Column(TIME, "time of the last tick; the bar exists from then on"),
        "open": Column(pl.Float64, "price of the first tick; of a quote, halfway between bid and ask"),
        "high": Column(pl.Float64, "highest price"),
        "low": Column(pl.Float64, "lowest price"),
        "close": Column(pl.Float64, "price of the last tick"),
        "volume": Column(pl.Float64, "units traded; of quotes, the mean of the units quoted on both sides"),
        "buy_volume": Column(pl.Float64, "volume of ticks signed +1 (given side, else tick rule)"),
        "sell_volume": Column(pl.Float64, "volume of ticks signed -1"),
        "value": Column(pl.Float64, "sum of price times size, quote currency; the multiplier is not in it"),
        "vwap": Column(pl.Float64, "value / volume; the mean price where no size is given"),
        "n_ticks": Column(pl.Int64, "ticks in the bar"),
        "n_buys": Column(pl.Int64, "ticks signed +1"),
        "n_sells": Column(pl.Int64, "ticks signed -1"),
        "path": Column(pl.Float64, "sum of absolute price changes inside the bar, the step into it left out"),
        "largest": Column(pl.Float64, "largest size of one tick"),
        "spread_open": Column(pl.Float64, "ask - bid at the first tick; NaN where only trades are known", nan=True),
        "spread_mean": Column(pl.Float64, "mean ask - bid over the ticks; NaN for trades", nan=True),
        "imbalance": Column(pl.Float64, "mean (bid_size - ask_size) / (bid_size + ask_size); NaN for trades", nan=True),
        "partial": Column(pl.Boolean, "closed by a session break before it was full"),
        "order_flow": Column(
            pl.Float64,
            "sum of what each quote after the first of its session adds to demand and takes from supply at the best "
            "prices (Cont, Kukanov, Stoikov 2014, eq. 2), units; NaN for trades",
            nan=True,
        ),
    },
    (
        Rule("ordinals count from 0", pl.col("ordinal") != pl.int_range(pl.len()), "keep every bar, in order"),
        Rule("bars follow one another", pl.col("opened_at") < pl.col("closed_at").shift(1), "sort the ticks"),
        Rule("a bar closes after it opens", pl.col("closed_at") < pl.col("opened_at"), "sort the ticks"),
        Rule(
            "low <= open, close <= high",
            (pl.col("low") > pl.min_horizontal("open", "close"))
            | (pl.col("high") < pl.max_horizontal("open", "close")),
            "check the decoder's column order",
        ),
        Rule("sessions never fall", pl.col("session").diff().dt.total_days() < 0, "sort the ticks"),
        Rule("a bar has a tick", pl.col("n_ticks") < 1, "leave out periods in which nothing was traded"),
        Rule("no count is negative", pl.min_horizontal("n_buys", "n_sells") < 0, "rebuild the bars"),
        Rule("no sum is negative", pl.min_horizontal(*_SUMS) < 0.0, "check the sizes of the ticks"),
        Rule(
            "signed volumes are volume",
            pl.col("buy_volume") + pl.col("sell_volume") > pl.col("volume") * (1.0 + ROUNDING),
            "check the sides of the ticks, or the buy_volume of the candles",
        ),
        Rule("signed ticks are ticks", pl.col("n_buys") + pl.col("n_sells") > pl.col("n_ticks"), "rebuild the bars"),
        Rule(
            f"prices are from {LEAST:g} to {MOST:g}",
            (pl.col("low") < LEAST) | (pl.col("high") > MOST),
            "check the decoder's scale",
        ),
        *(Rule(f"{name} is finite", pl.col(name).is_infinite(), "check the sizes of the ticks") for name in _SUMS),
        *(Rule(f"{name} is finite or NaN", pl.col(name).is_infinite(), "check the quotes") for name in _OF_QUOTES),
    ),
)
