"""Kraken through ccxt: a real client asks a real server for candles and trades."""

import csv
import gzip

import pytest

from assay.errors import TransportError
from assay.sources.exchanges import VENUE
from assay.tables.flags import Flag
from assay.tables.ohlcv import OHLCV
from assay.tables.ticks import TRADES
from tests.sources.exchanges.asked import HOUR, MANY, iso, recent, rows
from tests.sources.exchanges.kraken import HISTORY, NOW, Kraken
from tests.sources.turns import FREELY


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
