"""The turns of a venue's own client: each of its requests takes a token, and is watched."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from assay.sources.transport.line import Transport


class Turns:
    """What a client asks by; see :class:`assay.sources.venue.Turn`.

    Parameters
    ----------
    transport
        The line of this run.
    who
        Whom the client asks and for what: its first word names the bucket.
    """

    def __init__(self, transport: Transport, who: str) -> None:
        self.bucket, self.timeout_seconds = transport.pace.of(who.partition(" ")[0]), transport.params.timeout_seconds
        self._transport, self._who = transport, who

    @contextmanager
    def request(self) -> Iterator[None]:
        """Wait for a token and take it; notice when the request made inside is slow.

        Raises
        ------
        TransportError
            If the run was stopped.
        """
        self.bucket.take()
        self._transport.go_on(self._who)
        with self._transport.clocked(self._who):
            yield
