"""The talking, with a real server on the loopback address in Yahoo's place."""

import json
import sys
import time
from dataclasses import replace
from datetime import date, timedelta
from datetime import time as clock
from itertools import pairwise

import pytest

from assay.errors import ParamsError, TransportError
from assay.sources.transport.line import Transport
from assay.sources.transport.obtain import obtain
from assay.sources.transport.params import TransportParams
from assay.sources.yahoo import VENUE, windows
from tests.sources.feeds import ns
from tests.sources.server import Server
from tests.sources.turns import FREELY, RATE, Freely, fullest_second
from tests.sources.yahoo.conftest import at, chart, decoded, flat, refused, served, yahoo

PATH = "/v8/finance/chart/AAPL"
DAYS = [date(2014, 6, day) for day in (5, 6, 9, 10)]
TRIES = 2
"""Requests that yfinance itself makes before it gives up on a status."""
SPLIT = (at(date(2020, 8, 31)), 4, 1)


@pytest.fixture
def server(monkeypatch):
    """A server of two charts: of the year that is asked for, and of the splits after it."""
    data = pytest.importorskip("yfinance.data")
    monkeypatch.setattr(data.YfData, "_get_cookie_and_crumb", lambda *_, **__: (None, "basic"))
    charts = {"1d": served(flat(DAYS)), "3mo": served(flat([date(2020, 9, 1)], splits=[SPLIT]))}
    with Server({PATH: lambda request: charts[request.query["interval"]]}) as server:
        server.charts = charts
        yield server


def asked(server, **params):
    wanted = yahoo(endpoint=server.url + "/", **params)
    return VENUE.ask(VENUE.pieces(wanted)[0], wanted, FREELY)


def test_an_answer_is_yahoos_chart_and_the_splits_after_it(server):
    raw = asked(server)
    frame, counts = decoded(raw)
    assert (frame["close"].to_list(), counts) == ([40.0] * 4, {})
    first, second = server.requests
    assert first.query == {
        "period1": str(ns("2014-01-01") // 10**9), "period2": str(ns("2015-01-01") // 10**9), "interval": "1d",
        "events": "div,splits", "includePrePost": "false",
    }  # fmt: skip
    assert (second.query["period1"], second.query["interval"]) == (first.query["period2"], "3mo")


def test_an_answer_is_kept_in_canonical_form_without_what_changes_from_day_to_day(server):
    raw = asked(server)
    assert raw == asked(server)
    content = json.loads(raw)
    assert json.dumps(content, sort_keys=True, separators=(",", ":")).encode() + b"\n" == raw
    assert sorted(content["chart"]["meta"]) == ["currency", "exchangeTimezoneName", "instrumentType", "symbol"]


def test_a_year_before_the_first_trade_is_empty(server):
    server.charts["1d"] = refused("Bad Request", "Data doesn't exist for startDate = 1388534400, endDate = 1420070400")
    assert decoded(asked(server))[1] == {"empty_answers": 1}


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (refused("Not Found", "No data found, symbol may be delisted"), "symbol may be delisted"),
        (refused("Unprocessable Entity", "1m data not available for startTime=1"), "1m data not available"),
    ],
)
def test_a_refusal_is_final_and_says_why(server, answer, message):
    server.charts["1d"] = answer
    with pytest.raises(TransportError, match=message) as failed:
        asked(server)
    assert failed.value.final


def test_too_many_requests_are_to_be_asked_again(server):
    server.fault(PATH, 429, times=TRIES)
    with pytest.raises(TransportError, match="too many requests") as failed:
        asked(server)
    assert not failed.value.final
    assert decoded(asked(server))[0].height == 4


