"""A host is never asked more often than it was allowed, and less often when it says so."""

import math
import threading
import time
from contextlib import suppress
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
    """A clock that stands still until somebody sleeps; threads that sleep at the same time wake at theirs."""

    def __init__(self):
        self.now, self.slept, self._lock = 1000.0, [], threading.Lock()

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        with self._lock:
            self.slept.append(seconds)
            self.now += seconds


def busiest(times):
    """Return the most instants within any second, but for what rounding puts on its edge."""
    return max(sum(first <= at < first + 1 - 1e-9 for at in times[i:]) for i, first in enumerate(times))


def timed(clock, at_once=1, **params):
    """Return a transport whose pace goes by a clock of its own."""
    transport = line(at_once=at_once, **params)
    transport.pace = Pace(transport.params.requests_per_second, clock, clock.sleep)
    return transport


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
    assert busiest(taken) <= math.ceil(rate)


def test_waits_are_those_of_the_rate():
    tokens, clock = bucket(10)
    for _ in range(22):
        tokens.take()
    assert clock.now - 1000.0 == pytest.approx(21 * 1.05 / 10 - 0.05)


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
    """Each takes all the tokens that it can get while the clock stands: together no more than one would."""
    tokens, clock = bucket(100)
    for _ in range(5):
        before, taken = clock.now, []

        def stop(_, taken=taken):
            raise StopIteration

        tokens._sleep = stop

        def work(taken=taken):
            with suppress(StopIteration):
                for _ in range(5):
                    tokens.take()
                    taken.append(clock.now)

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert clock.now == before
        assert 1 <= len(taken) <= 5  # what 0.05 s save up, and the one that is due
        clock.now += 10


@pytest.mark.parametrize(
    ("text", "expected"),
    [("0", 0), ("7", 7), (" 12 ", 12), ("", 0), ("soon", 0), ("-3", 0), ("1.5", 0), (formatdate(130, usegmt=True), 30)],
)
def test_retry_after_in_both_forms_of_rfc_9110(text, expected):
    assert wait_asked(text, 100.0) == expected


def test_rfc_9110_example_of_a_date_in_the_past_is_no_wait():
    assert wait_asked("Fri, 31 Dec 1999 23:59:59 GMT", time.time()) == 0


@pytest.mark.parametrize("form", ["seconds", "HTTP date"])
def test_retry_after_is_respected(feed_here, form):
    """The date is held against the venue's own clock, which is that of this machine here."""
    clock, asked_at = Clock(), []
    content = {"/x": lambda _: b"x"}
    with Server(content) as server, timed(clock) as transport:
        server.fault(lambda _: asked_at.append(clock.now), "never")
        server.fault("/x", 429, retry_after=600 if form == "seconds" else formatdate(time.time() + 600, usegmt=True))
        obtain([piece(server, "x")], feed_here, transport)
        obtain([piece(server, "x")], feed_here, transport, refresh=True)
    first, second, third = asked_at
    assert 300 < second - first <= 601
    assert third - second < 1


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
    clock, asked_at = Clock(), []
    with Server({f"/{i}": b"x" for i in range(40)}) as server, timed(clock, requests_per_second=20.0) as transport:
        server.fault(lambda _: asked_at.append(clock.now), "never")
        obtain([piece(server, str(i)) for i in range(40)], feed_here, transport)
    assert asked_at[-1] - asked_at[0] == pytest.approx(39 * 1.05 / 20 - 0.05)
    assert busiest(asked_at) == 20
