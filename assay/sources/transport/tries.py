"""Asking again: how often, after which wait, and what is said when it was in vain."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TypeVar

from assay.errors import TransportError
from assay.sources.transport.params import TransportParams
from assay.sources.transport.secrets import log, redacted

T = TypeVar("T")
LONGEST_BACKOFF_S = 60.0


def attempt(
    once: Callable[[], T],
    params: TransportParams,
    sleep: Callable[[float], None],
    draw: Callable[[float, float], float] = random.uniform,
) -> T:
    """Return what the function returns, asking again where that may help.

    Parameters
    ----------
    once
        One try.
    params
        `retries` and `backoff_seconds`.
    sleep
        Waits for seconds.
    draw
        Uniform draw between two bounds.

    Raises
    ------
    TransportError
        The last one, with the number of tries and without keys.

    Notes
    -----
    Exponential backoff with full jitter: the wait before retry k is uniform on [0, backoff * 2^k], 60 s at most
    (Brooker 2015, "Exponential backoff and jitter", AWS Architecture Blog).
    """
    for n_failed in range(params.retries + 1):
        try:
            return once()
        except TransportError as error:
            if error.final or n_failed == params.retries:
                raise _after(error, n_failed + 1) from None
            wait_s = draw(0.0, min(params.backoff_seconds * 2**n_failed, LONGEST_BACKOFF_S))
            log().info("%s: %s; asked again after %.2f s", error.where, error.found, wait_s)
            sleep(wait_s)
    raise AssertionError("range is never empty")


def _after(error: TransportError, n_tries: int) -> TransportError:
    """Return an error that says how often it was tried."""
    found = f"{redacted(error.found)} (tried {'once' if n_tries == 1 else f'{n_tries} times'})"
    return TransportError(redacted(error.where), redacted(error.rule), found, redacted(error.remedy), final=error.final)