def test_the_transport_asks_again_and_keeps_the_answer(server, tmp_path):
    server.fault(PATH, 429, times=TRIES)
    server.fault(PATH, 500, times=TRIES)
    wanted = replace(yahoo(endpoint=server.url), root=tmp_path)
    transport = Transport(TransportParams(backoff_seconds=0.01))
    (raw,) = obtain(VENUE.pieces(wanted), wanted, transport, client=VENUE)
    assert decoded(raw.read())[0].height == 4
    assert (tmp_path / "AAPL/1d/2014.json").read_bytes() == raw.read()
    n_requests = len(server.requests)
    obtain(VENUE.pieces(wanted), wanted, transport, client=VENUE)
    assert len(server.requests) == n_requests


def test_too_many_requests_make_the_transport_slower(server, tmp_path):
    server.fault(PATH, 429, times=TRIES)
    wanted = replace(yahoo(endpoint=server.url), root=tmp_path)
    transport = Transport(TransportParams(backoff_seconds=0.01))
    obtain(VENUE.pieces(wanted)[:1], wanted, transport, client=VENUE)
    assert transport.pace.of("yahoo").rate < 0.6 * transport.params.requests_per_second


def test_every_request_takes_a_token(server, tmp_path):
    """Four years are eight requests, from four threads at once."""
    wanted = replace(yahoo(endpoint=server.url, start="2011-01-01", end="2014-12-01"), root=tmp_path)
    with Transport(TransportParams(requests_per_second=RATE)) as transport:
        obtain(VENUE.pieces(wanted), wanted, transport, client=VENUE)
    assert len(server.requests) == 8
    assert fullest_second(server.requests) <= RATE


def test_a_server_that_is_silent_is_given_up_when_the_params_say_so(server):
    server.fault(PATH, "slow", times=TRIES, seconds=3.0)
    wanted, began_at = yahoo(endpoint=server.url), time.monotonic()
    with pytest.raises(
        TransportError, match=r"must be reached; found \w*Timeout.*transport\.timeout_seconds"
    ) as failed:
        VENUE.ask(VENUE.pieces(wanted)[0], wanted, Freely(timeout_seconds=0.3))
    assert not failed.value.final
    assert time.monotonic() - began_at < 2.0


def test_an_answer_larger_than_wished_for_is_refused(server, tmp_path):
    times = [at(date(2014, 6, 5)) + 60 * i for i in range(50_000)]
    prices = dict.fromkeys(("open", "high", "low", "close", "volume"), [10.0] * len(times))
    server.charts["1d"] = served(chart(times, prices))
    wanted = replace(yahoo(endpoint=server.url), root=tmp_path)
    with pytest.raises(TransportError, match=r"must not exceed transport\.largest_answer_mb; found \d,"):
        obtain(VENUE.pieces(wanted), wanted, Transport(TransportParams(largest_answer_mb=1)), client=VENUE)


@pytest.mark.parametrize(("fault", "final"), [(500, False), ("wrong_type", False), ("cut", False), (404, True)])
def test_other_answers_are_no_tables(server, fault, final):
    server.fault(PATH, fault, times=TRIES)
    with pytest.raises(TransportError, match=PATH) as failed:
        asked(server)
    assert failed.value.final is final


@pytest.mark.parametrize(
    "body", [b'{"chart":{"result":[],"error":null}}', b'{"chart":{"result":[3],"error":null}}', b"3", b"{}"]
)
def test_malformed_charts_are_asked_for_again(server, body):
    server.charts["1d"] = body
    with pytest.raises(TransportError, match="must answer with a chart") as failed:
        asked(server)
    assert not failed.value.final


def test_nobody_there_is_a_transport_error(server):
    wanted = yahoo(endpoint="http://127.0.0.1:9")
    with pytest.raises(TransportError, match="must be reached"):
        VENUE.ask(VENUE.pieces(wanted)[0], wanted, FREELY)


def test_without_yfinance_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "yfinance.data", None)
    wanted = yahoo(endpoint="http://127.0.0.1:9")
    with pytest.raises(ParamsError, match=r"assay\[yahoo\]"):
        VENUE.ask(VENUE.pieces(wanted)[0], wanted, FREELY)


def names(**params):
    return [piece.path for piece in VENUE.pieces(yahoo(**params))]


