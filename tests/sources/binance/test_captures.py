"""Recorded streams: counts of the data's README, and books that agree with the venue's best quotes."""

import gzip
import json
import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from assay.sources.binance import VENUE
from assay.sources.binance.book import books
from assay.tables.kinds import TABLES
from tests.sources.binance.conftest import feed, piece

MARKETS = {"usdm": "BTCUSDT", "spot": "BTCUSDT", "coinm": "BTCUSD_PERP"}
README_ROWS = [
    ("usdm", "trades", "2024-08-08", 21_313),
    ("usdm", "quotes", "2024-08-08", 66_089),
    ("spot", "trades", "2024-08-08", 19_904),
    ("spot", "quotes", "2024-08-08", 73_174),
    ("coinm", "trades", "2024-08-08", 5_235),
    ("coinm", "quotes", "2024-08-08", 48_355),
    ("usdm", "trades", "2023-04-04", 12_935),
    ("usdm", "quotes", "2023-04-04", 44_205),
    ("usdm", "mark_price", "2023-04-04", 514),
    ("spot", "trades", "2023-04-04", 3_144),
]


def recorded(shared, market, kind, day):
    """Return the rows of the captures of a day and the next, checked, and what was counted."""
    root = shared / "binance_ws"
    one = feed(
        kind, day, "2024-08-10" if day > "2024" else "2023-04-06", symbol=MARKETS[market], root=root, market=market
    )
    parts = [VENUE.decode((root / part.path).read_bytes(), part, one) for part in VENUE.pieces(one)]
    for frame, _ in parts:
        TABLES[kind].check(frame, kind)
    return pl.concat(frame for frame, _ in parts), [counts for _, counts in parts]


@pytest.mark.parametrize(("market", "kind", "day", "n_rows"), README_ROWS)
def test_rows_of_the_readme(shared, market, kind, day, n_rows):
    frame, counts = recorded(shared, market, kind, day)
    assert frame.height + sum(count.get("trades_not_of_the_market", 0) for count in counts) == n_rows
    assert sum(count.get("trade_ids_missing", 0) for count in counts) == 0
    assert (frame["time"].diff().dt.total_nanoseconds() < 0).sum() == 0
    assert frame["time"][0] >= pl.Series([f"{day}T23:54"]).str.to_datetime(time_zone="UTC")[0]


def test_a_trade_of_the_insurance_fund_is_no_trade_of_the_market(shared):
    _, counts = recorded(shared, "usdm", "trades", "2023-04-04")
    assert [count["trades_not_of_the_market"] for count in counts] == [0, 1]


def test_receipts_in_microseconds_and_in_nanoseconds_and_a_clock_behind_the_venues(shared):
    frame, _ = recorded(shared, "usdm", "mark_price", "2023-04-04")
    delay = (frame["known_at"] - frame["time"]).dt.total_nanoseconds()
    assert 0 <= delay.min() <= delay.max() < 2 * 10**9
    assert frame["index"].is_between(28_000, 28_400).all()
    behind, _ = recorded(shared, "usdm", "book", "2024-08-08")
    assert (behind["known_at"] == behind["time"]).all()


def test_every_depth_message_of_the_readme_is_taken_or_counted(shared):
    """README: 6,551, of which 4 come before the snapshot; the others tell a book, or are thinned to one a second."""
    frame, (counts,) = recorded(shared, "usdm", "book", "2024-08-08")
    named = ("books_thinned", "depth_updates_without_a_book")
    assert frame.height + sum(counts[name] for name in named) == 6_551
    assert (counts["depth_updates_without_a_book"], counts["depth_sequence_gaps"]) == (4, 0)


@pytest.mark.parametrize(
    ("market", "path", "n_updates", "n_before"),
    [
        ("usdm", "usdm/btcusdt_20230404.dat.gz", 4_322, 0),
        ("usdm", "usdm/btcusdt_20240808.gz", 6_547, 4),
        ("spot", "spot/btcusdt_20240808.gz", 3_449, 2),
        ("coinm", "cm/btcusd_perp_20240808.gz", 26_824, 23),
    ],
)
def test_best_levels_of_the_book_are_the_venues_best_quotes_after_every_update(
    shared, market, path, n_updates, n_before
):
    raw = (shared / "binance_ws" / path).read_bytes()
    where = piece(path, "2023-04-04" if "2023" in path else "2024-08-08", "2024-08-09")
    frame, counts = books(raw, where, feed("book", symbol=MARKETS[market], market=market), pace_ns=0)
    TABLES["book"].check(frame, path)
    assert frame.height == n_updates == len(messages(raw, "depthUpdate")) - n_before
    assert (counts["depth_updates_without_a_book"], counts["depth_sequence_gaps"]) == (n_before, 0)
    ids, quoted = best_quotes(raw)
    updates = update_ids(raw)[-n_updates:]
    columns = ("bid_prices", "bid_sizes", "ask_prices", "ask_sizes")
    best = np.column_stack([frame[name].list.first().to_numpy() for name in columns])
    at = np.searchsorted(ids, updates, side="right") - 1
    assert at.min() >= 0
    assert (best == quoted[at]).all()


def messages(raw, name):
    lines = gzip.decompress(raw).decode().splitlines()
    return [json.loads(line.split(" ", 1)[1])["data"] for line in lines if name in line]


def best_quotes(raw):
    """Return update ids and bid, its size, ask, its size of each bookTicker, read by Python's own JSON."""
    found = sorted((tick["u"], *(float(tick[name]) for name in "bBaA")) for tick in messages(raw, "bookTicker"))
    return np.array([row[0] for row in found]), np.array([row[1:] for row in found])


