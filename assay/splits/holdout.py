"""The sealed hold-out: the last stretch of the history, which no stage trains or tests on."""

from __future__ import annotations

from assay.errors import DataError, ParamsError
from assay.types import Flags, Ints


def holdout_start(ordinals: Ints, fraction: float) -> int:
    """Return the first sealed ordinal.

    Parameters
    ----------
    ordinals
        Ordinals of all bars, rising, shape (n,); every stage passes the same ones, so that all seal at the same place.
    fraction
        Share of them that is sealed, rounded down to whole bars, at least 0 and below 1; 0 seals nothing.

    Raises
    ------
    DataError
        If there is no bar.
    ParamsError
        If the share is outside of [0, 1).
    """
    if not 0 <= fraction < 1:
        raise ParamsError("splits.holdout_fraction", "must be at least 0 and below 1", fraction, "choose 0.5 or less")
    if not ordinals.size:
        raise DataError("hold-out", "needs bars to be cut off from", "no bar", "widen the range of the data")
    n_open = ordinals.size - int(ordinals.size * fraction)
    return int(ordinals[n_open - 1]) + 1


def open_events(ends: Ints, sealed_from: int) -> Flags:
    """Return which events may be used: those whose latest ends come before the first sealed ordinal."""
    return ends < sealed_from
