"""Questions to Binance's REST interface, each small enough for one answer, and the answers' rows.

Asked where there is no archive: funding of months that do not lie wholly in the range; and everything that it serves,
if `data.endpoint` is an address of the interface, such as https://fapi.binance.com/fapi/v1.
"""

from __future__ import annotations

import polars as pl

from assay.errors import DataError, ParamsError
from assay.market.zones import DAY_NS, SECOND_NS
from assay.sources.binance.markets import APIS, Market
from assay.sources.binance.windows import at, days, month
from assay.sources.decode.refusals import AGAIN
from assay.sources.decode.times import MILLISECOND_NS
from assay.sources.ranges import bounds, period_ns, windows
from assay.sources.venue import Feed, Piece
from assay.tables.kinds import Kind
from assay.tables.table import DType

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
KLINE = ["open_time", "open", "high", "low", "close", "volume", "close_time", "quote_volume", "count"]
KLINE += ["taker_buy_volume", "taker_buy_quote_volume", "ignore"]


def asked(feed: Feed) -> bool:
    """Return whether the endpoint is one of the REST interface, and not of the archives."""
    return feed.params.endpoint.rstrip("/").endswith(APIS)


def pieces(feed: Feed, market: Market) -> list[Piece]:
    """Return the questions that cover a feed's range: fixed windows, whatever the range, so that answers are kept.

    Raises
    ------
    ParamsError
        If the interface does not tell the history of the kind.
    """
    if feed.kind not in QUESTIONS:
        raise ParamsError(
            "data.endpoint",
            f"binance answers {', '.join(QUESTIONS)} only",
            feed.kind,
            "leave it empty for the archives",
        )
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
    return Piece(path, start_ns, end_ns, f"{base}/{name}?{query}", types=("application/json",))


def rows(raw: bytes, types: dict[str, DType], piece: Piece, *, listed: list[str] | None = None) -> pl.DataFrame:
    """Return the rows of an answer.

    Parameters
    ----------
    raw
        JSON: a list of objects, or of lists.
    types
        The columns that are wanted; text that holds numbers is text here.
    piece
        The question.
    listed
        Names of the entries, where each row is a list.

    Raises
    ------
    DataError
        If it is something else, such as the venue's complaint, or if it is full, so that there may be more.
    """
    text = raw.strip()
    if not (text.startswith(b"[") and text.endswith(b"]")):
        raise DataError(piece.path, "must be a JSON list", repr(text[:120]), AGAIN)
    if text[1:-1].strip() == b"":
        return pl.DataFrame(schema=types)
    try:
        decoded = _lists(text, types, listed) if listed else _objects(text, types)
    except (pl.exceptions.PolarsError, UnicodeDecodeError) as error:
        found = str(error).partition("\n")[0][:200]
        raise DataError(piece.path, "must be a JSON list of rows", found, AGAIN) from None
    if decoded.height >= LIMIT and piece.end_ns - piece.start_ns <= TRADES_NS:
        remedy = "leave data.endpoint empty: the archives hold busy markets"
        raise DataError(piece.path, f"a minute has fewer than {LIMIT} trades", decoded.height, remedy)
    return decoded


def _objects(text: bytes, types: dict[str, DType]) -> pl.DataFrame:
    return pl.Series([text.decode()]).str.json_decode(pl.List(pl.Struct(types))).explode().struct.unnest()


def _lists(text: bytes, types: dict[str, DType], listed: list[str]) -> pl.DataFrame:
    rows = pl.Series([text.decode()]).str.json_decode(pl.List(pl.List(pl.String))).explode()
    if (rows.list.len() != len(listed)).any():
        raise pl.exceptions.SchemaError(f"rows have {len(listed)} entries")
    cells = [rows.list.get(listed.index(name)).cast(dtype, strict=True).alias(name) for name, dtype in types.items()]
    return pl.DataFrame(cells)
