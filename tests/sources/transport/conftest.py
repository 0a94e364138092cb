"""A server, a raw cache and a quick transport."""

from pathlib import Path

import pytest

from assay.sources.transport.line import Transport
from assay.sources.transport.params import TransportParams
from assay.sources.transport.secrets import Secrets
from assay.sources.venue import Piece
from tests.sources.feeds import feed, ns
from tests.sources.server import Server

DAY = (ns("2024-01-02"), ns("2024-01-03"))
AFTER = ns("2024-06-01")
CSV = b"".join(b"%d,1.25,7\n" % i for i in range(5000))
QUICK = {"backoff_seconds": 0.01, "requests_per_second": 1000.0, "timeout_seconds": 2.0, "retries": 3}


def line(secrets=None, now_ns=lambda: AFTER, environ=None, tmp_path=None, **params):
    """Return a transport that retries quickly, at a fixed time long after the pieces' periods."""
    secrets = secrets or Secrets(tmp_path / ".env" if tmp_path else Path("/nowhere"), environ or {})
    return Transport(TransportParams(**(QUICK | params)), secrets, now_ns)


def feed_at(root, **changes):
    return feed("binance", "trades", "BTCUSDT", root=root, **changes)


def piece(server, path="spot/BTCUSDT/day.csv", **changes):
    url = f"{server.url}/{path}" if server else ""
    return Piece(**({"path": path, "start_ns": DAY[0], "end_ns": DAY[1], "url": url} | changes))


@pytest.fixture
def server():
    with Server({"/spot/BTCUSDT/day.csv": CSV}) as running:
        yield running


@pytest.fixture
def feed_here(tmp_path):
    return feed_at(tmp_path / "cache")
