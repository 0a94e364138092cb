"""What is there is not asked again, what is lacking is."""

import hashlib
import logging

import pytest

from assay.errors import TransportError
from tests.sources.feeds import ns
from tests.sources.server import Server
from tests.sources.transport.conftest import CSV, DAY, line, piece
from tests.sources.transport.obtained import HOUR_NS, NAME, PATH, had, receipt_of, write


def test_a_second_run_asks_for_nothing(server, feed_here):
    assert had([piece(server)], feed_here) == had([piece(server)], feed_here) == [CSV]
    assert len(server.requests) == 1


def test_the_receipt_says_what_was_had(server, feed_here):
    had([piece(server, url=f"{server.url}{PATH}?apikey=abc")], feed_here)
    receipt = receipt_of(feed_here)
    assert receipt["sha256"] == hashlib.sha256(CSV).hexdigest()
    assert receipt["n_bytes"] == len(CSV)
    assert receipt["url"] == f"{server.url}{PATH}?apikey=***"
    assert receipt["asked_at"] == "2024-06-01T00:00:00+00:00"
    assert (receipt["start_at"], receipt["end_at"]) == ("2024-01-02T00:00:00+00:00", "2024-01-03T00:00:00+00:00")
    assert receipt["etag"].strip('"') == hashlib.sha256(CSV).hexdigest()[:16]
    assert receipt["last_modified"] == "Thu, 01 Jan 1970 00:00:00 GMT"
    assert (receipt["closed"], receipt["by_hand"], receipt["revisions"]) == (False, False, [])


def test_periods_are_exact_to_the_microsecond(server, feed_here):
    had([piece(server, start_ns=ns("2024-01-02") + 1_500)], feed_here)
    assert receipt_of(feed_here)["start_at"] == "2024-01-02T00:00:00.000001+00:00"


def test_only_what_is_new_is_asked(feed_here):
    with Server({f"/{i}": b"%d" % i for i in range(6)}) as server:
        assert had([piece(server, str(i)) for i in range(3)], feed_here) == [b"0", b"1", b"2"]
        assert had([piece(server, str(i)) for i in range(6)], feed_here) == [b"%d" % i for i in range(6)]
        assert sorted(server.paths()) == [f"/{i}" for i in range(6)]


def test_a_piece_that_is_wanted_twice_is_asked_once(server, feed_here):
    assert had([piece(server), piece(server)], feed_here) == [CSV, CSV]
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("asked", "later_ns", "n_asked"),
    [
        (DAY[1] - 1_000, HOUR_NS, 2),  # open, and old
        (DAY[1] - 1_000, HOUR_NS - 1, 1),  # open, not yet old
        (DAY[1], HOUR_NS, 2),  # just over: the venue's last rows may have come late
        (DAY[1] + HOUR_NS, 10_000 * HOUR_NS, 1),  # closed: never again
    ],
)
def test_a_period_that_was_not_over_is_asked_again_after_an_hour(server, feed_here, asked, later_ns, n_asked):
    had([piece(server)], feed_here, line(now_ns=lambda: asked))
    server.content[PATH] = CSV + b"more\n"
    expected = CSV if n_asked == 1 else CSV + b"more\n"
    assert had([piece(server)], feed_here, line(now_ns=lambda: asked + later_ns)) == [expected]
    assert len(server.requests) == n_asked
    assert receipt_of(feed_here)["revisions"] == []


def test_nothing_there_is_asked_again_for_two_days_after_the_period(feed_here):
    with Server({}) as server:
        missing = piece(server, when_missing="closed")
        assert had([missing], feed_here, line(now_ns=lambda: DAY[1] + HOUR_NS)) == [b""]
        server.content[PATH] = CSV
        assert had([missing], feed_here, line(now_ns=lambda: DAY[1] + 3 * HOUR_NS)) == [CSV]
        assert receipt_of(feed_here)["closed"] is False


def test_refresh_asks_for_everything(server, feed_here):
    had([piece(server)], feed_here)
    assert had([piece(server)], feed_here, refresh=True) == [CSV]
    assert len(server.requests) == 2


def test_what_the_user_put_there_is_taken_as_it_is(server, feed_here):
    write(feed_here, b"mine")
    assert had([piece(server)], feed_here) == [b"mine"]
    assert not server.requests
    assert receipt_of(feed_here)["by_hand"] is True
    assert receipt_of(feed_here)["sha256"] == hashlib.sha256(b"mine").hexdigest()


def test_what_the_user_put_there_long_ago_by_its_time_is_taken_too(server, feed_here):
    write(feed_here, b"mine", mtime_ns=0)
    assert had([piece(server)], feed_here) == [b"mine"]


def test_a_file_without_a_receipt_that_was_written_before_its_period_was_over_is_asked_again(server, feed_here):
    write(feed_here, b"half a day", mtime_ns=DAY[0] + HOUR_NS)
    assert had([piece(server)], feed_here) == [CSV]


def test_slow_answers_are_named_at_the_end(feed_here, caplog):
    with Server({f"/{i}": b"x" for i in range(3)}) as server:
        server.fault("/1", "slow", seconds=0.3)
        server.fault("/2", "slow", seconds=9)
        had([piece(server, str(i)) for i in range(3)], feed_here, line(slow_seconds=0.2, timeout_seconds=0.6))
        warned = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert [text.partition(" took ")[0] for text in warned] == [f"{server.url}/2", f"{server.url}/1"]


def test_nothing_is_logged_above_info_where_all_is_well(server, feed_here, caplog):
    server.fault(PATH, 500)
    had([piece(server)], feed_here)
    assert {record.levelno for record in caplog.records} <= {logging.DEBUG, logging.INFO}


class Talker:
    """A venue's client that fails twice."""

    def __init__(self, n_failures=2):
        self.left = n_failures

    def ask(self, piece, feed, turn):
        with turn.request():
            self.left -= 1
        if self.left >= 0:
            raise TransportError(feed.symbol, "must answer", "apiKey=abcd refused; ?apiKey=abcd", "ask again")
        return f"{feed.symbol} {piece.path}".encode()


def test_a_venue_s_client_is_retried_paced_and_kept(feed_here):
    assert had([piece(None)], feed_here, client=Talker()) == [f"BTCUSDT {NAME}".encode()]
    assert had([piece(None)], feed_here, client=Talker(99)) == [f"BTCUSDT {NAME}".encode()]
    with pytest.raises(TransportError, match="tried 4 times") as caught:
        had([piece(None, "other")], feed_here, client=Talker(99))
    assert "abcd" not in str(caught.value)


def test_real_files_come_through_whole(shared, feed_here):
    folder = shared / "dukascopy"
    names = [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*.bi5"))[:20]]
    assert names
    with Server(folder) as server:
        server.fault(lambda request: True, "cut", times=3)
        assert had([piece(server, name) for name in names], feed_here) == [
            (folder / name).read_bytes() for name in names
        ]
