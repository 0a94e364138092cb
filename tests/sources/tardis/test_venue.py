"""Files of Tardis: where they lie, real samples, and one file that is broken."""

import gzip
import io

import polars as pl
import pytest

from assay.errors import DataError, ParamsError
from assay.sources.tardis import VENUE
from assay.sources.tardis.venue import SECRET
from assay.tables.kinds import TABLES
from tests.sources.tardis.files import LIQUIDATION, US, decoded, packed, tardis


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


def test_liquidations():
    frame, _ = decoded("liquidations", packed(LIQUIDATION, f"x,BTCUSDT,{US},{US - 9},,buy,100,0.5"))
    TABLES["liquidations"].check(frame, "test")
    assert frame.row(0)[2:] == (1, 100, 0.5, 50, 0)
    assert frame["known_at"].equals(frame["time"])
