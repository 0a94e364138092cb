"""Kraken on the loopback address, asked without waiting between requests."""

from contextlib import contextmanager

import pytest

from assay.sources.exchanges import line
from tests.sources.exchanges.kraken import NOW, Kraken
from tests.sources.feeds import feed


@pytest.fixture
def exchange():
    """Return how to open an exchange: gives its server, and a function that makes feeds of it."""

    @contextmanager
    def opened(trades=(), page=1000):
        with Kraken(trades, page).serve() as server:

            def asked(kind, symbol, start, end, **params):
                wanted = feed("ccxt", kind, symbol, start, end, endpoint=server.url, **params)
                client = line.line(wanted).client
                client.enableRateLimit, client.milliseconds = False, lambda: NOW * 1_000
                return wanted

            yield server, asked

    return opened
