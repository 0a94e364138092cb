"""Captures of exchanges as pieces of a feed, through the engine, and damaged."""

import gzip

import pytest

from assay.errors import DataError, ParamsError
from assay.sources.decode import messages
from assay.sources.exchanges import VENUE
from assay.sources.run.fetch import fetch
from assay.sources.run.pages import obtained
from tests.sources.exchanges.recorded import DAYS, decoded, piece, raw_of
from tests.sources.feeds import fates, feed
from tests.sources.fuzz import mutations
from tests.sources.transport.conftest import line


def recorded(root, *names):
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"")


def paths(kind, symbol, start="2021-04-01", end="2021-05-01", **params):
    return [piece.path for piece in VENUE.pieces(feed("ccxt", kind, symbol, start, end, **params))]


def test_captures_are_found_by_exchange_market_and_day_and_nothing_is_asked_then(tmp_path):
    recorded(tmp_path, "kraken/XMR-USD_20210418.gz", "kraken/xmr-usd_2021-04-17.book.gz", "kraken/XMR-USDT_20210417.gz")
    recorded(tmp_path, "bitmex/XMR-USD_20210417.gz", "kraken/XMR-USD/trades/2021-04-17T0000.json")
    mine = ["kraken/xmr-usd_2021-04-17.book.gz", "kraken/XMR-USD_20210418.gz"]
    for kind in ("trades", "quotes", "book"):
        assert paths(kind, "XMR/USD", root=tmp_path) == mine
    assert paths("trades", "XMR/USD", "2021-04-19", "2021-04-20", root=tmp_path / "x")[0].endswith("T0000.json")
    assert paths("ohlcv", "XMR/USD", root=tmp_path)[0].startswith("kraken/XMR-USD/ohlcv/")
    with pytest.raises(DataError, match=r"must hold a capture .*2 of other days"):
        paths("trades", "XMR/USD", "2020-04-01", "2020-05-01", root=tmp_path)


@pytest.mark.parametrize("exchange", ["kraken", "bitmex", "binance"])
@pytest.mark.parametrize("kind", ["book", "quotes"])
def test_books_and_quotes_come_from_captures_only(tmp_path, kind, exchange):
    rule = (
        f"ccxt has {kind} of captures only, of kraken and bitmex; found no capture; record .*{exchange}/XMR-USD_<day>"
    )
    with pytest.raises(ParamsError, match=rule):
        paths(kind, "XMR/USD", root=tmp_path, exchange=exchange)


ENGINE = [
    ("kraken", "trades", "XMR/USD", 4),
    ("kraken", "quotes", "XMR/USD", 4),
    ("kraken", "book", "XMR/USD", 31),
    ("bitmex", "trades", "XBTUSD", 15),
    ("bitmex", "quotes", "XBTUSD", 285),
    ("bitmex", "book", "XBTUSD", 29),
]


@pytest.mark.parametrize(("exchange", "kind", "symbol", "n_rows"), ENGINE)
def test_a_capture_becomes_a_month_and_the_exchange_is_not_asked_even_to_refresh(
    shared, tmp_path, exchange, kind, symbol, n_rows
):
    """An address at which nobody answers; trades and quotes are counted by the tests of their decoders."""
    day = DAYS[exchange].replace("-", "")
    name = f"{exchange}/{symbol.replace('/', '-')}_{day}.gz"
    (tmp_path / exchange).mkdir()
    (tmp_path / name).write_bytes(raw_of(shared, exchange, kind))
    one = feed("ccxt", kind, symbol, exchange=exchange, root=tmp_path, endpoint="http://127.0.0.1:9")
    folders = {place: tmp_path / place for place in ("ticks", "context")}
    with line() as transport:
        got = fetch(one, folders, transport)
        (raw,) = obtained(VENUE, one, transport, refresh=True)
    assert [file["n_rows"] for file in got.files] == [n_rows]
    assert [list(file["origins"]) for file in got.files] == [[name]]
    assert raw.receipt.by_hand


def test_a_publish_lag_is_added_to_the_receipt(shared):
    raw = raw_of(shared, "bitmex", "book")
    now, later = (
        decoded(raw, "bitmex", "book", "XBTUSD", publish_lag_seconds=lag)[0]["known_at"] for lag in ("auto", 1.5)
    )
    assert (later - now).dt.total_milliseconds().unique().to_list() == [1_500]


def small(shared, exchange, kind, symbol):
    """Return the first lines of a real capture that tell of a symbol, its books cut to a few levels."""
    lines = gzip.decompress(raw_of(shared, exchange, kind)).splitlines()
    mine = [said for said in lines if symbol.encode() in said and len(said) < 8_000 and b"<-" not in said]
    return b"\n".join(mine[:24]) + b"\n"


SMALL = [
    ("kraken", "trades", "SC/EUR"),
    ("kraken", "quotes", "SC/EUR"),
    ("kraken", "book", "GRT/ETH"),
    ("bitmex", "trades", "XBTUSD"),
    ("bitmex", "quotes", "XRPU21"),
    ("bitmex", "book", "XBTUSD"),
]


@pytest.mark.parametrize("n_cases", [300, pytest.param(10_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize(("exchange", "kind", "symbol"), SMALL)
def test_damaged_captures_end_in_one_line_or_in_a_table(shared, exchange, kind, symbol, n_cases):
    raw = small(shared, exchange, kind, symbol)
    one = feed("ccxt", kind, symbol, exchange=exchange)
    found = fates(VENUE, mutations(raw, 3, n_cases * 3 // 4), piece(exchange), one)
    found += fates(VENUE, mutations(gzip.compress(raw, mtime=0), 4, n_cases // 4), piece(exchange), one)
    assert found["wrong"] == 0
    assert min(found["refused"], found["table"]) > n_cases // 30


FILES = ["KRAKEN.0", "KRAKEN.ws.48.0", "KRAKEN.ws.49.0", "KRAKEN.ws.50.0", "BITMEX.0", "BITMEX.ws.1.0"]
N_LINES = [2, 53, 64, 4_325, 2, 2_124]
"""Lines of each file, counted with wc; answers and addresses among them."""


@pytest.mark.parametrize(("name", "n_lines"), [*zip(FILES, N_LINES, strict=True)])
def test_every_line_of_every_capture_is_understood(shared, name, n_lines):
    """Messages are those lines that begin with a time of the recorder."""
    raw = (shared / "cryptofeed" / f"{name}.gz").read_bytes()
    written = gzip.decompress(raw).decode().split("\n")
    assert len(written) - 1 == n_lines
    exchange = name.partition(".")[0].lower()
    found = messages.lines(raw, piece(exchange), messages.ANY)
    streamed = found.filter(found["address"].is_null())
    assert streamed["json"].to_list() == [said.partition(": ")[2] for said in written if said[:1].isdigit()]
    assert found.height - streamed.height == sum(" -> " in said for said in written)
    for kind in ("trades", "quotes", "book"):
        decoded(raw, exchange, kind, "XBTUSD")
