"""Turns of a client that nobody holds up."""

from contextlib import nullcontext

RATE = 5
"""Requests a second that tests of the pace allow."""
SECOND_S = 0.9
"""A second as a server sees it: requests that left a second apart may come so much closer to one another."""


class Freely:
    """A turn at any time, with the patience that is given."""

    def __init__(self, timeout_seconds=30.0):
        self.timeout_seconds = timeout_seconds

    def request(self):
        return nullcontext()


FREELY = Freely()


def fullest_second(requests):
    """Return the most requests that a server saw within any second."""
    times = sorted(request.time for request in requests)
    return max(sum(first <= time < first + SECOND_S for time in times) for first in times)
