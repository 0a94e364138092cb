"""What went wrong with a request, in words, and whether asking again may help."""

from __future__ import annotations

import time

from urllib3 import exceptions
from urllib3.response import BaseHTTPResponse

from assay.errors import TransportError
from assay.sources.transport.pace import Bucket, http_date, refuse_long, wait_asked

GOOD = (200, 206)
FORBIDDEN = (401, 403)
PASSING = (408, 416, 418, 425, 429)
"""Statuses below 500 that may be another one next time."""
TOO_MANY = (418, 429, 503)
SERVER = 500
PAGE = "text/html"
AGAIN = "ask again later, or set transport.retries higher"
"""What may help where a venue or the way to it fails now and then."""


def refuse_status(response: BaseHTTPResponse, url: str, bucket: Bucket, secret: str) -> None:
    """Refuse an answer without data, and go slower where the host asks for it.

    Raises
    ------
    TransportError
        For every status but 200 and 206.
    """
    status = response.status
    if status in GOOD:
        return
    if status in TOO_MANY:
        bucket.lower()
    if status in TOO_MANY or status >= SERVER:
        _hold(response, url, bucket)
    remedy = _remedy(status, secret)
    found = f"status {status} {response.reason or ''}".rstrip()
    raise TransportError(url, "must answer with data", found, remedy, final=status < SERVER and status not in PASSING)


def refuse_type(found: str, types: tuple[str, ...], url: str) -> None:
    """Refuse an answer of another kind: a page that says sorry is no data, whatever its status.

    Raises
    ------
    TransportError
        If it is a page for people, or, where types are given, none of them.
    """
    kind = found.partition(";")[0].strip().lower()
    if kind == PAGE or (types and kind not in types):
        raise TransportError(
            url, f"must be {' or '.join(types) or 'data'}", f"content type {kind or 'not given'}", AGAIN
        )


def _hold(response: BaseHTTPResponse, url: str, bucket: Bucket) -> None:
    """Ask the host nothing for as long as it wants."""
    theirs_s = http_date(response.headers.get("Date", ""))
    now_s = time.time() if theirs_s is None else theirs_s
    wait_s = wait_asked(response.headers.get("Retry-After", ""), now_s)
    refuse_long(url, wait_s)
    bucket.hold(wait_s)


def _remedy(status: int, secret: str) -> str:
    if status in FORBIDDEN:
        return f"check the key in ${secret} and what it may read" if secret else "the venue does not let you in"
    if status in TOO_MANY:
        return "set transport.requests_per_second lower"
    return AGAIN if status >= SERVER or status in PASSING else "check symbol, range and endpoint"


def told(url: str, error: exceptions.HTTPError, timeout_s: float) -> TransportError:
    """Return an error of the HTTP library in our words."""
    found, final = _words(error, timeout_s), _is_final(error)
    remedy = "check endpoint, certificate and clock" if final else f"check the network, {AGAIN}"
    if isinstance(error, exceptions.ReadTimeoutError):
        remedy = f"set transport.timeout_seconds higher, {AGAIN}"
    return TransportError(url, "must answer", found, remedy, final=final)


def _words(error: exceptions.HTTPError, timeout_s: float) -> str:
    words: tuple[tuple[type[Exception], str], ...] = (
        (exceptions.ProxyError, "no connection through the proxy"),
        (exceptions.ConnectTimeoutError, "no connection in time"),
        (exceptions.ReadTimeoutError, f"no answer within {timeout_s:g} s"),
        (exceptions.NameResolutionError, "no such host, or no network"),
        (exceptions.NewConnectionError, "no connection"),
        (exceptions.SSLError, f"TLS failed: {error}"),
        (exceptions.LocationValueError, "no address that can be asked"),
        (exceptions.IncompleteRead, "cut in the middle"),
        (exceptions.ProtocolError, f"the connection was cut: {error}"),
    )
    return next((text for kind, text in words if isinstance(error, kind)), f"{type(error).__name__}: {error}")


def _is_final(error: exceptions.HTTPError) -> bool:
    unverified = isinstance(error, exceptions.SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(error)
    return unverified or isinstance(error, exceptions.LocationValueError)
