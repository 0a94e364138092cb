"""Open interest over REST: of the latest 30 days, every five minutes, asked for by the day.

Notes
-----
GET /futures/data/openInterestHist ("Open Interest Statistics", developers.binance.com), beside the market's own path;
at most 500 rows an answer, and a day has 288. Long/short ratios are served elsewhere, and are NaN here.
"""

from __future__ import annotations

import polars as pl

from assay.errors import ParamsError
from assay.market.zones import DAY_NS
from assay.sources.binance.markets import Market
from assay.sources.binance.metrics import LATE_NS, RATIOS, told
from assay.sources.binance.served import refuse_full, rows
from assay.sources.binance.windows import at, days
from assay.sources.decode.refusals import refuse_holes, refuse_outside
from assay.sources.decode.times import MILLISECOND_NS
from assay.sources.ranges import bounds
from assay.sources.venue import Decoded, Feed, Piece
from assay.tables.table import DType

NAME, API = "openInterestHist", "futures/data"
LIMIT = 500
KEPT_NS = 30 * DAY_NS
PERPETUAL = "_PERP"
TYPES: dict[str, DType] = dict.fromkeys(("timestamp", "sumOpenInterest", "sumOpenInterestValue"), pl.String)


def pieces(feed: Feed, market: Market) -> list[Piece]:
    """Return the questions for a range; the last row of a day describes its midnight, and may come after it.

    Raises
    ------
    ParamsError
        If the market is no perpetual contract of coin-margined futures.
    """
    start_ns, end_ns = bounds(feed)
    asked = _asked(feed.venue_symbol.upper(), market)
    host = feed.params.endpoint.rstrip("/").removesuffix(market.api).rstrip("/")
    return [
        _piece(feed.venue_symbol.upper(), f"{host}/{API}/{NAME}?{asked}", at(day))
        for day in days(start_ns - LATE_NS, end_ns)
    ]


def _piece(symbol: str, question: str, start_ns: int) -> Piece:
    first, last = start_ns // MILLISECOND_NS, (start_ns + DAY_NS) // MILLISECOND_NS - 1
    path = f"{API}/{NAME}/{symbol}/{first}-{last}.json"
    url = f"{question}&period=5m&startTime={first}&endTime={last}&limit={LIMIT}"
    kept_ns = start_ns + KEPT_NS
    return Piece(path, start_ns, start_ns + DAY_NS + LATE_NS, url, types=("application/json",), served_until_ns=kept_ns)


def _asked(symbol: str, market: Market) -> str:
    """Return how statistics name a market: of coin-margined futures they know the pair and the sort of contract.

    Raises
    ------
    ParamsError
        If it is a contract with an expiry: they know the current and the next quarter, whichever those are.
    """
    if not market.coin_margined:
        return f"symbol={symbol}"
    if not symbol.endswith(PERPETUAL):
        rule, remedy = "REST tells open interest of perpetual contracts only", "leave data.endpoint empty"
        raise ParamsError("data.symbols", rule, symbol, f"{remedy} for the archives")
    return f"pair={symbol.removesuffix(PERPETUAL)}&contractType=PERPETUAL"


def open_interest(raw: bytes, piece: Piece, feed: Feed) -> Decoded:
    """Return open interest of an answer; see :func:`assay.sources.binance.metrics.told`.

    Raises
    ------
    DataError
        If the answer is full, is of another day, or holds what is no number.
    """
    frame = refuse_full(rows(raw, TYPES, piece), LIMIT, f"a day has fewer than {LIMIT} rows", piece)
    numbers = pl.col("sumOpenInterest", "sumOpenInterestValue").cast(pl.Float64, strict=False)
    frame = frame.with_columns(numbers, pl.col("timestamp").cast(pl.Int64, strict=False))
    refuse_holes(frame, list(TYPES), piece.path)
    first, last = piece.start_ns // MILLISECOND_NS, (piece.end_ns - LATE_NS) // MILLISECOND_NS - 1
    refuse_outside(frame, "timestamp", first, last, piece.path)
    named = frame.select(
        (pl.col("timestamp") * MILLISECOND_NS).alias("stamp_ns"),
        pl.col("sumOpenInterest").alias("sum_open_interest"),
        pl.col("sumOpenInterestValue").alias("sum_open_interest_value"),
        *(pl.lit(float("nan")).alias(name) for name in list(RATIOS)[1:]),
    )
    return told(named, piece, feed)
