"""Addresses on the network: what they must be, and where an answer may send on to."""

from __future__ import annotations

from urllib.parse import SplitResult, urljoin, urlsplit

from assay.errors import TransportError


def followed(url: str, onward: str) -> str:
    """Return where an answer sends on to, which may be relative.

    Raises
    ------
    TransportError
        If that is no address, or leaves https.
    """
    _parts(onward)
    onward = urljoin(url, onward)
    if urlsplit(url).scheme == "https" and urlsplit(onward).scheme != "https":
        raise TransportError(url, "must stay with https", f"sent on to {onward}", "give another endpoint", final=True)
    return onward


def host(url: str) -> str:
    """Return the host and port of an address, without a name and password.

    Raises
    ------
    TransportError
        If it is no address of http or https.
    """
    parts = _parts(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        rule, found = "must be an address of http or https", parts.scheme or "neither"
        raise TransportError(url, rule, found, "check endpoint", final=True)
    return parts.netloc.rpartition("@")[2].lower()


def _parts(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError as error:
        raise TransportError(url, "must be an address", str(error), "check endpoint", final=True) from None
