"""How often one host is asked: a token bucket per host, slower while the host asks for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC
from email.utils import parsedate_to_datetime

from assay.errors import TransportError

LONGEST_WAIT_S = 900.0
"""Wait that a venue may ask for; whoever is sent away for longer is told instead of kept waiting."""
BURST_S = 0.05
"""Tokens are saved up for this long, so that whoever wakes late slows down nobody else."""
SLOWEST_SHARE = 1 / 64
RISE = 0.02
LOWERED_ONCE_S = 1.0

Clock = Callable[[], float]
Sleep = Callable[[float], None]


class TooManyError(TransportError):
    """A venue's own client was sent away: too many requests. `retry_after` is what the venue says of the wait."""

    retry_after = ""


class Bucket:
    """Tokens of one host: each request takes one, and they come back at the host's rate.

    Parameters
    ----------
    rate
        Most tokens per second.
    clock
        Monotonic seconds.
    sleep
        Waits for seconds.

    Notes
    -----
    Additive increase, multiplicative decrease (Chiu and Jain 1989, "Analysis of the increase and decrease algorithms
    for congestion avoidance"): a refusal halves the rate, at most once a second, and each good answer gives back 2 % of
    the most. The bucket holds next to nothing, so requests are spaced evenly: by 1.05 / rate, so that with what may be
    saved up in 0.05 s no second sees more than the rate, rounded up.
    """

    def __init__(self, rate: float, clock: Clock = time.monotonic, sleep: Sleep = time.sleep) -> None:
        self.most, self.rate = rate, rate
        self._clock, self._sleep, self._lock = clock, sleep, threading.Lock()
        self._due_at = self._lowered_at = float("-inf")

    def take(self) -> None:
        """Wait for a token and take it."""
        while (wait_s := self._wait_s()) > 0:
            self._sleep(wait_s)

    def lower(self) -> None:
        """Halve the rate: the host has had too much."""
        with self._lock:
            now = self._clock()
            if now - self._lowered_at >= LOWERED_ONCE_S:
                self.rate, self._lowered_at = max(self.rate / 2, self.most * SLOWEST_SHARE), now

    def rise(self) -> None:
        """Give back some of the rate: the host has answered."""
        with self._lock:
            self.rate = min(self.rate + self.most * RISE, self.most)

    def hold(self, seconds: float) -> None:
        """Give no token for some seconds."""
        with self._lock:
            self._due_at = max(self._due_at, self._clock() + seconds)

    def _wait_s(self) -> float:
        """Take a token and return 0, or return how long to wait before trying again."""
        with self._lock:
            now = self._clock()
            if self._due_at > now:
                return self._due_at - now
            self._due_at = max(self._due_at, now - BURST_S) + (1 + BURST_S) / self.rate
            return 0.0


class Pace:
    """The buckets of all hosts; safe to share between threads."""

    def __init__(self, rate: float, clock: Clock = time.monotonic, sleep: Sleep = time.sleep) -> None:
        self._rate, self._clock, self._sleep = rate, clock, sleep
        self._buckets: dict[str, Bucket] = {}
        self._lock = threading.Lock()

    def of(self, host: str) -> Bucket:
        """Return the bucket of a host."""
        with self._lock:
            return self._buckets.setdefault(host, Bucket(self._rate, self._clock, self._sleep))


def wait_asked(retry_after: str, now_s: float) -> float:
    """Return the seconds that ``Retry-After`` asks to wait; 0 if it says nothing that can be read.

    Parameters
    ----------
    retry_after
        Seconds, or a date in the form of HTTP (RFC 9110, section 10.2.3).
    now_s
        The time of the answer, seconds since 1970-01-01 UTC; the venue's own clock where it is known.
    """
    if retry_after.strip().isdecimal():
        return float(retry_after)
    at_s = http_date(retry_after)
    return 0.0 if at_s is None else max(at_s - now_s, 0.0)


def http_date(text: str) -> float | None:
    """Return a date of HTTP as seconds since 1970-01-01 UTC, or nothing."""
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


def refuse_long(where: str, wait_s: float) -> None:
    """Refuse a wait that nobody would sit through.

    Raises
    ------
    TransportError
        If it is longer than :data:`LONGEST_WAIT_S`.
    """
    if wait_s > LONGEST_WAIT_S:
        rule, remedy = "must answer", "wait as long, and set transport.requests_per_second lower"
        raise TransportError(where, rule, f"the venue asks to wait for {wait_s:,.0f} s", remedy, final=True)
