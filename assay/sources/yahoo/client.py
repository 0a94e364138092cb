"""The talking: a chart and the splits after it, asked through yfinance's client, which knows Yahoo's manners."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from assay.errors import ParamsError, TransportError
from assay.sources.transport.faults import AGAIN
from assay.sources.transport.pace import TooManyError
from assay.sources.venue import Feed, Piece, Turn
from assay.sources.yahoo.windows import asked, interval_of

ADDRESS = "https://query2.finance.yahoo.com"
KEPT = ("currency", "exchangeTimezoneName", "instrumentType", "symbol")
"""Facts of a chart that do not change from one day to the next."""
NOTHING_THERE = "Data doesn't exist for startDate"
"""How Yahoo says that a symbol was not traded yet."""
_LATER = 9_999_999_999
_OK, _CLIENT_ERRORS = 200, range(400, 500)


def ask(piece: Piece, feed: Feed, turn: Turn) -> bytes:
    """Return the answer for a piece in canonical JSON: Yahoo's chart, and the splits between its end and today.

    Yahoo divides prices by all splits until today, so the later ones are needed to know what was paid.

    Two requests, each with its token. Those that yfinance makes of its own accord cannot be paced: the second one after
    a status of 400 or more, and what it asks of Yahoo's other addresses to get a cookie.

    Raises
    ------
    ParamsError
        If yfinance is not installed.
    TransportError
        If Yahoo cannot be reached, wants to be asked less often, or refuses; the last is final.
    """
    start, end = asked(piece, feed)
    interval = {"period1": start, "period2": end, "interval": interval_of(feed)}
    chart = _chart(piece, feed, interval, turn)
    later = _chart(piece, feed, {"period1": end, "period2": _LATER, "interval": "3mo"}, turn)
    kept = {"chart": chart, "later": (later or {}).get("events", {}).get("splits", {})}
    return json.dumps(kept, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode() + b"\n"


def _chart(piece: Piece, feed: Feed, wanted: dict[str, Any], turn: Turn) -> dict[str, Any] | None:
    """Return the one result of a chart, without what changes from day to day; None if Yahoo says that there is none."""
    url = f"{feed.params.endpoint.rstrip('/') or ADDRESS}/v8/finance/chart/{quote(feed.venue_symbol)}"
    status, text = _get(url, {**wanted, "events": "div,splits", "includePrePost": "false"}, piece, turn)
    try:
        chart = json.loads(text)["chart"]
        error, results = chart["error"], chart["result"]
        reason = f"{error['code']}: {error['description']}" if error else ""
        result = results[0] if not reason else None
    except (ValueError, KeyError, TypeError, IndexError, RecursionError):
        rule, final = "must answer with a chart", status in _CLIENT_ERRORS
        raise TransportError(url, rule, f"status {status}", AGAIN, final=final) from None
    if NOTHING_THERE in reason:
        return None
    if reason:
        raise TransportError(url, "must have a chart", reason, "check symbol, range and interval", final=True)
    if status != _OK or not isinstance(result, dict):
        raise TransportError(url, "must answer with a chart", f"status {status}", AGAIN)
    meta = result.get("meta", {})
    return {**result, "meta": {name: meta.get(name) for name in KEPT}}


def _get(url: str, query: dict[str, Any], piece: Piece, turn: Turn) -> tuple[int, str]:
    """Return status and text of an answer."""
    try:
        from yfinance.data import YfData  # type: ignore[import-untyped] # noqa: PLC0415 - an extra
        from yfinance.exceptions import YFException, YFRateLimitError  # type: ignore[import-untyped] # noqa: PLC0415
    except ImportError:
        remedy = "install the extra: pip install 'assay[yahoo]'"
        raise ParamsError("data.source", "yahoo needs the client yfinance", "not installed", remedy) from None
    try:
        with turn.request():
            answer = YfData().get(url, params=query, timeout=turn.timeout_seconds)
    except YFRateLimitError:
        raise TooManyError(url, "must answer", "too many requests", "set transport.requests_per_second lower") from None
    except (YFException, OSError) as error:
        found = f"{type(error).__name__} for {piece.path}"
        remedy = f"check the network, set transport.timeout_seconds higher, {AGAIN}"
        raise TransportError(url, "must be reached", found, remedy) from None
    return answer.status_code, answer.text
