"""How mlfinpy calls the columns of bars."""

COLUMNS = {
    "open": "open",
    "high": "high",
    "low": "low",
    "close": "close",
    "volume": "volume",
    "cum_ticks": "n_ticks",
    "cum_dollar_value": "value",
    "cum_buy_volume": "buy_volume",
}
"""mlfinpy's columns, and ours; the first ticks have no side in either."""
