"""Connections of which no part can hang: to connect, to answer, and to go on each have their limit."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Timer
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool


@contextmanager
def _within(seconds: float | None, sock: socket.socket) -> Iterator[None]:
    """Cut a connection whose answer does not begin in time: a limit on silence does not see headers that drip.

    Raises
    ------
    TimeoutError
        If it was cut.
    """
    is_cut = Event()

    def cut() -> None:
        is_cut.set()
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)

    timer = Timer(seconds or 0.0, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        if is_cut.is_set():
            raise TimeoutError


class _Plain(HTTPConnection):
    def getresponse(self) -> urllib3.response.HTTPResponse:  # type: ignore[override]
        with _within(self.timeout, self.sock):
            return super().getresponse()


class _Secure(HTTPSConnection):
    def getresponse(self) -> urllib3.response.HTTPResponse:  # type: ignore[override]
        with _within(self.timeout, self.sock):
            return super().getresponse()


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


class Connections:
    """Connections to all hosts, kept open between requests; proxies are those of the environment.

    Parameters
    ----------
    n_kept
        Connections that are kept open per host.
    """

    def __init__(self, n_kept: int) -> None:
        self._n_kept = n_kept
        self._managers: dict[str, urllib3.PoolManager] = {}

    def to(self, url: str) -> urllib3.PoolManager:
        """Return the pool that leads to an address."""
        parts = urlsplit(url)
        through = "" if proxy_bypass(parts.hostname or "") else getproxies().get(parts.scheme, "")
        if through not in self._managers:
            self._managers[through] = self._made(through)
        return self._managers[through]

    def close(self) -> None:
        """Close all of them."""
        for manager in self._managers.values():
            manager.clear()

    def _made(self, proxy: str) -> urllib3.PoolManager:
        manager = (
            urllib3.ProxyManager(proxy, maxsize=self._n_kept) if proxy else urllib3.PoolManager(maxsize=self._n_kept)
        )
        manager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}
        return manager
