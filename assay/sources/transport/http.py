"""One request over HTTP: bytes as the venue serves them, or an error that says whether asking again may help."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import urlsplit

import urllib3
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from assay.errors import TransportError
from assay.sources.transport.addresses import followed, host
from assay.sources.transport.faults import AGAIN, refuse_status, refuse_type, told
from assay.sources.transport.line import Transport
from assay.sources.transport.part import Part

OK, PARTIAL, UNSATISFIABLE = 200, 206, 416
MISSING = (204, 404, 410)
"""Answers of a venue that has nothing there."""
BLOCK = 1 << 16
SLOWEST_BYTES_PER_S = 1000.0
"""An answer that brings less over `timeout_seconds` is given up: one byte a second is no answer."""
MEGABYTE = 1_000_000
REDIRECTS = 5
CONNECT_S = 10.0
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")


@dataclass(frozen=True)
class Request:
    """What is asked.

    Parameters
    ----------
    url
        Where, without secrets.
    secret
        Name of the environment variable with the key that is sent as ``Authorization: Bearer``; empty for none.
    types
        Content types of a right answer; empty for any.
    """

    url: str
    secret: str = ""
    types: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What came beside the bytes; `missing` if the venue has nothing there."""

    missing: bool = False
    etag: str = ""
    last_modified: str = ""
    encoding: str = ""


def get(request: Request, part: Part, transport: Transport) -> Answer:
    """Ask once, and leave the whole answer in the part, as it was sent.

    Bytes that are there already are gone on with, if the venue still has the version they belong to. Compressed
    answers are not asked for; see :func:`assay.sources.transport.encoding.unwrap` for venues that send them anyway.

    Raises
    ------
    TransportError
        If there is no whole and right answer; what arrived stays in the part.
    """
    headers = {"Accept-Encoding": "identity", "User-Agent": "assay", **_onward(part, request.url)}
    transport.pace.of(host(request.url)).take()
    try:
        with transport.clocked(request.url), closing(_asked(request, headers, transport)) as response:
            return _kept(response, request, part, transport)
    except HTTPError as error:
        raise told(request.url, error, transport.params.timeout_seconds) from None


def _onward(part: Part, url: str) -> dict[str, str]:
    """Return the headers that ask for the rest only."""
    version = part.version(url)
    return {"Range": f"bytes={part.size}-", "If-Range": version} if version else {}


def _asked(request: Request, headers: Mapping[str, str], transport: Transport) -> BaseHTTPResponse:
    """Return the answer's beginning; a redirection is followed, without the key to another host."""
    url, timeout_s = request.url, transport.params.timeout_seconds
    timeout = urllib3.Timeout(connect=min(timeout_s, CONNECT_S), read=timeout_s)
    for _ in range(REDIRECTS + 1):
        transport.go_on(url)
        response = transport.connections.to(url).request(
            "GET",
            url,
            headers={**headers, **_authorization(request, url, transport)},
            timeout=timeout,
            retries=False,
            redirect=False,
            preload_content=False,
            decode_content=False,
        )
        onward = response.get_redirect_location()
        if not onward:
            return response
        response.close()
        url = followed(url, onward)
        transport.pace.of(host(url)).take()
    raise TransportError(request.url, "must answer", f"more than {REDIRECTS} redirections", AGAIN)


def _authorization(request: Request, url: str, transport: Transport) -> dict[str, str]:
    asked, now = urlsplit(request.url), urlsplit(url)
    if not request.secret or (asked.scheme, asked.netloc) != (now.scheme, now.netloc):
        return {}
    return {"Authorization": f"Bearer {transport.secrets.value(request.secret)}"}


def _kept(response: BaseHTTPResponse, request: Request, part: Part, transport: Transport) -> Answer:
    bucket = transport.pace.of(host(request.url))
    headers = response.headers
    if response.status == UNSATISFIABLE:
        part.empty()
    if response.status in MISSING:
        part.empty()
        return Answer(missing=True)
    refuse_status(response, request.url, bucket, request.secret)
    refuse_type(headers.get("Content-Type", ""), request.types, request.url)
    n_bytes = _expected(response, request.url, part)
    limit = transport.params.largest_answer_mb * MEGABYTE
    if (n_bytes or 0) > limit:
        raise too_large(request.url, f"{n_bytes:,} bytes", limit)
    _stream(response, request.url, part, transport, limit)
    if n_bytes is not None and part.size != n_bytes:
        raise TransportError(request.url, "must be whole", f"{part.size:,} of {n_bytes:,} bytes", AGAIN)
    bucket.rise()
    encoding = headers.get("Content-Encoding", "").strip().lower()
    return Answer(etag=headers.get("ETag", ""), last_modified=headers.get("Last-Modified", ""), encoding=encoding)


def _expected(response: BaseHTTPResponse, url: str, part: Part) -> int | None:
    """Return how many bytes the whole answer has, None if it says so at its end; make the part ready for what comes."""
    if response.status == PARTIAL:
        return _rest(response, url, part)
    part.begin(url, _version(response))
    if "chunked" in response.headers.get("Transfer-Encoding", "").lower():
        return None
    length = response.headers.get("Content-Length", "")
    if not length.isdecimal():
        remedy = "give another endpoint: of this one it cannot be known whether an answer is whole"
        raise TransportError(url, "must say its length", length or "no Content-Length", remedy)
    return int(length)


def _rest(response: BaseHTTPResponse, url: str, part: Part) -> int:
    """Return how many bytes the whole answer has of which a rest was sent."""
    found = _RANGE.fullmatch(response.headers.get("Content-Range", "").strip())
    first, last, n_bytes = (int(number) for number in found.groups()) if found else (-1, -1, -1)
    if first != part.size or last != n_bytes - 1 or _version(response) not in ("", part.version(url)):
        part.empty()
        raise TransportError(url, "must go on where it was cut", response.headers.get("Content-Range", "none"), AGAIN)
    return n_bytes


def _version(response: BaseHTTPResponse) -> str:
    """Return what names the version of an answer: a strong ETag, else the time of its last change, else nothing."""
    etag = response.headers.get("ETag", "")
    return etag if etag.startswith('"') else response.headers.get("Last-Modified", "")


def _stream(response: BaseHTTPResponse, url: str, part: Part, transport: Transport, limit: int) -> None:
    """Take the answer's bytes as they come; an answer that crawls or does not end is given up."""
    patience_s = transport.params.timeout_seconds
    marked_at, mark = time.monotonic(), part.size
    while block := response.read1(BLOCK):
        part.write(block)
        transport.go_on(url)
        size, now = part.size, time.monotonic()
        if size > limit:
            part.empty()
            raise too_large(url, "more", limit)
        if now - marked_at > patience_s:
            if size - mark < SLOWEST_BYTES_PER_S * (now - marked_at):
                found = f"{size - mark:,} bytes in {now - marked_at:.1f} s"
                raise TransportError(url, "must bring 1,000 bytes per second", found, AGAIN)
            marked_at, mark = now, size


def too_large(url: str, found: str, limit: int) -> TransportError:
    """Return the error of an answer that has more bytes than the limit."""
    remedy = "set transport.largest_answer_mb higher if that is right"
    rule, found = "must not exceed transport.largest_answer_mb", f"{found}, {limit:,} is the most"
    return TransportError(url, rule, found, remedy, final=True)
