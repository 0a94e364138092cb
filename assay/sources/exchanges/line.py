"""The line to an exchange: ccxt's client, one per exchange, one question at a time."""

from __future__ import annotations

import difflib
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from assay.errors import ParamsError, TransportError
from assay.sources.transport.pace import TooManyError
from assay.sources.transport.secrets import Secrets, redacted
from assay.sources.venue import Feed, Turn

_LATER = "try again later"
_STUMBLES = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError)
"""What a client raises that meets an answer it does not expect."""


@dataclass(frozen=True)
class Line:
    """A client and the lock that keeps questions apart: its rate limit and its last answer belong to one at a time."""

    client: Any
    lock: threading.Lock = field(default_factory=threading.Lock)


def line(feed: Feed) -> Line:
    """Return the line to a feed's exchange; keys are sent to its own address only.

    Raises
    ------
    ParamsError
        If ccxt is not installed, or does not know the exchange.
    """
    exchange, endpoint, secrets = feed.params.exchange, feed.params.endpoint, _secrets(Path(".env").absolute())
    names = [f"{exchange.upper()}_{what}" for what in ("API_KEY", "SECRET")]
    keys = ["" if endpoint or not secrets.has(name) else secrets.value(name) for name in names]
    return _line(exchange, endpoint, *keys)


@contextmanager
def talking(feed: Feed, where: str, turn: Turn) -> Iterator[Any]:
    """Give the client for as long as a question takes; what it raises becomes a TransportError.

    Each of its requests waits for its turn, beside the exchange's own limit, which ccxt keeps. A request is given up
    after `timeout_seconds` without a byte.

    Raises
    ------
    TransportError
        Not final where the exchange was out of reach or too busy, final where it refuses the question.
    """
    ccxt, held = _ccxt(), line(feed)
    with held.lock, _paced(held.client, turn):
        try:
            yield held.client
        except ccxt.RateLimitExceeded as error:
            raise _sent_away(feed, where, error, held.client.last_response_headers) from None
        except ccxt.OperationFailed as error:
            raise _failed(feed, where, "must answer", error, _LATER, final=False) from None
        except ccxt.BaseError as error:
            remedy = "change data.symbols, data.interval or data.exchange"
            raise _failed(feed, where, "must serve what is asked", error, remedy, final=True) from None


@contextmanager
def _paced(client: Any, turn: Turn) -> Iterator[None]:
    """Have every request of a client wait for its turn: all of them go through its method ``fetch``."""

    def fetch(*asked: Any, **named: Any) -> Any:
        with turn.request():
            return type(client).fetch(client, *asked, **named)

    client.timeout, client.fetch = max(round(turn.timeout_seconds * 1_000), 1), fetch
    try:
        yield
    finally:
        del client.fetch


def answer(client: Any, where: str, method: str, *asked: Any) -> Any:
    """Return what a method of the client answers.

    Raises
    ------
    TransportError
        Not final: if the answer is no JSON, which the client would take for an empty one, or if the client stumbles
        over it; it may have been damaged on its way.
    """
    try:
        told = getattr(client, method)(*asked)
        json.loads(client.last_http_response)
    except _STUMBLES as error:
        found = redacted(f"{type(error).__name__} {error}")[:120]
        raise TransportError(where, f"{client.id}'s answer to {method} must be readable", found, _LATER) from None
    return told


def market(client: Any, name: str, where: str) -> str:
    """Return the client's name of a market; ``BTCUSD`` or the exchange's own name will do, where only one market fits.

    Raises
    ------
    TransportError
        Final, with the nearest names, if there is no such market.
    """
    markets = client.markets or answer(client, where, "load_markets")
    if name in markets:
        return name
    fitting = {market["symbol"] for market in markets.values() if name in _names(market)}
    if len(fitting) != 1:
        near = sorted(fitting) or difflib.get_close_matches(name, sorted(markets), n=3) or sorted(markets)[:3]
        rule = f"must be a market of {client.id}"
        raise TransportError(where, rule, name, f"write NAME=MARKET in data.symbols, such as {near}", final=True)
    return str(fitting.pop())


def _names(market: dict[str, Any]) -> tuple[str, ...]:
    """Return the names by which a market may be meant besides the client's."""
    if not market.get("spot"):
        return (str(market["id"]),)
    return str(market["id"]), f"{market['base']}{market['quote']}"


def _ccxt() -> Any:
    try:
        return import_module("ccxt")
    except ImportError:
        remedy = "pip install 'assay[ccxt]'"
        raise ParamsError("data.source", "ccxt needs its client", "it is not installed", remedy) from None


@lru_cache(maxsize=64)
def _secrets(path: Path) -> Secrets:
    """Return the keys of this process: one that lasts sees when they are changed in the file."""
    return Secrets(path)


@lru_cache(maxsize=64)
def _line(exchange: str, endpoint: str, key: str, secret: str) -> Line:
    ccxt = _ccxt()
    if exchange not in ccxt.exchanges:
        near = difflib.get_close_matches(exchange, ccxt.exchanges, n=3) or ["kraken"]
        raise ParamsError("data.exchange", "must be one that ccxt knows", exchange, f"nearest are {', '.join(near)}")
    options = {"enableRateLimit": True, "apiKey": key, "secret": secret}
    client = getattr(ccxt, exchange)(options)
    if endpoint:
        client.urls["api"] = _moved(client.urls["api"], endpoint.rstrip("/"))
    return Line(client)


def _moved(urls: Any, endpoint: str) -> Any:
    """Return addresses, one or a tree of them, on another host, their paths kept."""
    if isinstance(urls, dict):
        return {name: _moved(url, endpoint) for name, url in urls.items()}
    return endpoint + urlsplit(urls).path.rstrip("/") if isinstance(urls, str) else urls


def _sent_away(feed: Feed, where: str, error: Exception, headers: Mapping[str, str] | None) -> TooManyError:
    failed = _failed(feed, where, "must answer", error, _LATER, final=False)
    found = TooManyError(*failed.args)
    found.retry_after = {name.lower(): value for name, value in (headers or {}).items()}.get("retry-after", "")
    return found


def _failed(feed: Feed, where: str, rule: str, error: Exception, remedy: str, *, final: bool) -> TransportError:
    found = redacted(f"{type(error).__name__} {error}")[:200]
    return TransportError(where, f"{feed.params.exchange} {rule}", found, remedy, final=final)
