"""Rows that were over, in a piece that is still open, and a venue that changes them."""

import json
from contextlib import contextmanager

import pytest

from assay.errors import DataError
from assay.sources.moments import nanoseconds
from assay.sources.run.fill import filled
from assay.sources.run.pages import obtained
from tests.sources.bars_server import HOUR_MS, Aggregates
from tests.sources.feeds import feed, ns
from tests.sources.server import TYPES, Server
from tests.sources.transport.conftest import line

POLYGON = pytest.importorskip("assay.sources.polygon").VENUE
EARLY, LATE = "2024-01-04T10:20", "2024-01-04T15:00"
"""Two times in the window of 2024-01-03 to 2024-01-06."""


class Market:
    """Hourly bars of a venue, asked for now and then."""

    def __init__(self, root):
        self.answers, self.root = Aggregates(), root

    @contextmanager
    def open(self):
        with Server(self.answers) as self.server:
            params = {"endpoint": self.server.url, "interval": "1h"}
            self.feed = feed("polygon", "ohlcv", "AAPL", "2024-01-03", "2024-01-06", root=self.root, **params)
            yield self

    def ask(self, now, **options):
        """Return the rows as they are had at a time."""
        self.answers.until_ms = ns(now) // 10**6
        environ = {"POLYGON_API_KEY": "pk_test"}
        with line(environ=environ, now_ns=lambda: ns(now)) as transport:
            raws = obtained(POLYGON, self.feed, transport, **options)
            self.raw = raws[-1]
            return POLYGON.decode(self.raw.read(), self.raw.piece, self.feed)[0]

    @property
    def receipt(self):
        return json.loads((self.root / ".receipts" / f"{self.raw.piece.path}.json").read_text())

    def change(self, opened_at, close=77.25):
        self.answers.changed["AAPL", nanoseconds(opened_at) // 10**6] = close


@pytest.fixture
def market(tmp_path, monkeypatch):
    monkeypatch.setitem(TYPES, "", "application/json")
    with Market(tmp_path / "cache").open() as market:
        yield market


def test_a_row_that_was_over_must_not_change_though_its_piece_is_open(market):
    before = market.ask(EARLY)
    sha256 = market.raw.sha256
    market.change("2024-01-04T08:00")
    with pytest.raises(DataError, match="rows that were over must not change") as refused:
        market.ask(LATE)
    said = str(refused.value)
    assert "\n" not in said
    assert "ohlcv of 2024-01-04 08:00:00" in said
    assert "close is 77.25, was " in said
    assert "--accept-revision" in said
    assert market.receipt["sha256"] == sha256
    assert market.ask(EARLY).equals(before)
    aside = list((market.root / ".revisions").rglob("*"))
    assert sum(path.is_file() and b"77.25" in path.read_bytes() for path in aside) == 1


def test_a_change_that_is_accepted_is_recorded(market):
    market.ask(EARLY)
    sha256 = market.raw.sha256
    market.change("2024-01-04T08:00")
    after = market.ask(LATE, accept_revision=True)
    assert after.height == 24 + 15
    assert 77.25 in after["close"]
    (past,) = market.receipt["revisions"]
    assert past["sha256"] == sha256
    assert market.ask("2024-01-04T17:00").height == 24 + 17
    assert market.receipt["revisions"] == [past]


@pytest.mark.parametrize("opened_at", ["2024-01-04T10:00", "2024-01-04T09:00"])
def test_rows_that_follow_and_the_last_rows_may_be_others(market, opened_at):
    """The bar of 10:00 was open at 10:20, that of 09:00 had ended less than an hour before."""
    market.ask(EARLY)
    market.change(opened_at)
    assert market.ask(LATE).height == 24 + 15
    assert market.receipt["revisions"] == []


def test_a_row_that_was_over_must_not_vanish(market):
    market.ask(EARLY)
    whole = market.answers.answer
    market.answers.answer = lambda *asked: without(whole(*asked), ns("2024-01-03T05:00") // 10**6)
    with pytest.raises(DataError, match=r"ohlcv of 2024-01-03 06:00\S+ where those of 2024-01-03 05:00\S+ were"):
        market.ask(LATE)


def test_an_answer_that_ends_before_the_older_one_is_no_newer_one(market):
    market.ask(EARLY)
    whole = market.answers.answer
    second_day = [ns("2024-01-04") // 10**6 + i * HOUR_MS for i in range(24)]
    market.answers.answer = lambda *asked: without(whole(*asked), *second_day)
    with pytest.raises(DataError, match=r"ohlcv of 2024-01-04 00:00\S+ are missing \(of 33 rows that were over\)"):
        market.ask(LATE)


def test_bytes_that_hold_no_data_do_not_take_the_place_of_those_that_do(market):
    before = market.ask(EARLY)
    market.answers.answer = lambda *_: b'{"status": "ERROR"}'
    with pytest.raises(DataError, match="status is OK"):
        market.ask(LATE)
    assert market.ask(EARLY).equals(before)


def test_older_bytes_that_are_gone_are_named_in_the_log(market, caplog):
    market.ask(EARLY)
    (market.root / market.raw.piece.path).unlink()
    market.change("2024-01-04T08:00")
    assert market.ask(LATE).height == 24 + 15
    assert "rows that were over could not be compared" in caplog.text


def test_filling_the_cache_puts_bytes_without_data_aside_so_that_the_next_run_asks_again(market):
    whole, market.answers.answer = market.answers.answer, lambda *_: b'{"status": "OK", "ticker": "MSFT"}'
    with line(environ={"POLYGON_API_KEY": "pk_test"}) as transport:
        with pytest.raises(DataError, match="AAPL"):
            list(filled([market.feed], transport))
        (aside,) = (path for path in (market.root / ".revisions").rglob("*") if path.is_file())
        assert b"MSFT" in aside.read_bytes()
        market.answers.answer = whole
        (said,) = filled([market.feed], transport)
        assert said.startswith("polygon AAPL ohlcv: 1 files")
        n_asked = len(market.server.requests)
        (again,) = filled([market.feed], transport)
    assert (again, len(market.server.requests)) == (said, n_asked)


def without(answer, *times_ms):
    told = json.loads(answer)
    told["results"] = [row for row in told["results"] if row["t"] not in times_ms]
    return json.dumps(told | {"resultsCount": len(told["results"])}).encode()
