"""Files of Tardis: real samples, the funding and the books by hand, and one file that is broken."""

import gzip
import io
from itertools import chain

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.errors import DataError, ParamsError
from assay.market.zones import DAY_NS
from assay.sources.moments import nanoseconds
from assay.sources.tardis import VENUE, book
from assay.sources.tardis.venue import SECRET
from assay.sources.venue import Piece
from assay.tables.kinds import TABLES
from tests.sources.feeds import fates, feed
from tests.sources.fuzz import mutations

DERIVATIVE = "exchange,symbol,timestamp,local_timestamp,funding_timestamp,funding_rate,predicted_funding_rate,"
DERIVATIVE += "open_interest,last_price,index_price,mark_price"
LIQUIDATION = "exchange,symbol,timestamp,local_timestamp,id,side,price,amount"
UPDATE = "exchange,symbol,timestamp,local_timestamp,is_snapshot,side,price,amount"
DAY = "2024-01-01"
US = nanoseconds(DAY) // 1_000
HOUR_US = 3_600 * 10**6


def tardis(kind, symbol="BTCUSDT", start=DAY, end="2024-01-02", **params):
    return feed("tardis", kind, symbol, start, end, **params)


def day_piece(day=DAY, symbol="BTCUSDT", dataset="x"):
    start_ns = nanoseconds(day)
    return Piece(f"v1/x/{dataset}/{symbol}.csv.gz", start_ns - 60 * 10**9, start_ns + DAY_NS + 60 * 10**9)


def decoded(kind, raw, day=DAY, symbol="BTCUSDT", dataset="x"):
    return VENUE.decode(raw, day_piece(day, symbol, dataset), tardis(kind, symbol))


def packed(*lines):
    return gzip.compress("\n".join(lines).encode() + b"\n")


def test_addresses_are_those_of_the_venues_documentation():
    (piece,) = VENUE.pieces(tardis("trades", "XBTUSD", "2019-09-01", "2019-09-02", market="bitmex"))
    assert piece.url == "https://datasets.tardis.dev/v1/bitmex/trades/2019/09/01/XBTUSD.csv.gz"
    assert piece.path == piece.url.removeprefix("https://datasets.tardis.dev/")
    assert not piece.secret
    (paid,) = VENUE.pieces(tardis("trades", start="2024-01-02", end="2024-01-03"))
    assert paid.secret == SECRET
    (other,) = VENUE.pieces(tardis("book", market="deribit/incremental_book_L2"))
    assert other.path == "v1/deribit/incremental_book_L2/2024/01/01/BTCUSDT.csv.gz"
    assert [one.path[-22:-15] for one in VENUE.pieces(tardis("funding"))] == ["3/12/31", "4/01/01"]


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"market": "../x"}, "market"),
        ({"market": "bitmex/trades"}, "market"),
        ({"market": "bitmex/incremental_book_L2"}, "market"),
        ({"start": None}, "start"),
    ],
)
def test_what_cannot_be_asked_for_is_said(wanted, field):
    with pytest.raises(ParamsError, match=rf"^data\.{field}\b"):
        VENUE.pieces(tardis("trades", **wanted))


