"""Labels: one row per event, with its closed span, barriers and outcome for both sides."""

from __future__ import annotations

import polars as pl

from assay.tables.table import TIME, Column, Rule, Table

EXITS = pl.Enum(["tp", "sl", "both", "vertical"])
"""What ended a trade: profit taken, stopped, both barriers inside one bar (counts as the stop), or time."""

LABELS = Table(
    "labels",
    {
        "symbol": Column(pl.String, "instrument"),
        "ordinal": Column(pl.Int64, "the bar at whose close the decision is taken"),
        "end_ordinal": Column(pl.Int64, "the bar by whose close the outcome is known for either side"),
        "t0": Column(TIME, "close of bar `ordinal`: the decision"),
        "t1": Column(TIME, "close of bar `end_ordinal`: the span of the label is [t0, t1], closed"),
        "price": Column(pl.Float64, "close of bar `ordinal`: what is known of the price at t0"),
        "spread": Column(pl.Float64, "mean ask - bid of bar `ordinal`; NaN where only trades are known", nan=True),
        "tp": Column(pl.Float64, "distance of the profit barrier from the entry price, price units; inf if none"),
        "sl": Column(pl.Float64, "distance of the stop barrier from the entry price, price units; inf if none"),
        "entry": Column(pl.Float64, "entry price: next bar's open by default"),
        "label": Column(
            pl.Int8, "+1 or -1: the barrier of a long trade touched first or the sign at the vertical one; 0: none"
        ),
        "long_return": Column(pl.Float64, "gross outcome of a long trade, as a fraction of the entry price"),
        "long_end": Column(pl.Int64, "ordinal of the bar in which the long trade is filled out"),
        "long_exit": Column(EXITS, "what ended the long trade"),
        "short_return": Column(pl.Float64, "gross outcome of a short trade, as a fraction of the entry price"),
        "short_end": Column(pl.Int64, "ordinal of the bar in which the short trade is filled out"),
        "short_exit": Column(EXITS, "what ended the short trade"),
        "weight": Column(pl.Float64, "average uniqueness over the span, in (0, 1]: as how much evidence it counts"),
        "latest_ordinal": Column(
            pl.Int64, "the last bar by whose close the outcome had to be known, whatever prices did"
        ),
    },
    (
        Rule("events rise by ordinal", pl.col("ordinal").diff() <= 0, "sort the events"),
        Rule("a span ends after it starts", pl.col("end_ordinal") <= pl.col("ordinal"), "drop the event"),
        Rule("t0 <= t1", pl.col("t0") > pl.col("t1"), "sort the bars"),
        Rule(
            "the span holds both trades",
            pl.col("end_ordinal") < pl.max_horizontal("long_end", "short_end"),
            "recompute the span",
        ),
        Rule("no span ends late", pl.col("end_ordinal") > pl.col("latest_ordinal"), "recompute the span"),
        Rule("weights are in (0, 1]", ~pl.col("weight").is_between(0, 1, closed="right"), "recompute uniqueness"),
    ),
    Column(
        pl.Float64,
        "asked for by params: `side` of the rule that fired, +1 or -1; `t_value` of the trend and `trend_bars`, the "
        "closes it is over; `long_net` and `short_net`, outcomes after the costs of a round trip, as fractions of the "
        "entry price; `training_weight`, what the label weighs in training but for decay and balance: the absolute log "
        "return that falls to it, or 1",
    ),
)
