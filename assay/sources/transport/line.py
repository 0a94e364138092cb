"""What one run talks with: connections, pace, keys, and what it has noticed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Self, TypeVar

from assay.compute.progress import Shared, counted
from assay.errors import TransportError
from assay.sources.transport.connections import Connections
from assay.sources.transport.crypt import Cipher
from assay.sources.transport.pace import Pace
from assay.sources.transport.params import TransportParams
from assay.sources.transport.secrets import Secrets, log, redacted

T = TypeVar("T")
MOST_NAMED = 10


class Transport:
    """One line to all venues, shared by all threads of a run; to be closed, or used in a ``with``.

    Parameters
    ----------
    params
        The ``transport`` block.
    secrets
        Where keys come from.
    now_ns
        The time, nanoseconds since 1970-01-01 UTC.

    Raises
    ------
    ParamsError
        If the key of the raw cache is no key.
    """

    def __init__(
        self, params: TransportParams, secrets: Secrets | None = None, now_ns: Callable[[], int] = time.time_ns
    ) -> None:
        self.params, self.now_ns = params, now_ns
        self.secrets = secrets or Secrets()
        self.cipher = Cipher(self.secrets)
        self.connections = Connections(params.at_once)
        self.pace = Pace(params.requests_per_second, sleep=self.sleep)
        self.pool = ThreadPoolExecutor(params.at_once, thread_name_prefix="assay-transport")
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._slow: list[tuple[float, str]] = []
        self._notes: list[str] = []
        self._shared: Shared | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections, when what is under way has ended."""
        self.pool.shutdown(cancel_futures=True)
        self.connections.close()

    def stop(self) -> None:
        """End every wait and every answer that is under way; nothing can be asked any more."""
        self._stopped.set()

    def go_on(self, where: str) -> None:
        """Do nothing, unless the run was stopped.

        Raises
        ------
        TransportError
            If it was.
        """
        if self._stopped.is_set():
            raise TransportError(where, "must answer", "the run was stopped", "run it again", final=True)

    def sleep(self, seconds: float) -> None:
        """Wait, unless the run is stopped.

        Raises
        ------
        TransportError
            If it was stopped.
        """
        self._stopped.wait(seconds)
        self.go_on("transport")

    @contextmanager
    def clocked(self, where: str) -> Iterator[None]:
        """Notice when what is done inside takes longer than `slow_seconds`, also when it fails."""
        began_at = time.monotonic()
        try:
            yield
        finally:
            took_s = time.monotonic() - began_at
            log().debug("%s: %.3f s", where, took_s)
            if took_s > self.params.slow_seconds:
                with self._lock:
                    self._slow.append((took_s, where))

    @contextmanager
    def side_by_side(self, n_feeds: int) -> Iterator[Shared]:
        """Let feeds that are worked on inside, each in a thread at a time, share one bar; it is given."""
        self._shared = Shared(n_feeds, "feeds", unit=" files")
        try:
            yield self._shared
        finally:
            self._shared.close()
            self._shared = None

    def counted(self, items: Iterable[T], total: int, label: str) -> Iterator[T]:
        """Yield files of a feed and show how far it is: in the bar that feeds share, or in one of its own."""
        if self._shared:
            return self._shared.counted(items, total)
        return counted(items, total, label, unit=" files")

    def note(self, text: str) -> None:
        """Keep a warning for the end."""
        with self._lock:
            self._notes.append(redacted(text))

    def report(self) -> None:
        """Log what was noticed since the last report, as warnings: slow answers, slowest first, and notes."""
        with self._lock:
            slow, self._slow = sorted(self._slow, reverse=True), []
            notes, self._notes = self._notes, []
        for text in (*_named("notes", notes), *_named(f"answers over {self.params.slow_seconds:g} s", _lines(slow))):
            log().warning("%s", text)


def _lines(slow: list[tuple[float, str]]) -> list[str]:
    return [f"{redacted(where)} took {took_s:.1f} s" for took_s, where in slow]


def _named(what: str, lines: list[str]) -> list[str]:
    """Return the first lines, and how many there are where that is more."""
    more = [f"{len(lines)} {what}, of which {MOST_NAMED} are named"] if len(lines) > MOST_NAMED else []
    return [*more, *lines[:MOST_NAMED]]
