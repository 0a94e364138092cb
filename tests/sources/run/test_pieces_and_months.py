"""Which month a row of a piece belongs to: none is lost without a count, none counts twice, and what was not over."""

import gzip
import json
from contextlib import nullcontext
from dataclasses import replace

import polars as pl
import pytest

from assay.errors import DataError
from assay.sources.polygon import VENUE as POLYGON
from assay.sources.run.fetch import fetch
from assay.sources.run.rows import totals
from assay.sources.tardis import VENUE as TARDIS
from assay.sources.venue import Piece
from assay.sources.yahoo import VENUE as YAHOO
from tests.sources.binance.conftest import feed as binance
from tests.sources.binance.conftest import zipped
from tests.sources.feeds import feed, ns
from tests.sources.server import TYPES, Server
from tests.sources.transport.conftest import line

HOUR_MS = 3_600_000
ARCHIVE = "/data/spot/monthly/klines/BTCUSDT/1h/BTCUSDT-1h-{}.zip"


@pytest.fixture
def fetched(tmp_path):
    """Fetch a feed; return what came, and its months by name."""

    def run(one, place="out", **changes):
        folders = {name: tmp_path / place / name for name in ("ticks", "context")}
        with line(**changes) as transport:
            got = fetch(one, folders, transport)
        return got, {path.stem: pl.read_parquet(path) for path in sorted((tmp_path / place).rglob("*.parquet"))}

    return run


def hours(first, n):
    start = ns(first) // 10**6
    return [f"{at},4,6,3,5,1,{at + HOUR_MS - 1},5,2,0.5,3,0" for at in range(start, start + n * HOUR_MS, HOUR_MS)]


@pytest.mark.parametrize("end", ["2024-02-01", "2024-03-01"])
def test_a_row_of_a_month_that_its_file_does_not_cover_is_counted_once(fetched, tmp_path, end):
    """A row of 2024-02-01 05:00 inside BTCUSDT-1h-2024-01.zip."""
    january = zipped(*hours("2024-01-01", 31 * 24), *hours("2024-02-01T05:00", 1))
    february = zipped(*hours("2024-02-01", 29 * 24))
    with Server({ARCHIVE.format("2024-01"): january, ARCHIVE.format("2024-02"): february}) as server:
        one = binance(end=end, root=tmp_path / "cache", endpoint=server.url)
        got, months = fetched(one)
        again, _ = fetched(one)
    assert got.rules["outside_piece_dropped"] == again.rules["outside_piece_dropped"] == 1
    assert got.rules["rows_in"] == got.rules["rows_out"] == sum(month.height for month in months.values())
    assert months["2024-01"].height == 31 * 24


def test_counts_of_a_piece_that_spans_months_are_added_once():
    year, other = {"rows_without_prices": 3}, {"rows_without_prices": 2}
    dropped = {"not_yet_known_dropped": 1, "outside_piece_dropped": 0}
    found = totals([{"2020.json": year, "2020.json from 0": dropped}] * 12 + [{"2021.json": other}])
    assert found == {"rows_without_prices": 5, "not_yet_known_dropped": 1, "outside_piece_dropped": 0}


def trade_at(at, received):
    return f"x,BTCUSDT,{ns(at) // 1_000},{ns(received) // 1_000},1,buy,100,1"


def day(*rows):
    head = "exchange,symbol,timestamp,local_timestamp,id,side,price,amount"
    return gzip.compress("\n".join((head, *rows, "")).encode())


@pytest.fixture
def tardis(tmp_path):
    """The last day of a month and the first of the next, each with a row or two of the other in its file."""
    last = day(
        trade_at("2024-01-31T12:00:00", "2024-01-31T12:00:01"),
        trade_at("2024-02-01T00:00:00", "2024-01-31T23:59:59"),
    )
    first = day(
        trade_at("2024-01-31T23:59:59", "2024-02-01T00:00:01"),
        trade_at("2024-02-01T12:00:00", "2024-02-01T12:00:01"),
    )
    content = {
        f"/v1/binance-futures/trades/2024/{path}/BTCUSDT.csv.gz": raw
        for path, raw in (("01/31", last), ("02/01", first))
    }
    with Server(content) as server:
        yield lambda start, end, place: feed(
            "tardis", "trades", "BTCUSDT", start, end, root=tmp_path / place, endpoint=server.url
        )


KEY = {"environ": {"TARDIS_API_KEY": "td_test_0123456789"}}


def test_a_month_of_tardis_is_the_same_whichever_months_are_fetched_with_it(fetched, tardis):
    got, alone = fetched(tardis("2024-01-31", "2024-02-01", "a"), "a", **KEY)
    assert alone["2024-01"].height == 2
    both, months = fetched(tardis("2024-01-31", "2024-02-02", "b"), "b", **KEY)
    assert months["2024-01"].equals(alone["2024-01"])
    assert got.rules["outside_piece_dropped"] == both.rules["outside_piece_dropped"] == 1
    _, later = fetched(tardis("2024-02-01", "2024-02-02", "c"), "c")
    assert later["2024-02"].equals(months["2024-02"])
    assert later["2024-02"].height == 1


