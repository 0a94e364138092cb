"""Purging and embargo (López de Prado 2018, *Advances in Financial Machine Learning*, 7.4).

The functions take any closed spans. AFML 7.4.1 purges by when labels did end; the project deviates and passes how long
each could have lasted, whatever prices did (``latest_ordinal`` of LABELS), for training and tested labels alike. That
is known when a label is decided; of one that ends with its session (``session_exit_minutes``) it is not, since nobody
knows how many bars come until then, but by the cut it is known whether that end lies before it. By real ends, the
labels kept close before a test would be those that were soon over: with a near stop and a far profit barrier, mostly
losses. The sealed hold-out is cut by the same rule. It costs rows: of a label that is over early, the bars up to its
latest end. Weights and uniqueness go by real ends.
"""

from __future__ import annotations

import numpy as np

from assay.errors import DataError
from assay.types import Flags, Ints

_LAST = 2**63 - 1


def purged(starts: Ints, ends: Ints, segments: Ints, embargo: int) -> Flags:
    """Return which events may train while the segments are tested.

    Parameters
    ----------
    starts, ends
        Closed spans of n events, shape (n,): bar ordinals, or nanoseconds.
    segments
        Closed test segments ``[a, b]``, shape (k, 2), with ``b`` the largest end of the segment's events.
    embargo
        Distance kept free after every segment, in the unit of the spans; 0 or more.

    Returns
    -------
    Flags
        Shape (n,): true iff ``end < a`` or ``start > b + embargo`` for every segment. Test events are never true.

    Notes
    -----
    AFML is of two minds where a label ends at the very instant a test begins (7.1 drops it, Snippet 7.1 keeps it);
    spans are closed here, so it is dropped. The embargo counts from the largest end of the segment, as in AFML 7.4.2,
    applies after each of several segments, and stops at the end of the data: it never reaches round to the beginning.
    """
    kept = np.ones(starts.size, dtype=np.bool_)
    for first, last in segments.tolist():
        kept &= (ends < first) | (starts > min(last + embargo, _LAST))
    return kept


def segment(starts: Ints, ends: Ints, begin: int, stop: int) -> Ints:
    """Return ``[[a, b]]``, what events ``begin`` to ``stop`` (left out) span: first start, largest end."""
    return np.array([[starts[begin], np.max(ends[begin:stop])]], dtype=np.int64)


def blocks(n_events: int, n_blocks: int) -> Ints:
    """Return the ``n_blocks + 1`` edges of consecutive blocks whose sizes differ by one at most, larger ones first.

    This is the cut of ``numpy.array_split`` and scikit-learn's ``KFold``; skfolio puts the whole remainder into the
    last block instead.
    """
    size, rest = divmod(n_events, n_blocks)
    number = np.arange(n_blocks + 1, dtype=np.int64)
    return number * size + np.minimum(number, rest)


def check_spans(starts: Ints, ends: Ints, n_blocks: int) -> None:
    """Raise DataError unless the spans are in order of their starts, closed, and enough for the blocks."""
    if starts.shape != ends.shape or np.any(np.diff(starts) < 0) or np.any(ends < starts):
        raise DataError(
            "label spans", "must rise by start and end at or after it", f"{starts.size} spans", "sort the labels"
        )
    if starts.size < n_blocks:
        remedy = "ask for fewer splits, or make more bars or events"
        raise DataError("label spans", f"{n_blocks} blocks need an event each", f"{starts.size} events", remedy)


def check_train(train: Ints, test: Ints, where: str, embargo: int) -> None:
    """Raise DataError if nothing is left to train on."""
    if not train.size:
        found = f"none for its {test.size} test events with an embargo of {embargo}"
        raise DataError(
            where,
            "needs training events outside the test spans",
            found,
            "ask for fewer splits or a shorter horizon",
        )
