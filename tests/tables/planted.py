"""Good rows of every kind of market data, and one fault for each rule of their tables."""

import polars as pl

from assay.tables.kinds import TABLES, clock

NAN = float("nan")
SECOND = 10**9

VALUES = {
    "quotes": {"bid": 100.0, "ask": 101.0, "bid_size": 0.0, "ask_size": 5.0},
    "trades": {"price": 100.0, "size": 2.0, "side": 1},
    "ohlcv": {
        "open": 100.0, "high": 103.0, "low": 99.0, "close": 102.0,
        "volume": 1.0, "value": NAN, "buy_volume": 1.0, "n_trades": -1,
    },
    "funding": {"rate": -0.0001, "mark_price": NAN},
    "open_interest": {
        "open_interest": 10.0, "value": NAN, "long_short_accounts": 1.0, "long_short_top_accounts": NAN,
        "long_short_top_positions": NAN, "taker_buy_sell": 0.0,
    },
    "liquidations": {"side": -1, "price": NAN, "size": 1.0, "value": 100.0},
    "mark_price": {"mark": 100.0, "index": NAN, "rate": NAN},
    "book": {
        "bid_prices": [100.0, 99.0], "bid_sizes": [1.0, 0.0], "ask_prices": [101.0, 102.0], "ask_sizes": [1.0, 2.0],
    },
    "actions": {"split": 1.0, "dividend": 0.0},
}  # fmt: skip