def test_the_day_after_a_month_is_asked_for_without_a_key_and_may_be_missing(fetched, tmp_path):
    wanted = feed("tardis", "trades", "BTCUSDT", "2024-01-31", "2024-02-01", root=tmp_path)
    *_, after = TARDIS.pieces(wanted)
    assert (after.path[-25:-15], after.secret, after.when_missing) == ("2024/02/01", "", "closed")
    assert len(TARDIS.pieces(replace(wanted, end_ns=ns("2024-01-31T12:00")))) == 1
    assert len(TARDIS.pieces(replace(wanted, kind="funding"))) == 2


def test_yahoos_and_polygons_years_can_change_until_their_last_bar_is_over():
    for venue, name in ((YAHOO, "yahoo"), (POLYGON, "polygon")):
        piece = venue.pieces(feed(name, "ohlcv", "AAPL", "2023-01-01", "2023-12-01", interval="1d"))[0]
        assert piece.end_ns + piece.after_ns >= ns("2024-01-01T05:00")
        hourly = venue.pieces(feed(name, "ohlcv", "AAPL", "2023-01-01", "2023-12-01", interval="1h"))[0]
        assert hourly.after_ns == 0


def bars_from(first, *closes):
    """An answer of Polygon with bars a day apart."""
    opened = [ns(first) // 10**6 + i * 24 * HOUR_MS for i in range(len(closes))]
    rows = [{"t": at, "o": 9, "h": 99, "l": 1, "c": c, "v": 1, "vw": 9} for at, c in zip(opened, closes, strict=True)]
    told = {"status": "OK", "ticker": "AAPL", "adjusted": False, "resultsCount": len(rows), "results": rows}
    return json.dumps(told).encode()


YEAR, LAST = "/v2/aggs/ticker/AAPL/range/1/day/2023-01-01/2023-12-31", "2023-12-30T05:00"


def test_a_daily_bar_that_ends_after_its_year_is_not_delivered_before_it_is_over(fetched, tmp_path, monkeypatch):
    """A day of New York ends at 05:00 UTC; the answer was had at 02:00 of New Year."""
    monkeypatch.setitem(TYPES, "", "application/json")
    content = {YEAR: bars_from(LAST, 5, 6)}
    with Server(content) as server:
        one = feed(
            "polygon", "ohlcv", "AAPL", "2023-12-01", "2024-01-01", root=tmp_path, endpoint=server.url, interval="1d"
        )
        key = {"environ": {"POLYGON_API_KEY": "pk_test"}}
        early, months = fetched(one, now_ns=lambda: ns("2024-01-01T02:00"), **key)
        assert months["2023-12"]["close"].to_list() == [5.0]
        assert early.rules["not_yet_known_dropped"] == 1
        content[YEAR] = bars_from(LAST, 5, 7)
        late, months = fetched(one, now_ns=lambda: ns("2024-01-01T07:00"), **key)
    assert months["2023-12"]["close"].to_list() == [5.0, 7.0]
    assert late.rules["not_yet_known_dropped"] == 0


class Slow:
    """A venue of bars of 30 hours, published 9 hours later, whose pieces do not say how late the last one ends."""

    kinds = ("ohlcv",)

    def __init__(self, url):
        self.url = url

    def pieces(self, _):
        return [Piece("bar.json", ns("2024-01-01"), ns("2024-01-02"), f"{self.url}/bar.json")]

    def decode(self, raw, *_):
        wanted = feed("polygon", "ohlcv", "AAPL", "2024-01-01", "2024-01-02", interval="1h")
        frame, counts = POLYGON.decode(raw, replace(POLYGON.pieces(wanted)[0], path="v2/aggs"), wanted)
        closed = pl.col("opened_at").dt.offset_by("30h")
        return frame.with_columns(closed_at=closed, known_at=closed.dt.offset_by("9h")), counts


@pytest.mark.parametrize(("asked", "n_rows"), [("2024-01-03T01:59", 0), ("2024-01-03T02:00", 1)])
def test_what_was_not_over_is_left_out_of_any_piece_but_not_what_was_only_not_yet_published(
    fetched, tmp_path, monkeypatch, asked, n_rows
):
    raw = bars_from("2024-01-01T20:00", 5)
    with Server({"/bar.json": raw}) as server:
        monkeypatch.setattr("assay.sources.run.fetch.venue_of", lambda _: Slow(server.url))
        one = feed(
            "polygon", "ohlcv", "AAPL", "2024-01-01", "2024-01-02", root=tmp_path, publish_lag_seconds=9 * 3600.0
        )
        with nullcontext() if n_rows else pytest.raises(DataError, match="needs a row"):
            got, _ = fetched(one, now_ns=lambda: ns(asked))
            assert got.rules["rows_out"] == n_rows
