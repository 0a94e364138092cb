"""A host is never asked more often than it was allowed, and less often when it says so."""

import threading
import time
from email.utils import formatdate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.errors import TransportError
from assay.sources.transport.obtain import obtain
from assay.sources.transport.pace import Bucket, Pace, wait_asked
from tests.sources.server import Server
from tests.sources.transport.conftest import line, piece


class Clock:
    """A clock that stands still until somebody sleeps."""

    def __init__(self):
        self.now, self.slept = 1000.0, []

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


def bucket(rate):
    clock = Clock()
    return Bucket(rate, clock, clock.sleep), clock


@settings(deadline=None, max_examples=100)
@given(st.floats(0.1, 1000), st.lists(st.floats(0, 2), min_size=1, max_size=100))
def test_no_second_sees_more_than_the_rate(rate, idle):
    tokens, clock = bucket(rate)
    taken = []
    for seconds in idle:
        clock.now += seconds
        tokens.take()
        taken.append(clock.now)
    for i, first in enumerate(taken):
        n = sum(first <= at < first + 1 for at in taken[i:])
        assert n <= rate * 1.05 + 2  # 1 s and what 0.05 s may save up, both ends counted


def test_waits_are_those_of_the_rate():
    tokens, clock = bucket(10)
    for _ in range(21):
        tokens.take()
    assert clock.now - 1000.0 == pytest.approx(2.0, abs=0.11)


def test_a_refusal_halves_the_rate_once_a_second_and_answers_raise_it_again():
    tokens, clock = bucket(64)
    for _ in range(5):
        tokens.lower()
    assert tokens.rate == 32
    clock.now += 1
    tokens.lower()
    assert tokens.rate == 16
    for _ in range(100):
        tokens.rise()
    assert tokens.rate == 64
    for _ in range(20):
        clock.now += 1
        tokens.lower()
    assert tokens.rate == 1


def test_nothing_is_asked_while_the_host_wants_to_be_left_alone():
    tokens, clock = bucket(10)
    tokens.take()
    tokens.hold(7)
    tokens.take()
    assert clock.now >= 1007


def test_hosts_have_buckets_of_their_own():
    pace = Pace(1)
    assert pace.of("a") is pace.of("a") is not pace.of("b")


def test_threads_share_one_rate():
    tokens, taken = Bucket(100), []

    def work():
        for _ in range(5):
            tokens.take()
            taken.append(time.monotonic())

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 40
    assert max(taken) - min(taken) >= 33 / 100  # 40 tokens, of which 5 + 1 may be saved up


@pytest.mark.parametrize(
    ("text", "expected"),
    [("0", 0), ("7", 7), (" 12 ", 12), ("", 0), ("soon", 0), ("-3", 0), ("1.5", 0), (formatdate(130, usegmt=True), 30)],
)
def test_retry_after_in_both_forms_of_rfc_9110(text, expected):
    assert wait_asked(text, 100.0) == expected


def test_rfc_9110_example_of_a_date_in_the_past_is_no_wait():
    assert wait_asked("Fri, 31 Dec 1999 23:59:59 GMT", time.time()) == 0


@pytest.mark.parametrize(
    "retry_after", [1, lambda: formatdate(time.time() + 2, usegmt=True)], ids=["seconds", "HTTP date"]
)
def test_retry_after_is_respected(feed_here, retry_after):
    with Server({"/x": b"x", "/y": b"y"}) as server, line(at_once=2) as transport:
        server.fault("/x", 429, retry_after=retry_after if isinstance(retry_after, int) else retry_after())
        obtain([piece(server, "x")], feed_here, transport)
        first, second = (request.time for request in server.requests)
        assert 0.9 < second - first < 3.5


def test_whoever_is_sent_away_for_days_is_told(feed_here):
    with Server({"/x": b"x"}) as server, line() as transport:
        server.fault("/x", 418, retry_after=86_400)
        with pytest.raises(TransportError, match="wait for 86,400 s"):
            obtain([piece(server, "x")], feed_here, transport)
        assert len(server.requests) == 1


@pytest.mark.parametrize("status", [429, 418, 503])
def test_these_statuses_lower_the_pace(feed_here, status):
    with Server({"/x": b"x"}) as server, line(requests_per_second=100.0) as transport:
        server.fault("/x", status)
        obtain([piece(server, "x")], feed_here, transport)
        assert transport.pace.of(server.url.removeprefix("http://")).rate == 52  # halved, and 2 % for the good answer


def test_twenty_a_second_as_the_server_sees_them(feed_here):
    with Server({f"/{i}": b"x" for i in range(40)}) as server, line(requests_per_second=20.0) as transport:
        obtain([piece(server, str(i)) for i in range(40)], feed_here, transport)
        times = [request.time for request in server.requests]
    took = max(times) - min(times)
    assert 37 / 20 < took < 2 * 39 / 20
    assert max(sum(at <= other < at + 1 for other in times) for at in times) <= 25
