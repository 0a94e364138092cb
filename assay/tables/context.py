"""What is known of a market besides its prices: funding, open interest, liquidations, marks, actions.

Every row says when it happened, ``time``, and when a reader could have known it, ``known_at``: joins go by the latter.
"""

from __future__ import annotations

import polars as pl

from assay.tables import flags
from assay.tables.bars import MOST
from assay.tables.bounds import SIZE, WHOLE, if_given, price, rate, summed
from assay.tables.table import TIME, Column, Rule, Table
from assay.tables.ticks import SIDE, SORTED

TIMES = {
    "time": Column(TIME, "when it happened, or the instant it describes"),
    "known_at": Column(TIME, "when a reader could have had it: time and the publish lag, or when it was received"),
}
_RISING = Rule(
    "times rise", pl.col("time").diff().dt.total_nanoseconds() <= 0, "keep one row per instant", "duplicate_times"
)
KNOWN_AFTER = Rule(
    "known when it happened or later", pl.col("known_at") < pl.col("time"), "check data.publish_lag_seconds"
)
_SCALE = "check the decoder's scale"


def _more_than_none(name: str) -> Rule:
    """Return the law of what is positive and finite."""
    return Rule(f"{name} is positive, {WHOLE:g} or less", ~pl.col(name).is_between(0.0, WHOLE, "right"), _SCALE, SIZE)


FUNDING = Table(
    "funding",
    {
        **TIMES,
        "rate": Column(pl.Float64, "paid by longs to shorts at `time`, as a fraction of the position"),
        "mark_price": Column(pl.Float64, "mark price at `time`; NaN if not given", nan=True),
        "flags": flags.COLUMN,
    },
    (_RISING, KNOWN_AFTER, rate("rate"), if_given(price("mark_price")), flags.KNOWN),
)

OPEN_INTEREST = Table(
    "open_interest",
    {
        **TIMES,
        "open_interest": Column(pl.Float64, "contracts or coins open"),
        "value": Column(pl.Float64, "the same in quote currency; NaN if not given", nan=True),
        "long_short_accounts": Column(
            pl.Float64, "accounts that are long per account short; NaN if not given", nan=True
        ),
        "long_short_top_accounts": Column(pl.Float64, "the same among the largest traders; NaN if not given", nan=True),
        "long_short_top_positions": Column(pl.Float64, "their long positions per short; NaN if not given", nan=True),
        "taker_buy_sell": Column(pl.Float64, "volume taken by buyers per seller's; NaN if not given", nan=True),
        "flags": flags.COLUMN,
    },
    (
        _RISING,
        KNOWN_AFTER,
        summed("open_interest"),
        *(if_given(summed(name)) for name in ("value", "long_short_accounts", "long_short_top_accounts")),
        *(if_given(summed(name)) for name in ("long_short_top_positions", "taker_buy_sell")),
        flags.KNOWN,
    ),
)

LIQUIDATIONS = Table(
    "liquidations",
    {
        **TIMES,
        "side": Column(pl.Int8, "order that closed the position: +1 buy, -1 sell, 0 not given"),
        "price": Column(pl.Float64, "price of the fill; NaN if not given", nan=True),
        "size": Column(pl.Float64, "units; NaN if not given", nan=True),
        "value": Column(pl.Float64, "quote currency"),
        "flags": flags.COLUMN,
    },
    (
        SORTED,
        KNOWN_AFTER,
        SIDE,
        if_given(price("price")),
        if_given(_more_than_none("size")),
        _more_than_none("value"),
        flags.KNOWN,
    ),
)

MARK_PRICE = Table(
    "mark_price",
    {
        **TIMES,
        "mark": Column(pl.Float64, "price by which positions are valued"),
        "index": Column(pl.Float64, "price of the underlying; NaN if not given", nan=True),
        "rate": Column(pl.Float64, "funding rate as predicted at `time`; NaN if not given", nan=True),
        "flags": flags.COLUMN,
    },
    (SORTED, KNOWN_AFTER, price("mark"), if_given(price("index")), if_given(rate("rate")), flags.KNOWN),
)

ACTIONS = Table(
    "actions",
    {
        **TIMES,
        "split": Column(pl.Float64, "shares after per share before, from `time` on; 1 for none"),
        "dividend": Column(pl.Float64, "cash per share as of then, to those who held before `time`; 0 for none"),
        "flags": flags.COLUMN,
    },
    (
        _RISING,
        Rule("split is positive, 1e-06 to 1e+06", ~pl.col("split").is_between(1e-6, 1e6), _SCALE),
        Rule(f"dividend is a finite number, 0 to {MOST:g}", ~pl.col("dividend").is_between(0.0, MOST), _SCALE),
        flags.KNOWN,
    ),
)
