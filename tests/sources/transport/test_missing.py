"""What is not there, fails, or is no longer served: what is told, and what is kept."""

import pytest

from assay.errors import TransportError
from assay.sources.transport.obtain import obtain
from tests.sources.server import Server
from tests.sources.transport.conftest import AFTER, CSV, DAY, line, piece
from tests.sources.transport.obtained import HOUR_NS, NAME, PATH, had, receipt_of, write


def test_offline_names_the_first_that_is_missing_and_how_many(server, feed_here):
    pieces = [piece(server), *(piece(server, f"spot/{i}") for i in range(3))]
    had(pieces[:1], feed_here)
    with pytest.raises(TransportError, match=r"3 missing, the first is spot/0"):
        had(pieces, feed_here, line(offline=True))
    assert had(pieces[:1], feed_here, line(offline=True, now_ns=lambda: DAY[0])) == [CSV]
    assert len(server.requests) == 1


def test_what_is_not_downloaded_must_be_there(feed_here):
    with pytest.raises(TransportError, match=rf"1 missing, the first is {NAME}"):
        had([piece(None)], feed_here)
    assert had([piece(None, when_missing="closed")], feed_here) == [b""]
    write(feed_here)
    assert had([piece(None)], feed_here) == [CSV]


def test_on_a_failure_what_is_under_way_is_finished_and_kept(feed_here):
    with Server({"/good": b"good", **{f"/{i}": b"x" for i in range(50)}}) as server:
        server.fault("/good", "slow", seconds=0.3)
        server.fault("/bad", 500, times=99)
        pieces = [piece(server, "good"), piece(server, "bad"), *(piece(server, str(i)) for i in range(50))]
        with pytest.raises(TransportError, match=r"/bad: .*status 500"):
            had(pieces, feed_here, line(at_once=2, retries=0))
        assert (feed_here.root / "good").read_bytes() == b"good"
        assert len(server.requests) < 10


def test_of_several_failures_the_first_in_order_is_told(feed_here):
    with Server({}) as server:
        server.fault("/a", "slow", seconds=0.2)
        with pytest.raises(TransportError, match=r"/a: "):
            had([piece(server, "a"), piece(server, "b")], feed_here, line(at_once=2))


SERVED = DAY[1] + 48 * HOUR_NS
"""Until when the venue serves what the next tests ask for; the time now is later."""


def test_refresh_keeps_what_the_venue_no_longer_serves_and_counts_it(feed_here, caplog):
    with Server({f"/{i}": b"%d" % i for i in range(3)}) as server:
        pieces = [piece(server, str(i), served_until_ns=SERVED) for i in range(3)]
        had(pieces, feed_here)
        before = receipt_of(feed_here, "1")
        del server.content["/1"]
        with line(now_ns=lambda: AFTER + HOUR_NS) as transport:
            raws = obtain(pieces, feed_here, transport, refresh=True)
        assert [raw.read() for raw in raws] == [b"0", b"1", b"2"]
        assert [raw.is_new for raw in raws] == [True, False, True]
        assert len(server.requests) == 6
    assert "1 was not had again, what is there stays: the venue has none" in caplog.text
    assert "1 of 3 pieces are no longer served; what is there stays" in caplog.text
    assert receipt_of(feed_here, "1") == before
    assert not [path for path in (feed_here.root / ".parts").rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("asked", "until", "status"),
    [
        (DAY[0] + HOUR_NS, SERVED, 404),  # what is there is not the whole period
        (AFTER, 2 * AFTER, 404),  # the venue should have it
        (AFTER, None, 404),
        (AFTER, SERVED, 500),  # it may have it another time
    ],
)
def test_what_may_still_be_had_is_an_error_when_it_is_not(server, feed_here, asked, until, status):
    wanted = piece(server, served_until_ns=until)
    had([wanted], feed_here, line(now_ns=lambda: asked))
    server.fault(PATH, status, times=99)
    with pytest.raises(TransportError, match=PATH):
        had([wanted], feed_here, refresh=True)
    assert had([wanted], feed_here, line(offline=True)) == [CSV]
