"""The fan: quantiles of the simulated profit after so many trades, beside the profit that was realised."""

from __future__ import annotations

import polars as pl

from assay.tables.book import BOOKS
from assay.tables.table import Column, Rule, Table

FAN = Table(
    "fan",
    {
        "book": Column(BOOKS, "which book was resampled"),
        "symbol": Column(pl.String, "instrument"),
        "trade": Column(pl.Int64, "trades done, 0 at the start"),
        "p05": Column(pl.Float64, "5 % quantile of the cumulative net profit over the paths, account currency"),
        "p25": Column(pl.Float64, "25 % quantile"),
        "p50": Column(pl.Float64, "median"),
        "p75": Column(pl.Float64, "75 % quantile"),
        "p95": Column(pl.Float64, "95 % quantile"),
        "realised": Column(pl.Float64, "cumulative net profit of the backtest, in the order it came"),
    },
    (
        Rule("trades rise", pl.col("trade").diff() <= 0, "sort the rows"),
        Rule("quantiles rise", ~pl.col("p50").is_between(pl.col("p05"), pl.col("p95")), "recompute the quantiles"),
    ),
)
