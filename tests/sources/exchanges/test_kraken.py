"""Kraken through ccxt: a real client asks a real server, which also misbehaves."""

import csv
import gzip
import json
import sys
import time
from dataclasses import replace

import polars as pl
import pytest

from assay.errors import DataError, ParamsError, TransportError
from assay.sources.exchanges import VENUE, line, questions
from assay.sources.transport.line import Transport
from assay.sources.transport.obtain import obtain
from assay.sources.transport.params import TransportParams
from assay.tables.flags import Flag
from assay.tables.ohlcv import OHLCV
from assay.tables.ticks import TRADES
from tests.sources.exchanges.kraken import HISTORY, NOW, Kraken
from tests.sources.feeds import fates, feed, ns
from tests.sources.fuzz import mutations
from tests.sources.turns import FREELY, RATE, Freely, fullest_second

HOUR = 3_600


def iso(second):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))


def recent(asked, hours, **params):
    """Return a feed of the hours before now, and the windows of its range."""
    wanted = asked("ohlcv", "BTC/USD", iso(NOW - hours * HOUR), iso(NOW + HOUR), **params)
    return wanted, VENUE.pieces(wanted)


def rows(wanted, table, pieces=None):
    frames = [VENUE.decode(VENUE.ask(piece, wanted, FREELY), piece, wanted) for piece in pieces or VENUE.pieces(wanted)]
    return table.check(pl.concat([frame for frame, _ in frames]), wanted.symbol), [rules for _, rules in frames]


