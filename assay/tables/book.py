"""What a backtest leaves: its round trips, and its equity at every bar."""

from __future__ import annotations

import polars as pl

from assay.tables.labels import EXITS
from assay.tables.table import TIME, Column, Rule, Table

BOOKS = pl.Enum(["signals", "selected"])
"""Two books: every signal of the base model, and the thresholded ones; neither holds two positions at once."""

ROUND_TRIPS = Table(
    "round trips",
    {
        "book": Column(BOOKS, "which book"),
        "symbol": Column(pl.String, "instrument"),
        "decided": Column(pl.Int64, "ordinal of the bar at whose close the trade was decided"),
        "entered": Column(pl.Int64, "ordinal of the bar at which it was filled"),
        "exited": Column(pl.Int64, "ordinal of the bar in which it was closed"),
        "entered_at": Column(TIME, "time of the entry fill"),
        "exited_at": Column(TIME, "time of the exit fill; the close of the bar for an exit inside it"),
        "fold": Column(pl.Int32, "walk-forward fold of the decision"),
        "side": Column(pl.Int8, "+1 long, -1 short"),
        "lots": Column(pl.Float64, "size"),
        "entry": Column(pl.Float64, "entry price before costs"),
        "exit": Column(pl.Float64, "exit price before costs"),
        "reason": Column(EXITS, "what ended it"),
        "gross": Column(pl.Float64, "profit before costs, account currency"),
        "spread_cost": Column(pl.Float64, "half spreads paid, account currency"),
        "slippage_cost": Column(pl.Float64, "slippage paid, account currency"),
        "fee_cost": Column(pl.Float64, "commissions paid, account currency"),
        "net": Column(pl.Float64, "gross less all costs, account currency"),
        "gross_return": Column(pl.Float64, "price move in the trade's favour, fraction of the entry price"),
        "net_return": Column(pl.Float64, "the same less costs"),
    },
    (
        Rule("a trade enters after it was decided", pl.col("entered") <= pl.col("decided"), "fill at the next bar"),
        Rule("a trade exits after it entered", pl.col("exited") < pl.col("entered"), "fill the exit later"),
        Rule(
            "costs are not negative", pl.min_horizontal("spread_cost", "slippage_cost", "fee_cost") < 0, "check costs"
        ),
    ),
)

EQUITY = Table(
    "equity",
    {
        "book": Column(BOOKS, "which book"),
        "symbol": Column(pl.String, "instrument"),
        "ordinal": Column(pl.Int64, "bar"),
        "closed_at": Column(TIME, "its close"),
        "session": Column(pl.Date, "its trading day"),
        "position": Column(pl.Float64, "signed lots held at the close"),
        "gross": Column(pl.Float64, "capital plus profit before costs, open positions at the close, account currency"),
        "net": Column(pl.Float64, "the same after costs"),
    },
)
