"""The `metrics` archives: open interest and long/short ratios, every five minutes."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl

from assay.market.zones import SECOND_NS
from assay.sources.binance.clocks import lag_ns
from assay.sources.binance.markets import contract_usd, market_of
from assay.sources.binance.windows import at
from assay.sources.decode import delimited
from assay.sources.decode.arranged import arranged
from assay.sources.decode.packed import unzip
from assay.sources.decode.refusals import refuse_holes, refuse_outside
from assay.sources.decode.times import SLACK_NS
from assay.sources.venue import Decoded, Feed, Piece
from assay.tables.table import DType

PERIOD_NS = 300 * SECOND_NS
LATE_NS = 330 * SECOND_NS
"""How long after midnight the last row of a day may be stamped."""
STAMPED_BY_START_FROM = datetime(2026, 6, 25, tzinfo=UTC)
"""First day whose USD-margined file stamps periods by their start; until then by their end.

Coin-margined files do so on all days that could be looked at (github.com/binance/binance-public-data, issue 491).
"""
RATIOS = {
    "sum_open_interest_value": "value",
    "count_long_short_ratio": "long_short_accounts",
    "count_toptrader_long_short_ratio": "long_short_top_accounts",
    "sum_toptrader_long_short_ratio": "long_short_top_positions",
    "sum_taker_long_short_vol_ratio": "taker_buy_sell",
}


def open_interest(raw: bytes, piece: Piece, feed: Feed) -> Decoded:
    """Return open interest of an archive; see :func:`told`."""
    types: dict[str, DType] = {"create_time": pl.String, "sum_open_interest": pl.Float64}
    types |= dict.fromkeys(RATIOS, pl.Float64)
    frame = delimited.read(unzip(raw, piece.path), types, piece.path)
    stamp = pl.col("create_time").str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="ns", strict=False)
    frame = frame.with_columns(stamp.cast(pl.Int64).alias("stamp_ns"))
    refuse_holes(frame, ("stamp_ns",), piece.path)
    refuse_outside(frame, "stamp_ns", piece.start_ns - SLACK_NS, piece.end_ns + SLACK_NS, piece.path)
    return told(frame, piece, feed)


def told(frame: pl.DataFrame, piece: Piece, feed: Feed) -> Decoded:
    """Return open interest at the end of its five minutes, the instant that it describes.

    Counts `stamped_by_start`: rows whose time was their period's start, and is moved to its end.
    A row without open interest keeps its hole for `data.rules.missing_values`; ratios that are missing are NaN.

    Parameters
    ----------
    frame
        stamp_ns, sum_open_interest and the columns of `RATIOS`.
    piece, feed
        What was asked for.

    Notes
    -----
    Coin-margined futures count contracts, and their value in coins; here it is the contracts times their USD. Answers
    stamp as the archives of the same day do (issue 491); of coin-margined ones that could not be looked at, and if they
    stamped by the end they would be told five minutes late, never early.
    """
    market = market_of(feed)
    by_start = market.coin_margined or piece.start_ns >= at(STAMPED_BY_START_FROM)
    late_ns = PERIOD_NS if by_start else 0
    dollars = pl.col("sum_open_interest") * contract_usd(feed.venue_symbol)
    value = dollars if market.coin_margined else pl.col("sum_open_interest_value")
    told = frame.with_columns(
        (pl.col("stamp_ns") + late_ns).alias("time"),
        (pl.col("stamp_ns") + late_ns + lag_ns(feed)).alias("known_at"),
        pl.col("sum_open_interest").alias("open_interest"),
        *(pl.col(theirs).fill_null(float("nan")).alias(ours) for theirs, ours in RATIOS.items()),
    ).with_columns(value.fill_null(float("nan")).alias("value"))
    return arranged(told, "open_interest"), {"stamped_by_start": frame.height if by_start else 0}
