"""Questions to Binance's REST interface, each small enough for one answer, and the answers' rows.

Asked where there is no archive: funding of months that do not lie wholly in the range; and everything that it serves,
if `data.endpoint` is an address of the interface, such as https://fapi.binance.com/fapi/v1. Open interest it tells of
the latest 30 days only; of best quotes and the book, nothing but now; of liquidations, each account its own.
"""

from __future__ import annotations

from assay.errors import ParamsError
from assay.market.zones import DAY_NS, SECOND_NS
from assay.sources.binance import interest
from assay.sources.binance.markets import APIS, Market, are_single
from assay.sources.binance.windows import at, days, month
from assay.sources.decode.times import MILLISECOND_NS
from assay.sources.ranges import bounds, period_ns, windows
from assay.sources.venue import Feed, Piece
from assay.tables.kinds import Kind

QUESTIONS: dict[Kind, str] = {
    "ohlcv": "klines",
    "mark_price": "markPriceKlines",
    "trades": "aggTrades",
    "funding": "fundingRate",
}
LIMIT = 1_000
"""Rows that an answer may have; what all three markets allow."""
LONGEST_NS = 200 * DAY_NS
"""Period that one question may cover (coin-margined candles)."""
TRADES_NS = 60 * SECOND_NS
_CAPTURE = "record the stream into <data.cache>/<market>/<symbol>_<day>.gz"
REFUSED: dict[Kind, tuple[str, str]] = {
    "quotes": ("REST tells best quotes of now only", f"leave it empty for the bookTicker archives, or {_CAPTURE}"),
    "book": ("REST tells the book of now only, no history", f"{_CAPTURE}; archives have bookTicker, kind quotes"),
    "liquidations": (
        "REST tells an account its own liquidations only",
        f"leave it empty for the liquidationSnapshot archives, or {_CAPTURE}",
    ),
}
"""Why a kind is not asked for, and what to do. All liquidations (allForceOrders) were told until 2021-04-27."""
FUTURES_TRADES_NS = 2 * DAY_NS
"""How far back trades of the futures are told of at least; spot's, and all other kinds, from the beginning."""


def asked(feed: Feed) -> bool:
    """Return whether the endpoint is one of the REST interface, and not of the archives."""
    return feed.params.endpoint.rstrip("/").endswith(APIS)


def pieces(feed: Feed, market: Market) -> list[Piece]:
    """Return the questions that cover a feed's range: fixed windows, whatever the range, so that answers are kept.

    Raises
    ------
    ParamsError
        If the interface does not tell the history of the kind, or is another market's.
    """
    if not feed.params.endpoint.rstrip("/").endswith(market.api):
        rule = f"the interface of {market.name} ends with {market.api}"
        raise ParamsError("data.endpoint", rule, feed.params.endpoint, "change it, or data.market")
    if are_single(feed):
        rule, remedy = "REST tells single trades of now only", "leave it empty for the archives"
        raise ParamsError("data.endpoint", rule, feed.params.endpoint, remedy)
    if feed.kind in REFUSED:
        rule, remedy = REFUSED[feed.kind]
        raise ParamsError("data.endpoint", rule, feed.params.endpoint, remedy)
    if feed.kind == "open_interest":
        return interest.pieces(feed, market)
    if feed.kind == "funding":
        firsts = sorted({month(day)[0] for day in days(*bounds(feed))})
        return [funding(feed, market, at(first), at(month(first)[1])) for first in firsts]
    return [_question(feed, market, start, end) for start, end in windows(feed, _window_ns(feed))]


def funding(feed: Feed, market: Market, start_ns: int, end_ns: int) -> Piece:
    """Return the question for a month of funding: at most 744 rates, one an hour."""
    return _question(feed, market, start_ns, end_ns)


def _window_ns(feed: Feed) -> int:
    if feed.kind == "trades":
        return TRADES_NS
    candle = period_ns(feed.params.interval)
    return min(LIMIT, LONGEST_NS // candle) * candle


def _question(feed: Feed, market: Market, start_ns: int, end_ns: int) -> Piece:
    symbol, name = feed.venue_symbol.upper(), QUESTIONS[feed.kind]
    first, last = start_ns // MILLISECOND_NS, end_ns // MILLISECOND_NS - 1
    candles = feed.kind in ("ohlcv", "mark_price")
    inside = f"{symbol}/{feed.params.interval}" if candles else symbol
    query = f"symbol={symbol}&startTime={first}&endTime={last}&limit={LIMIT}"
    query += f"&interval={feed.params.interval}" if candles else ""
    base = (
        feed.params.endpoint.rstrip("/")
        if asked(feed)
        else f"{feed.params.endpoint.rstrip('/') or market.host}/{market.api}"
    )
    path = f"{market.api}/{name}/{inside}/{first}-{last}.json"
    is_short = feed.kind == "trades" and market.name != "spot"
    until_ns = start_ns + FUTURES_TRADES_NS if is_short else None
    return Piece(
        path,
        start_ns,
        end_ns,
        f"{base}/{name}?{query}",
        types=("application/json",),
        served_until_ns=until_ns,
    )