def test_candles_are_those_of_the_exchange_and_the_open_one_is_left_out(exchange):
    with exchange() as (server, asked):
        wanted, pieces = recent(asked, 30, interval="1h")
        frame, rules = rows(wanted, OHLCV, pieces[-1:])
    assert [rule["open_bars_left_out"] for rule in rules] == [1]
    seconds = (frame["opened_at"].to_physical() // 10**9).to_list()
    opened = NOW - NOW % HOUR
    assert seconds == list(range(pieces[-1].start_ns // 10**9, opened, HOUR))
    theirs = [Kraken().candle(second) for second in seconds]
    assert frame["open"].to_list() == [float(row[1]) for row in theirs]
    assert frame["high"].to_list() == [float(row[2]) for row in theirs]
    assert frame["close"].to_list() == [float(row[4]) for row in theirs]
    assert frame["volume"].to_list() == [float(row[6]) for row in theirs]
    assert (frame["known_at"] == frame["closed_at"]).all()
    assert {request.path for request in server.requests} <= {f"/0/public/{n}" for n in ("AssetPairs", "Assets", "OHLC")}


def test_a_window_that_has_passed_gives_the_same_bytes_again(exchange):
    with exchange() as (_, asked):
        wanted, pieces = recent(asked, 600, interval="1h")
        passed = [piece for piece in pieces if piece.end_ns < (NOW - 60) * 10**9]
        assert VENUE.ask(passed[-1], wanted, FREELY) == VENUE.ask(passed[-1], wanted, FREELY)


def test_a_history_that_the_exchange_no_longer_has_is_refused_and_not_empty(exchange):
    with exchange() as (_, asked):
        wanted, pieces = recent(asked, 2 * HISTORY, interval="1h")
        with pytest.raises(TransportError, match="keeps no history this old; found 720 rows") as caught:
            VENUE.ask(pieces[0], wanted, FREELY)
    assert caught.value.final
    assert "take trades instead" in str(caught.value)


@pytest.mark.parametrize("page", [100, 250, 1000])
def test_trades_of_the_real_export_come_page_by_page_148_and_486_of_the_readme(shared, exchange, page):
    folder = shared / "freqtrade/kraken/trades_csv"
    for file, n_rows in ((folder / "BCHEUR.csv", 148), (folder / "incremental_q2/BCHEUR.csv", 486)):
        with file.open() as lines:
            real = [(price, size, int(second), "b") for second, price, size in csv.reader(lines)]
        with exchange(real, page) as (_, asked):
            wanted = asked("trades", "BCHEUR", iso(real[0][2]), iso(real[-1][2] + 1))
            frame, _ = rows(wanted, TRADES)
        assert frame.height == n_rows
        assert frame["price"].to_list() == [float(price) for price, *_ in real]
        assert frame["size"].to_list() == [float(size) for _, size, *_ in real]
        assert (frame["time"].to_physical() // 10**9).to_list() == [second for _, _, second, _ in real]


START = ns("2024-01-02") // 10**9
MANY = [("100.5", "0.25", START + i // 40, "bs"[i % 2]) for i in range(400)]


def test_trades_of_one_second_that_fill_pages_are_all_had_once(exchange):
    with exchange(MANY, page=60) as (_, asked):
        wanted = asked("trades", "BTC/USD", "2024-01-02", "2024-01-02T01:00")
        frame, _ = rows(wanted, TRADES)
    assert frame.height == 400
    assert frame["side"].to_list() == [1, -1] * 200


def test_trades_that_kraken_marks_are_flagged(exchange):
    with exchange([MANY[0], (*MANY[1], "x"), MANY[2]]) as (_, asked):
        wanted = asked("trades", "BTC/USD", "2024-01-02", "2024-01-02T01:00")
        frame, _ = rows(wanted, TRADES)
    assert frame["flags"].to_list() == [0, Flag.VENUE, 0]
    assert frame["side"].to_list() == [1, -1, 1]


def test_more_trades_of_one_instant_than_a_page_holds_are_refused(exchange):
    with exchange([MANY[0]] * 70, page=60) as (_, asked):
        wanted = asked("trades", "BTC/USD", "2024-01-02", "2024-01-02T01:00")
        with pytest.raises(TransportError, match="a page holds more than one instant; found 60 trades"):
            rows(wanted, TRADES)


@pytest.mark.parametrize("symbol", ["BTC/USD", "BTCUSD", "XXBTZUSD"])
def test_a_market_may_be_written_as_ccxt_as_one_word_or_as_the_exchange_does(exchange, symbol):
    with exchange(MANY) as (_, asked):
        assert rows(asked("trades", symbol, "2024-01-02", "2024-01-02T01:00"), TRADES)[0].height == 400


def test_a_real_list_of_markets_is_understood(shared, exchange):
    lines = gzip.decompress((shared / "cryptofeed/KRAKEN.0.gz").read_bytes()).decode().splitlines()
    real = next(line for line in lines if "AssetPairs" in line).partition(": ")[2].encode()
    with exchange(MANY) as (server, asked):
        server.content["/0/public/AssetPairs"] = real
        assert rows(asked("trades", "BTC/USD", "2024-01-02", "2024-01-02T01:00"), TRADES)[0].height == 400


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


def test_keys_come_from_the_environment_and_are_not_sent_to_another_address(exchange, monkeypatch):
    monkeypatch.setenv("KRAKEN_API_KEY", "k3y-of-mine")
    monkeypatch.setenv("KRAKEN_SECRET", "c2VjcmV0LW9mLW1pbmU=")
    own = line.line(feed("ccxt", "trades", "BTC/USD", "2024-01-02", "2024-01-03")).client
    assert (own.apiKey, own.secret) == ("k3y-of-mine", "c2VjcmV0LW9mLW1pbmU=")
    with exchange(MANY) as (server, asked):
        wanted = asked("trades", "BTC/USD", "2024-01-02", "2024-01-02T01:00")
        raw = VENUE.ask(VENUE.pieces(wanted)[0], wanted, FREELY)
        assert line.line(wanted).client.apiKey == ""
        assert not any("k3y" in str(request) for request in server.requests)
    assert b"k3y" not in raw


def test_a_key_that_changes_in_the_file_during_a_run_wins(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KRAKEN_API_KEY", "k3y-of-the-environment")
    monkeypatch.setenv("KRAKEN_SECRET", "c2VjcmV0LW9mLW1pbmU=")
    wanted, file = feed("ccxt", "trades", "BTC/USD", "2024-01-02", "2024-01-03"), tmp_path / ".env"
    file.write_text("KRAKEN_API_KEY=old-k3y\n")
    assert line.line(wanted).client.apiKey == "k3y-of-the-environment"
    file.write_text("KRAKEN_API_KEY=rotated-k3y\n")
    assert line.line(wanted).client.apiKey == "rotated-k3y"


def told(kind, **changes):
    """An answer as it is kept."""
    wanted = feed("ccxt", kind, "BTC/USD", "2024-01-02", "2024-01-02T01:00", interval="1h")
    (piece,) = VENUE.pieces(wanted)
    start = piece.start_ns // 10**6
    made = {
        "ohlcv": [[start + i * HOUR * 1000, 1.5, 2.0, 1.0, 1.75, 3.0] for i in range(5)],
        "trades": [[start + i, "buy", 1.5, 0.25] for i in range(5)],
        "funding": [[start + i * 8 * HOUR * 1000, 0.0001] for i in range(5)],
    }
    answer = {"exchange": "kraken", "kind": kind, "symbol": "BTC/USD", "n_open_left_out": 0, "rows": made[kind]}
    answer |= {"start_ms": start, "end_ms": piece.end_ns // 10**6}
    answer |= {"interval": "1h"} if kind == "ohlcv" else {}
    return json.dumps(answer | changes).encode(), piece, wanted


@pytest.mark.parametrize(
    ("kind", "changes", "rule"),
    [
        ("trades", {"symbol": "ETH/USD"}, "symbol must be BTC/USD; found 'ETH/USD'"),
        ("trades", {"exchange": "binance"}, "exchange must be kraken"),
        ("ohlcv", {"interval": "1m"}, "interval must be 1h"),
        ("ohlcv", {"start_ms": 0}, "start_ms must be"),
        ("trades", {"rows": [[1, "buy", 1.0, 1.0]]}, "row 1: times lie in"),
        ("trades", {"rows": [[1, "buy", 1.0]]}, "rows are lists of 4 entries"),
        ("trades", {"rows": None}, "rows are lists of 4 entries; found None"),
        ("trades", {"n_open_left_out": None}, "n_open_left_out must be a whole number"),
    ],
)
def test_answers_to_another_question_are_refused(kind, changes, rule):
    raw, piece, wanted = told(kind, **changes)
    with pytest.raises(DataError, match=rule):
        VENUE.decode(raw, piece, wanted)


@pytest.mark.parametrize("side", ["long", 1, ["buy"]])
def test_sides_that_are_none_are_refused(side):
    raw, piece, wanted = told("trades")
    answer = json.loads(raw)
    answer["rows"][1][1] = side
    with pytest.raises(DataError, match="row 2: side is buy, sell or null"):
        VENUE.decode(json.dumps(answer).encode(), piece, wanted)


def test_funding_is_a_fraction_known_when_it_is_paid():
    raw, piece, wanted = told("funding")
    frame, _ = VENUE.decode(raw, piece, wanted)
    assert frame["rate"].to_list() == [0.0001] * 5
    assert (frame["known_at"] == frame["time"]).all()


@pytest.mark.parametrize("n_cases", [300, pytest.param(10_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("kind", questions.FUNCTIONS)
def test_mutated_answers_end_in_one_line_or_in_a_table(kind, n_cases):
    raw, piece, wanted = told(kind)
    assert VENUE.decode(raw, piece, wanted)[0].height == 5
    found = fates(VENUE, mutations(raw, 3, n_cases), piece, wanted)
    assert found["wrong"] == 0
    assert min(found["refused"], found["table"]) > 0
