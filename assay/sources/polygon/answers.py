"""Polygon's answers: what each must say of itself before its rows are believed."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from assay.errors import DataError
from assay.sources.decode.refusals import AGAIN, UnwantedError
from assay.sources.decode.served import loaded
from assay.sources.venue import Piece

GOOD = ("OK", "DELAYED")
MOST_PAGES = 2_000
"""Pages of one answer: 100 million rows of a day."""
_OF_REQUEST = (
    re.compile(rb'("request_id"\s*:\s*)"[^"\\]*"'),
    re.compile(rb'("status"\s*:\s*)"(?:%s)"' % "|".join(GOOD).encode()),
)
_PAGE = re.compile(r"(.*?)(?:\.page(\d{1,9}))?\.json")


def opened(raw: bytes, piece: Piece) -> dict[str, Any]:
    """Return an answer whose status is good.

    Raises
    ------
    DataError
        If it is no JSON object, or the venue's complaint.
    """
    answer = loaded(raw, piece.path)
    if answer.get("status") not in GOOD:
        found = " ".join(str(answer.get(name, "")) for name in ("status", "error", "message"))
        raise DataError(piece.path, f"status is {' or '.join(GOOD)}", found[:200].strip() or "none", AGAIN)
    return answer


def steady(raw: bytes) -> bytes:
    """Return an answer with the values left out that are the request's alone; every other byte is as served.

    Those are `request_id`, "a request id assigned by the server", and `status`, "the status of this request's
    response", where it is good (Polygon.io, Stocks REST API, response attributes). Where a name is there more than
    once, it may be data and stays.
    """
    for pattern in _OF_REQUEST:
        left, n = pattern.subn(rb'\1""', raw)
        raw = left if n == 1 else raw
    return raw


def results(answer: dict[str, Any], piece: Piece) -> list[dict[str, Any]]:
    """Return the rows of an answer; an answer without any has none.

    Raises
    ------
    DataError
        If they are not a list of objects, or not as many as the answer says.
    """
    rows = answer.get("results") or []
    if not isinstance(rows, list) or not all(type(row) is dict for row in rows):
        raise DataError(piece.path, "results are a list of objects", repr(rows)[:120], AGAIN)
    n_told = answer.get("resultsCount", len(rows))
    if n_told != len(rows):
        raise DataError(piece.path, f"has the {n_told} rows that it tells of", len(rows), AGAIN)
    return rows


def next_page(answer: dict[str, Any], piece: Piece) -> Piece | None:
    """Return the page after an answer, or None if it is the last.

    Raises
    ------
    UnwantedError
        If it lies anywhere but where the first page was: the key is sent along, and must not be sent elsewhere.
    """
    url = answer.get("next_url")
    if not url:
        return None
    if not _same_place(url, piece.url):
        rule, found = f"next_url is a page of {_place(piece.url)}", _place(url)
        raise UnwantedError(piece.path, rule, found, "set data.endpoint to the address that serves the pages")
    name, number = _PAGE.fullmatch(piece.path).groups()  # type: ignore[union-attr] # every path is one
    page = int(number or 1) + 1
    if page > MOST_PAGES or url == piece.url:
        raise DataError(piece.path, f"must end after {MOST_PAGES} pages at most", f"page {page}", AGAIN)
    return replace(piece, path=f"{name}.page{page}.json", url=url)


def _same_place(url: object, asked: str) -> bool:
    """Return whether an address is on the same host and path, and holds no key."""
    return isinstance(url, str) and _place(url) == _place(asked) and "apikey" not in url.lower()


def _place(url: object) -> str:
    """Return an address without its query, or what can be told of one that is none."""
    try:
        parts = urlsplit(str(url))
    except ValueError:
        return "no address"
    return f"{parts.scheme}://{parts.netloc}{parts.path}"[:120]
