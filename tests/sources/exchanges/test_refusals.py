"""An exchange that misbehaves, sends away or refuses, and what cannot be asked of it."""

import sys
import time
from dataclasses import replace

import pytest

from assay.errors import ParamsError, TransportError
from assay.sources.exchanges import VENUE, line
from assay.sources.transport.line import Transport
from assay.sources.transport.obtain import obtain
from assay.sources.transport.params import TransportParams
from assay.tables.ticks import TRADES
from tests.sources.exchanges.asked import MANY, rows
from tests.sources.feeds import feed
from tests.sources.turns import FREELY, RATE, Freely, fullest_second


def test_an_unknown_market_is_refused_with_the_nearest(exchange):
    with exchange() as (_, asked), pytest.raises(TransportError, match=r"must be a market of kraken; .*BTC/USD") as e:
        rows(asked("trades", "BTC/USDX", "2024-01-02", "2024-01-02T01:00"), TRADES)
    assert e.value.final


@pytest.mark.parametrize("kind", [429, 500, 503, "cut", "reset", "corrupt", "wrong_type", "wrong_length"])
def test_a_fault_on_the_way_is_an_error_that_may_be_tried_again(exchange, kind):
    with exchange(MANY) as (server, asked):
        wanted = asked("trades", "BTC/USD", "2024-01-02", "2024-01-02T01:00")
        server.fault("/0/public/Trades", kind)
        try:
            frame, _ = rows(wanted, TRADES)
        except TransportError as error:
            assert not error.final, error  # noqa: PT017 - some faults leave the answer as it was
        else:
            assert frame.height == 400
        assert rows(wanted, TRADES)[0].height == 400


def test_an_exchange_that_sends_away_is_not_asked_for_as_long_as_it_says(exchange, tmp_path):
    with exchange(MANY) as (server, asked):
        wanted = replace(asked("trades", "BTC/USD", "2024-01-02", "2024-01-02T01:00"), root=tmp_path)
        server.fault("/0/public/Trades", 429, retry_after=1)
        transport = Transport(TransportParams(backoff_seconds=0.01))
        obtain(VENUE.pieces(wanted), wanted, transport, client=VENUE)
        first, second, *_ = [request.time for request in server.requests if request.path == "/0/public/Trades"]
    assert second - first >= 1.0
    assert transport.pace.of("kraken").rate < 0.6 * transport.params.requests_per_second


def test_every_request_takes_a_token(exchange, tmp_path):
    """The lists of markets and assets, and pages of trades from hour to hour."""
    with exchange(MANY) as (server, asked):
        wanted = replace(asked("trades", "BTC/USD", "2024-01-02", "2024-01-02T01:00"), root=tmp_path)
        with Transport(TransportParams(requests_per_second=RATE)) as transport:
            obtain(VENUE.pieces(wanted), wanted, transport, client=VENUE)
    assert len(server.requests) > RATE + 2
    assert fullest_second(server.requests) <= RATE


def test_an_exchange_that_is_silent_is_given_up_when_the_params_say_so(exchange):
    with exchange(MANY) as (server, asked):
        wanted = asked("trades", "BTC/USD", "2024-01-02", "2024-01-02T01:00")
        server.fault("/0/public/Trades", "slow", seconds=3.0)
        began_at = time.monotonic()
        with pytest.raises(TransportError, match="kraken must answer; found RequestTimeout") as failed:
            VENUE.ask(VENUE.pieces(wanted)[0], wanted, Freely(timeout_seconds=0.3))
    assert not failed.value.final
    assert time.monotonic() - began_at < 2.0


def test_what_the_exchange_refuses_is_final(exchange):
    with exchange() as (server, asked):
        server.content["/0/public/Trades"] = b'{"error":["EGeneral:Permission denied"]}'
        with pytest.raises(TransportError, match="kraken must serve what is asked; found PermissionDenied") as caught:
            rows(asked("trades", "BTC/USD", "2024-01-02", "2024-01-02T01:00"), TRADES)
    assert caught.value.final


def test_an_exchange_without_funding_is_named(exchange):
    with exchange() as (_, asked):
        wanted = asked("funding", "BTC/USD", "2024-01-02", "2024-01-03")
        with pytest.raises(ParamsError, match="must be one that kraken serves; found funding"):
            VENUE.ask(VENUE.pieces(wanted)[0], wanted, FREELY)


def test_an_interval_that_the_exchange_does_not_have_is_named(exchange):
    with exchange() as (_, asked):
        wanted = asked("ohlcv", "BTC/USD", "2024-01-02", "2024-01-03", interval="3m")
        with pytest.raises(ParamsError, match="must be one that kraken serves; found 3m; take"):
            VENUE.ask(VENUE.pieces(wanted)[0], wanted, FREELY)


def test_an_unknown_exchange_is_refused_with_the_nearest():
    with pytest.raises(
        ParamsError, match=r"data\.exchange: must be one that ccxt knows; found krakn; nearest are kraken"
    ):
        line.line(feed("ccxt", "trades", "BTC/USD", "2024-01-02", "2024-01-03", exchange="krakn"))


def test_without_the_client_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "ccxt", None)
    wanted = feed("ccxt", "trades", "BTC/USD", "2024-01-02", "2024-01-03", endpoint="http://127.0.0.1:1")
    with pytest.raises(
        ParamsError, match=r"ccxt needs its client; found it is not installed; pip install 'assay\[ccxt\]'"
    ):
        VENUE.ask(VENUE.pieces(wanted)[0], wanted, FREELY)
