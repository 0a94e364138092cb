"""All feeds of a run side by side: one that fails holds up no other."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from assay.errors import AssayError, PartialError, StoreError
from assay.sources.transport.line import Transport
from assay.sources.transport.secrets import redacted
from assay.sources.venue import Feed

R = TypeVar("R")
T = TypeVar("T")
_BEGIN = r"(?<![\w/:.~*-])"
"""Not in the middle of a path, nor of an address."""
_FOLDERS = re.compile(rf"{_BEGIN}/(?:[^\s/:;,'\"()]+/)+")
"""Folders of an absolute path."""


@dataclass(frozen=True)
class Failure:
    """A feed that failed, and why."""

    feed: Feed
    error: AssayError

    def told(self) -> dict[str, str]:
        """Return its entry of the manifest, which git keeps: without a key, and without a place of this machine."""
        feed = self.feed
        error = without_places(redacted(str(self.error)), feed.root)
        return {"source": feed.label, "symbol": feed.symbol, "kind": feed.kind, "error": error}


@dataclass(frozen=True)
class Outcome(Generic[R]):
    """What the feeds that went well gave, and those that failed, both in the order of the feeds."""

    results: list[R]
    failures: list[Failure]


def together(work: Callable[[Feed], R], wanted: Sequence[Feed], transport: Transport) -> Outcome[R]:
    """Do the work of every feed, `at_once` of them at a time; one alone in this thread, and with a bar of its own.

    What the system refuses to one feed, such as a file of it, is a failure of that feed alone.

    Raises
    ------
    AssayError
        If all fail, so that there is nothing to deliver: the first one's own error.
    """

    def one(feed: Feed) -> R | Failure:
        try:
            return work(feed)
        except AssayError as error:
            return Failure(feed, error)
        except OSError as error:
            return Failure(feed, _refused(error, feed))

    done = [one(wanted[0])] if len(wanted) == 1 else _threaded(one, wanted, transport)
    failures = [result for result in done if isinstance(result, Failure)]
    if len(failures) == len(wanted):
        raise failures[0].error
    return Outcome([result for result in done if not isinstance(result, Failure)], failures)


def _threaded(work: Callable[[Feed], T], wanted: Sequence[Feed], transport: Transport) -> list[T]:
    def part(feed: Feed) -> T:
        with bar.part():
            return work(feed)

    n_threads = transport.params.at_once
    with transport.side_by_side(len(wanted)) as bar, ThreadPoolExecutor(n_threads, "assay-feeds") as pool:
        try:
            return list(pool.map(part, wanted))
        except BaseException:
            transport.stop()
            raise


def _refused(error: OSError, feed: Feed) -> StoreError:
    found, remedy = error.strerror or str(error), "free the disk, or change the mode or owner"
    return StoreError(error.filename or feed.root, "the system must allow it", found, remedy)


def without_places(text: str, root: Path) -> str:
    """Return a text with paths as they are below the raw cache; of other absolute ones their last name is left."""
    for folder in sorted({root.absolute(), Path.cwd()}, key=lambda folder: len(folder.parts), reverse=True):
        if folder.name:
            text = re.sub(rf"{_BEGIN}{re.escape(str(folder))}/", "", text)
    return _FOLDERS.sub("", re.sub(rf"{_BEGIN}{re.escape(str(root.absolute()))}(?![\w.-])", "the raw cache", text))


def partly(failed: Sequence[dict[str, str]], n_wanted: int, remedy: str) -> PartialError:
    """Return the error that names what failed, with the first one's reason."""
    names = ", ".join(f"{one['source']} {one['symbol']} {one['kind']}" for one in failed)
    found = f"{len(failed)} of {n_wanted} failed: {names}; {failed[0]['error']}"
    return PartialError("fetch", "must deliver every symbol", found, remedy)