@pytest.mark.parametrize(("kind", "n_shared"), [("trades", 4_351), ("quotes", None)])
def test_samples_of_nautilus_are_read_as_they_stand(shared, kind, n_shared):
    raw = (shared / "nautilus" / f"tardis_binance_futures_{kind}_BTCUSDT_20200222.csv.gz").read_bytes()
    frame, _ = decoded(kind, raw, "2020-02-22")
    theirs = pl.read_csv(io.BytesIO(gzip.decompress(raw)))
    assert frame.height == theirs.height == 9_999
    assert (frame["time"].cast(pl.Int64) // 1000).to_list() == theirs["timestamp"].to_list()
    if kind == "trades":
        assert frame["side"].replace_strict({1: "buy", -1: "sell"}).to_list() == theirs["side"].to_list()
        assert frame["size"].to_list() == theirs["amount"].to_list()
        assert frame["time"].is_duplicated().sum() >= n_shared
        assert (frame["time"].diff().dt.total_nanoseconds() == 0).sum() == 4_351
    else:
        assert frame["bid"].to_list() == theirs["bid_price"].to_list()
        assert frame["ask_size"].to_list() == theirs["ask_amount"].to_list()


def test_the_broken_archive_is_refused_whole(shared):
    raw = (shared / "nautilus" / "CORRUPT_tardis_trades.csv.gz").read_bytes()
    with pytest.raises(DataError, match="must be whole gzip"):
        decoded("trades", raw, "2020-02-22")


def test_trades_of_bitmex(shared):
    raw = gzip.compress((shared / "nautilus" / "tardis_bitmex_trades_XBTUSD.csv").read_bytes())
    frame, _ = decoded("trades", raw, "2020-03-01", "XBTUSD")
    TABLES["trades"].check(frame, "test")
    assert frame.row(0)[1:] == (8531.5, 2152.0, -1, 0)


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


def update(ms, is_snapshot, side, price, amount):
    return f"x,BTCUSDT,{US + ms * 1000},{US + ms * 1000 + 7},{is_snapshot},{side},{price},{amount}"


BY_HAND = [
    update(0, "false", "bid", 1, 1),
    update(1000, "true", "bid", 9, 1),
    update(1000, "true", "ask", 11, 2),
    update(2000, "false", "bid", 10, 5),
    update(2000, "false", "bid", 9, 0),
    update(2500, "false", "ask", 10.5, 1),
    update(3000, "true", "ask", 12, 3),
    update(3001, "true", "bid", 8, 4),
    update(4000, "false", "ask", 12, 0),
]


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


def derivative(hours, funding_hours="", rate="", interest="", index="", mark="", late_us=5):
    at = US + round(hours * HOUR_US)
    funding = US + round(funding_hours * HOUR_US) if funding_hours != "" else ""
    return f"x,BTCUSDT,{at},{at + late_us},{funding},{rate},,{interest},,{index},{mark}"


FUNDINGS = [
    derivative(0, 0, 0.5),
    derivative(1, 8, 0.1, mark=100),
    derivative(7.99, 8, 0.2, mark=101),
    derivative(8.01, 16, 0.3),
    derivative(10, 16, 0.4),
    derivative(16.01, 24, 0.5),
    derivative(23.95, 24, 0.6),
]


def test_funding_is_the_last_rate_told_before_its_moment():
    frame, counts = decoded("funding", packed(DERIVATIVE, *FUNDINGS))
    TABLES["funding"].check(frame, "test")
    hours = (frame["time"].cast(pl.Int64) - US * 1000) / (HOUR_US * 1000)
    assert hours.to_list() == [8, 16, 24]
    assert frame["rate"].to_list() == [0.2, 0.4, 0.6]
    assert str(frame["mark_price"].to_list()) == "[101.0, nan, nan]"
    assert counts == {
        "rows_without_value_dropped": 0,
        "rates_of_other_moments": 1,
        "rates_told_anew": 3,
        "fundings_not_confirmed": 0,
    }


def test_a_funding_whose_moment_the_file_does_not_reach_is_counted():
    frame, counts = decoded("funding", packed(DERIVATIVE, *FUNDINGS[:5]))
    assert (frame.height, counts["fundings_not_confirmed"]) == (1, 1)
    assert decoded("funding", packed(DERIVATIVE, *FUNDINGS[:6]))[1]["fundings_not_confirmed"] == 1


def test_marks_and_open_interest_are_rows_where_they_change():
    lines = [
        derivative(1, interest=5, mark=100, index=99),
        derivative(2, interest=5, mark=100, index=99),
        derivative(3, interest=6, mark=100, index=98),
        derivative(4),
    ]
    marks, counts = decoded("mark_price", packed(DERIVATIVE, *lines))
    assert counts == {"rows_without_value_dropped": 1, "unchanged_rows_dropped": 1}
    TABLES["mark_price"].check(marks, "test")
    assert marks["index"].to_list() == [99, 98]
    interest, counts = decoded("open_interest", packed(DERIVATIVE, *lines))
    zero = {"open_interest_same_instant": 0}
    assert counts == {"rows_without_value_dropped": 1, "unchanged_rows_dropped": 1, **zero}
    TABLES["open_interest"].check(interest, "test")
    assert interest["open_interest"].to_list() == [5, 6]
    assert (interest["known_at"] - interest["time"]).dt.total_microseconds().to_list() == [5, 5]


PARTS = st.tuples(st.sampled_from(["", 8, 16, 30]), st.sampled_from(["", 0.1]), *[st.sampled_from(["", 5, 6])] * 3)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 23), PARTS), max_size=30))
def test_every_row_of_derivatives_is_in_the_table_or_counted(told):
    lines = [derivative(hour, *parts) for hour, parts in sorted(told, key=lambda row: row[0])]
    for kind in ("mark_price", "open_interest", "funding"):
        frame, counts = decoded(kind, packed(DERIVATIVE, *lines))
        assert frame.height + sum(counts.values()) == len(lines)


