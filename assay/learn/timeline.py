"""The training events in three stretches of time: the meta model's, the calibration's, the threshold's."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from assay.splits.purge import purged, segment
from assay.types import Ints


class Timeline(NamedTuple):
    """Positions of the events of each stretch, and how many were purged between them."""

    fit: Ints
    calibration: Ints
    threshold: Ints
    n_purged: int


def three(starts: Ints, ends: Ints, calibration_fraction: float, threshold_fraction: float) -> Timeline:
    """Cut events by order, and leave out those that reach into the next stretch.

    Parameters
    ----------
    starts, ends
        Closed spans of n events, rising by start; see :mod:`assay.splits.purge` for which ends.
    calibration_fraction, threshold_fraction
        Shares of the events in the second and the third stretch; the first has the rest.

    Returns
    -------
    Timeline
        In the first two every event's outcome is known before the next stretch begins.
    """
    n = starts.size
    last = n - round(n * threshold_fraction)
    middle = max(last - round(n * calibration_fraction), 0)
    fit = _before(starts, ends, 0, middle, last)
    calibration = _before(starts, ends, middle, last, n)
    return Timeline(fit, calibration, np.arange(last, n), last - fit.size - calibration.size)


def _before(starts: Ints, ends: Ints, begin: int, stop: int, after: int) -> Ints:
    """Return the positions from ``begin`` to ``stop`` that may be used while ``stop`` to ``after`` is kept apart."""
    if stop >= after:
        return np.arange(begin, stop)
    return begin + np.flatnonzero(purged(starts, ends, segment(starts, ends, stop, after), 0)[begin:stop])