def update_ids(raw):
    return np.array([update["u"] for update in messages(raw, "depthUpdate")])


def test_the_book_is_told_once_a_second_at_most(shared):
    """The seconds are those of the updates that follow the snapshot, read by Python's own JSON."""
    frame, counts = recorded(shared, "spot", "book", "2024-08-08")
    assert sum(one["books_thinned"] for one in counts) == 3_449 - frame.height
    raw = (shared / "binance_ws/spot/btcusdt_20240808.gz").read_bytes()
    (snapshot,) = re.findall(rb'"lastUpdateId":(\d+)', gzip.decompress(raw))
    seconds = {update["E"] // 1000 for update in messages(raw, "depthUpdate") if update["u"] > int(snapshot)}
    assert (frame["time"].to_physical() // 10**9).to_list() == sorted(seconds)
    assert frame["bid_prices"].list.len().unique().to_list() == [20]


CRYPTOFEED = {"SUSHIUSDT": 40, "AKROUSDT": 8, "KEEPUSDT": 5, "CTKUSDT": 38}
"""Aggregated trades by stream, counted with grep."""
SPOT = {"NKNUSDT": 1, "BLZETH": 0, "LRCBTC": 1, "RUNEEUR": 0}


def cryptofeed(shared, name):
    """Return a capture's two files as one, and what its lines say, read by Python's own JSON: (address, message)."""
    raw = b"".join((shared / "cryptofeed" / f"{name}.{part}.gz").read_bytes() for part in ("http.0.0", "ws.1.0"))
    parts = [line.partition(": ") for line in gzip.decompress(raw).decode().splitlines()]
    return raw, [(before, json.loads(said)) for before, _, said in parts if said]


def changes(said, symbol, *, spot):
    """Return how many updates follow on the snapshot that was asked for, by the venue's rule."""
    (snapshot,) = (message["lastUpdateId"] for address, message in said if f"depth?symbol={symbol}&" in address)
    streamed = [message["data"] for address, message in said if " " not in address]
    mine = [one for one in streamed if one.get("e") == "depthUpdate" and one["s"] == symbol]
    return sum(one["u"] >= snapshot + spot for one in mine), len(mine)


@pytest.mark.parametrize(
    ("name", "market", "symbol", "n_trades"),
    [
        *(("BINANCE_FUTURES", "usdm", symbol, n) for symbol, n in CRYPTOFEED.items()),
        *(("BINANCE", "spot", symbol, n) for symbol, n in SPOT.items()),
    ],
)
def test_cryptofeeds_captures_of_eight_symbols_with_answers_and_addresses(shared, name, market, symbol, n_trades):
    raw, said = cryptofeed(shared, name)
    day = "2021-07-22" if market == "usdm" else "2021-10-12"
    where = piece(f"{market}/{symbol}.gz", day, "2021-10-13" if market == "spot" else "2021-07-23")
    trades, counts = VENUE.decode(raw, where, feed("trades", symbol=symbol, market=market))
    n_all = sum((CRYPTOFEED if market == "usdm" else SPOT).values())
    assert (trades.height, counts["messages_of_other_symbols"]) == (n_trades, n_all - n_trades)
    quotes, _ = VENUE.decode(raw, where, feed("quotes", symbol=symbol, market=market))
    assert quotes.height == sum(one.get("stream") == f"{symbol.lower()}@bookTicker" for _, one in said)
    book, counts = books(raw, where, feed("book", symbol=symbol, market=market), pace_ns=0)
    n_changes, n_updates = changes(said, symbol, spot=market == "spot")
    assert book.height == n_changes > 0
    assert counts["depth_updates_without_a_book"] == n_updates - n_changes
    assert counts["depth_sequence_gaps"] == 0
    TABLES["book"].check(book, symbol)


def test_books_and_trades_kept_as_parquet(shared):
    folder = shared / "binance_lob"
    for market, n_trades in (("fut", 11_947), ("spot", 10_215)):
        name = "usdm" if market == "fut" else "spot"
        where = piece(f"{name}/btcusdt_20260216_04.parquet", "2026-02-16", "2026-02-17")
        book_file = (folder / f"lobdeep_btc_{market}_2026-02-16_04.parquet").read_bytes()
        trade_file = (folder / f"trades_btc_{market}_2026-02-16_04.parquet").read_bytes()
        trades, counts = VENUE.decode(trade_file, where, feed("trades", market=name))
        assert (trades.height, counts) == (n_trades, {"messages_of_other_symbols": 0})
        book, counts = VENUE.decode(book_file, where, feed("book", market=name))
        TABLES["book"].check(book, market)
        theirs = pl.read_parquet(Path(folder / f"lobdeep_btc_{market}_2026-02-16_04.parquet"))
        assert theirs.height == 2_559
        assert counts == {"messages_of_other_symbols": 0, "books_thinned": 2_559 - book.height}
        assert book.height == (theirs["exch_ts_ms"] // 1000).n_unique()
        last = theirs.group_by(pl.col("exch_ts_ms") // 1000, maintain_order=True).last()
        assert book["bid_prices"].list.first().to_list() == last["best_bid"].to_list()
        assert book["ask_prices"].list.first().to_list() == last["best_ask"].to_list()
        assert VENUE.decode(trade_file, where, feed("book", market=name))[1] == {"files_of_other_kinds": 1}
        assert (book["known_at"] >= book["time"]).all()