def test_liquidations():
    frame, _ = decoded("liquidations", packed(LIQUIDATION, f"x,BTCUSDT,{US},{US - 9},,buy,100,0.5"))
    TABLES["liquidations"].check(frame, "test")
    assert frame.row(0)[2:] == (1, 100, 0.5, 50, 0)
    assert frame["known_at"].equals(frame["time"])


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"x",
        packed(),
        packed("<html>"),
        packed(LIQUIDATION, f"x,ETHUSDT,{US},{US},,buy,1,1"),
        packed(LIQUIDATION, f"x,BTCUSDT,{US},{US},,maybe,1,1"),
        packed(LIQUIDATION, f"x,BTCUSDT,{US * 1000},{US},,buy,1,1"),
        packed(LIQUIDATION, f"x,BTCUSDT,{US},{US},,buy,1"),
        packed(LIQUIDATION, f"x,BTCUSDT,{US},{US},,buy,1,1,1"),
        packed(LIQUIDATION, f"x,BTCUSDT,{US},{US},,buy,,1"),
        packed(LIQUIDATION, f"x,BTCUSDT,{US},{US},,buy,1,1") + b"more",
        gzip.compress(b"0" * 300_000_000, 9),
    ],
    ids=range(12),
)
def test_what_is_not_the_venues_form_is_refused(raw):
    with pytest.raises(DataError, match=r"^v1/x/x/BTCUSDT\.csv\.gz( row 1)?: .+; found .+; .+") as refused:
        decoded("liquidations", raw)
    assert "\n" not in str(refused.value)


def inputs():
    """Return small inputs of each decoder: kind, bytes, dataset."""
    liquidations = [f"x,BTCUSDT,{US + i},{US + i + 3},,{'buy' if i % 2 else 'sell'},{100 + i},0.5" for i in range(9)]
    return [
        ("trades", "\n".join([LIQUIDATION, *liquidations]), "x"),
        ("liquidations", "\n".join([LIQUIDATION, *liquidations]), "x"),
        ("funding", "\n".join([DERIVATIVE, *FUNDINGS]), "x"),
        ("open_interest", "\n".join([DERIVATIVE, *(derivative(i, interest=i) for i in range(9))]), "x"),
        ("mark_price", "\n".join([DERIVATIVE, *(derivative(i, mark=i + 1) for i in range(9))]), "x"),
        ("book", "\n".join([UPDATE, *BY_HAND]), "incremental_book_L2"),
    ]


@pytest.mark.parametrize("n_cases", [300, pytest.param(10_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize(("kind", "content", "dataset"), inputs(), ids=[kind for kind, *_ in inputs()])
def test_damaged_files_are_refused_in_one_line_that_names_them_or_sound(kind, content, dataset, n_cases):
    outside = mutations(gzip.compress(content.encode()), 1, n_cases // 4)
    inside = (gzip.compress(raw, 1) for raw in mutations(content.encode(), 2, n_cases - n_cases // 4))
    found = fates(VENUE, chain(outside, inside), day_piece(dataset=dataset), tardis(kind))
    assert found.keys() == {"refused", "table"}
    assert found.total() == n_cases
