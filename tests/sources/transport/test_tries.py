"""Tries are bounded, and the waits between them are those of full jitter."""

import pytest

from assay.errors import TransportError
from assay.sources.transport.params import TransportParams
from assay.sources.transport.tries import attempt


def failing(n, final=False):
    """Return a function that fails n times, and the list of its calls."""
    calls = []

    def once():
        calls.append(1)
        if len(calls) <= n:
            raise TransportError("http://a/x?apikey=abc", "must answer", "nothing", "ask again", final=final)
        return "done"

    return once, calls


def test_waits_double_up_to_a_minute():
    once, _ = failing(12)
    waits = []
    params = TransportParams(retries=12, backoff_seconds=0.5)
    assert attempt(once, params, waits.append, lambda low, high: high) == "done"
    assert waits == [0.5, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60]


def test_waits_are_uniform_from_nothing_to_the_whole():
    bounds = []
    once, _ = failing(3)
    attempt(once, TransportParams(), lambda _: None, lambda low, high: bounds.append((low, high)) or low)
    assert bounds == [(0, 0.5), (0, 1), (0, 2)]


@pytest.mark.parametrize(("retries", "text"), [(0, "tried once"), (1, "tried 2 times"), (5, "tried 6 times")])
def test_tries_are_bounded_and_counted(retries, text):
    once, calls = failing(99)
    with pytest.raises(TransportError, match=text) as caught:
        attempt(once, TransportParams(retries=retries), lambda _: None)
    assert len(calls) == retries + 1
    assert caught.value.where == "http://a/x?apikey=***"
    assert not caught.value.final


def test_what_is_final_is_not_tried_again():
    once, calls = failing(99, final=True)
    with pytest.raises(TransportError, match="tried once"):
        attempt(once, TransportParams(), lambda _: None)
    assert len(calls) == 1


def test_other_errors_are_not_tried_again():
    calls = []

    def once():
        calls.append(1)
        raise ValueError("a fault of the program")

    with pytest.raises(ValueError, match="program"):
        attempt(once, TransportParams(), lambda _: None)
    assert len(calls) == 1