def test_days_are_asked_for_by_year_hours_by_month_minutes_by_week():
    assert names(start="2013-12-31", end="2014-06-01") == ["AAPL/1d/2013.json", "AAPL/1d/2014.json"]
    assert names(interval="1h", start="2014-01-31", end="2014-02-02") == [
        "AAPL/1h/2014-01.json",
        "AAPL/1h/2014-02.json",
    ]
    weeks = ["AAPL/1m/2014-06-02.json", "AAPL/1m/2014-06-09.json"]
    assert names(interval="1m", start="2014-06-08", end="2014-06-10") == weeks
    assert names(kind="actions", interval="1m", start="2014-06-08", end="2014-06-10") == ["AAPL/1d/2014.json"]


@pytest.mark.parametrize("symbol", ["AAPL", "INFY.NS"])
@pytest.mark.parametrize(("interval", "longest"), [("1m", 7), ("5m", 31), ("1h", 31), ("1d", 366)])
def test_windows_follow_one_another_without_a_gap(symbol, interval, longest):
    wanted = yahoo(symbol=symbol, interval=interval, start="2011-11-30", end="2014-03-01")
    spans = [windows.asked(piece, wanted) for piece in VENUE.pieces(wanted)]
    assert all(one[1] == two[0] for one, two in pairwise(spans))
    assert max(end - start for start, end in spans) == longest * 86_400


def test_no_year_or_month_is_asked_for_of_which_no_row_is_wanted():
    assert names(start="2014-06-01", end="2015-01-01") == ["AAPL/1d/2014.json"]
    assert names(interval="1h", start="2014-06-01", end="2014-07-01") == ["AAPL/1h/2014-06.json"]
    assert names(interval="1m", start="2014-06-02", end="2014-06-09") == ["AAPL/1m/2014-06-02.json"]
    assert names(symbol="INFY.NS", start="2014-06-01", end="2014-12-31") == ["INFY.NS/1d/2014.json"]
    assert names(symbol="INFY.NS", start="2014-06-01", end="2015-01-01")[1:] == ["INFY.NS/1d/2015.json"]


@pytest.mark.parametrize(
    ("symbol", "zone"),
    [
        ("AAPL", "America/New_York"),
        ("BTC-USD", "UTC"),
        ("EURUSD=X", "Europe/London"),
        ("INFY.NS", "Asia/Kolkata"),
        ("^NZ50", "Pacific/Auckland"),
        ("2222.SR", "Asia/Riyadh"),
    ],
)
@pytest.mark.parametrize(("start", "end"), [("2014-01-01", "2015-01-01"), ("2013-12-31", "2014-12-31T12:00")])
def test_every_day_that_begins_in_the_range_is_asked_for(symbol, zone, start, end):
    """Days are stamped with midnight (currencies, futures) or with the opening of their market."""
    wanted = yahoo(symbol=symbol, start=start, end=end)
    pieces = VENUE.pieces(wanted)
    spans = [windows.asked(piece, wanted) for piece in pieces]
    days = [date(2013, 12, 29) + timedelta(days=i) for i in range(370)]
    begins = {day: at(day, clock(0), zone) for day in days}
    inside = [day for day, begin in begins.items() if wanted.start_ns <= begin * 10**9 < wanted.end_ns]
    assert len(inside) >= 364
    for day in inside:
        for opening in (clock(0), clock(7), clock(10)):
            (mine,) = [i for i, (first, last) in enumerate(spans) if first <= at(day, opening, zone) < last]
            assert pieces[mine].start_ns <= begins[day] * 10**9 < pieces[mine].end_ns


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"start": None}, "asked for a range"),
        ({"interval": "30m"}, "take one of 1m, 5m, 15m, 1h, 1d"),
        ({"symbol": "../AAPL"}, "must be a symbol of Yahoo"),
    ],
)
def test_what_yahoo_does_not_have_is_refused(params, message):
    with pytest.raises(ParamsError, match=message):
        names(**params)