PRICED = "positive, finite number"
FAULTS = [
    ("quotes", {"time": 0}, "times never fall"),
    ("quotes", {"bid": 0.0}, f"bid is a {PRICED}"),
    ("quotes", {"ask": 1e13}, f"ask is a {PRICED}"),
    ("quotes", {"bid_size": -1.0}, "bid_size is a finite number, 0"),
    ("quotes", {"ask_size": 1e16}, "ask_size is a finite number, 0"),
    ("quotes", {"bid": 102.0}, "bid <= ask, unless flagged"),
    ("quotes", {"bid": 102.0, "flags": 63}, "bid <= ask, unless flagged"),
    ("quotes", {"flags": 128}, "flags are bits of Flag"),
    ("trades", {"time": 0}, "times never fall"),
    ("trades", {"price": -1.0}, f"price is a {PRICED}"),
    ("trades", {"size": 0.0}, f"size is a {PRICED}"),
    ("trades", {"side": 2}, "side is -1, 0 or 1"),
    ("trades", {"flags": 129}, "flags are bits of Flag"),
    ("ohlcv", {"opened_at": 1}, "bars follow one another"),
    ("ohlcv", {"closed_at": 2 * SECOND, "known_at": 2 * SECOND}, "a bar closes after it opens"),
    ("ohlcv", {"known_at": 2 * SECOND}, "a bar is known at its end or later"),
    ("ohlcv", {"open": 0.0}, f"open is a {PRICED}"),
    ("ohlcv", {"high": 1e13}, f"high is a {PRICED}"),
    ("ohlcv", {"low": -1.0}, f"low is a {PRICED}"),
    ("ohlcv", {"close": 1e-13}, f"close is a {PRICED}"),
    ("ohlcv", {"volume": -1.0}, "volume is a finite number, 0"),
    ("ohlcv", {"value": -1.0}, "value is a finite number, 0 .*, or NaN"),
    ("ohlcv", {"buy_volume": 1e19}, "buy_volume is a finite number, 0 .*, or NaN"),
    ("ohlcv", {"buy_volume": 1.0 + 2e-9}, "buy_volume is not above volume, or NaN"),
    ("ohlcv", {"n_trades": -2}, "n_trades is -1 or more"),
    ("ohlcv", {"high": 98.0, "flags": 16}, "low <= high"),
    ("ohlcv", {"open": 98.0}, "low <= open, close <= high, unless flagged"),
    ("ohlcv", {"close": 104.0, "flags": 15}, "low <= open, close <= high, unless flagged"),
    ("ohlcv", {"flags": 128}, "flags are bits of Flag"),
    ("funding", {"time": 1 * SECOND}, "times rise"),
    ("funding", {"known_at": 1}, "known when it happened or later"),
    ("funding", {"rate": -1.5}, "rate is from -1 to 1"),
    ("funding", {"mark_price": 0.0}, f"mark_price is a {PRICED}.*, or NaN"),
    ("open_interest", {"time": 0}, "times rise"),
    ("open_interest", {"open_interest": -1.0}, "open_interest is a finite number, 0"),
    ("open_interest", {"value": -1.0}, "value is a finite number, 0 .*, or NaN"),
    ("open_interest", {"taker_buy_sell": float("inf")}, "taker_buy_sell is a finite number, 0 .*, or NaN"),
    ("liquidations", {"time": 0}, "times never fall"),
    ("liquidations", {"side": -2}, "side is -1, 0 or 1"),
    ("liquidations", {"price": 0.0}, f"price is a {PRICED}.*, or NaN"),
    ("liquidations", {"size": 0.0}, "size is positive, 1e.18 or less, or NaN"),
    ("liquidations", {"value": 0.0}, "value is positive, 1e.18 or less"),
    ("mark_price", {"mark": 0.0}, f"mark is a {PRICED}"),
    ("mark_price", {"index": -1.0}, f"index is a {PRICED}.*, or NaN"),
    ("mark_price", {"rate": 1.5}, "rate is from -1 to 1, or NaN"),
    ("book", {"known_at": 1}, "known when it happened or later"),
    ("book", {"time": 0}, "times never fall"),
    ("book", {"bid_prices": [], "bid_sizes": [], "ask_prices": [], "ask_sizes": []}, "a side has a price"),
    ("book", {"bid_prices": [100.0]}, "bids have a size each"),
    ("book", {"ask_sizes": [1.0, 1.0, 1.0]}, "asks have a size each"),
    ("book", {"bid_prices": [100.0, 0.0]}, "bid_prices are prices"),
    ("book", {"ask_prices": [101.0, None]}, "ask_prices are prices"),
    ("book", {"bid_sizes": [1.0, NAN]}, "bid_sizes are sizes"),
    ("book", {"ask_sizes": [1.0, -1.0]}, "ask_sizes are sizes"),
    ("book", {"bid_prices": [100.0, 100.0]}, "bid_prices fall from the best"),
    ("book", {"ask_prices": [102.0, 101.0]}, "ask_prices rise from the best"),
    ("book", {"bid_prices": [102.0, 100.0]}, "best bid <= best ask, unless flagged"),
    ("actions", {"time": 1 * SECOND}, "times rise"),
    ("actions", {"split": 0.0}, "split is positive"),
    ("actions", {"dividend": -1.0}, "dividend is a finite number, 0"),
]
"""Kind, what is changed in the second of three rows, and the rule that this breaks. Rows are a second apart."""


def row(kind, i, **changes):
    """Return the values of row i: a row per second, known at its end."""
    at = (i + 1) * SECOND
    times = {name: at + SECOND * (name == "closed_at") for name in ("time", "opened_at", "closed_at")}
    times["known_at"] = at + SECOND * (kind == "ohlcv")
    values = {**times, **VALUES[kind], "flags": 0, **changes}
    return {name: values[name] for name in TABLES[kind].columns}


def frame(kind, rows):
    """Return rows of values as a frame with the columns of their table."""
    schema = {name: column.dtype for name, column in TABLES[kind].columns.items()}
    return pl.DataFrame(rows, schema=schema, orient="row")


def good(kind, n=3):
    return frame(kind, [row(kind, i) for i in range(n)])


def bad(kind, changes):
    """Return three rows of which the second is broken."""
    return frame(kind, [row(kind, 0), row(kind, 1, **changes), row(kind, 2)])


def fields(kind):
    """Return the columns that are neither a time nor flags."""
    return [name for name in TABLES[kind].columns if name not in ("flags", "known_at", "closed_at", clock(kind))]
