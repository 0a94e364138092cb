"""Why a feed failed, in words that git can keep: the same however often and however patiently a venue was asked."""

from __future__ import annotations

from urllib.parse import urlsplit

from assay.errors import AssayError, TransportError
from assay.sources.run.together import Failure, without_places
from assay.sources.transport.secrets import log, redacted
from assay.sources.venue import Feed


def reason(feed: Feed, error: AssayError) -> str:
    """Return why a feed failed, without a key or a place of this machine.

    Of bytes that could not be had, the file, the rule and the class of the error: what was found there, such as tries,
    waits and addresses, is the network's and is left to the log (:func:`logged`). Of all others, the whole error.
    """
    if not isinstance(error, TransportError):
        return Failure(feed, error).told()["error"]
    where = error.where
    if "://" in where:
        where = urlsplit(where.removeprefix(feed.params.endpoint.rstrip("/"))).path.lstrip("/")
    return without_places(redacted(f"{where}: {error.rule} ({type(error).__name__})"), feed.root)


def logged(feed: Feed, error: AssayError, outcome: str) -> None:
    """Log what became of a feed that failed, with all that was found."""
    log().warning("%s %s: %s", feed.name, outcome, Failure(feed, error).told()["error"])
