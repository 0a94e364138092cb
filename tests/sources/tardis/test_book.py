"""Books of Tardis: snapshots, and updates replayed in plain Python."""

import gzip
import io

import numpy as np
import polars as pl

from assay.sources.moments import nanoseconds
from assay.sources.tardis import book
from assay.sources.venue import Piece
from assay.tables.kinds import TABLES
from tests.sources.tardis.files import BY_HAND, DAY, UPDATE, decoded, packed, tardis, update


def test_book_snapshots(shared):
    content = (shared / "nautilus" / "tardis_binance-futures_book_snapshot_25_BTCUSDT.csv").read_bytes()
    theirs = pl.read_csv(io.BytesIO(content))
    frame, counts = decoded("book", gzip.compress(content), "2020-09-01")
    assert counts == {"books_thinned": theirs.height - frame.height}
    TABLES["book"].check(frame, "test")
    seconds = theirs["timestamp"] // 10**6
    assert frame.height == seconds.n_unique()
    row = theirs.group_by(seconds, maintain_order=True).last()[0]
    assert frame["bid_prices"][0].to_list() == [row[f"bids[{i}].price"].item() for i in range(20)]
    assert frame["ask_sizes"][0].to_list() == [row[f"asks[{i}].amount"].item() for i in range(20)]
    assert frame["known_at"][0].timestamp() == row["local_timestamp"].item() / 10**6


def test_incremental_book_of_deribit(shared):
    content = (shared / "nautilus" / "tardis_deribit_incremental_book_L2_BTC-PERPETUAL.csv").read_bytes()
    frame, counts = decoded("book", gzip.compress(content), "2020-04-01", "BTC-PERPETUAL", "incremental_book_L2")
    TABLES["book"].check(frame, "test")
    asks = dict.fromkeys(pl.read_csv(io.BytesIO(content)).filter(pl.col("side") == "ask")["price"].to_list())
    assert counts["depth_updates_without_a_book"] == 0
    n_messages = pl.read_csv(io.BytesIO(content))["local_timestamp"].n_unique()
    assert counts["books_thinned"] == n_messages - frame.height
    assert frame["ask_prices"][-1].to_list() == sorted(asks)[:20]


def test_a_book_by_hand_is_told_each_second_and_begun_anew_by_snapshots():
    frame, counts = decoded("book", packed(UPDATE, *BY_HAND), dataset="incremental_book_L2")
    assert counts == {"depth_updates_without_a_book": 1, "books_thinned": 2}
    assert frame["bid_prices"].to_list() == [[9], [10], [8], [8]]
    assert frame["ask_prices"].to_list() == [[11], [10.5, 11], [12], []]
    assert (frame["known_at"] - frame["time"]).dt.total_microseconds().to_list() == [7] * 4


def replayed(rows, n_levels=20):
    """Replay updates in plain Python: the oracle."""
    sides, told = ({}, {}), []
    for bids, asks, begins in rows:
        for side, changes in zip(sides, (bids, asks), strict=True):
            if begins:
                side.clear()
            side.update(changes)
        best = [sorted((p for p, size in side.items() if size > 0), reverse=not i) for i, side in enumerate(sides)]
        told.append([levels[:n_levels] for levels in best])
    return told


def test_random_books_are_those_of_plain_python():
    generator = np.random.default_rng(5)
    rows, lines = [], []
    for i in range(400):
        changes = [
            {float(p): float(s) for p, s in zip(generator.integers(1, 30, 3), generator.integers(0, 3, 3), strict=True)}
            for _ in range(2)
        ]
        begins = i == 0 or (generator.random() < 0.05 and not rows[-1][2])
        rows.append((*changes, begins))
        for side, change in zip(("bid", "ask"), changes, strict=True):
            lines += [update(i, str(begins).lower(), side, price, size) for price, size in change.items()]
    where = Piece("v1/x/incremental_book_L2/a", nanoseconds(DAY), nanoseconds("2024-01-02"))
    frame, _ = book.updates(packed(UPDATE, *lines), where, tardis("book"), pace_ns=0)
    assert frame.select("bid_prices", "ask_prices").rows() == [tuple(levels) for levels in replayed(rows)]
