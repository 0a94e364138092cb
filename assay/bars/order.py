"""Ticks and rows come in order of time: a bar that takes in what is late would close before it opens."""

from __future__ import annotations

import numpy as np

from assay.bars.params import Kind
from assay.bars.state import State
from assay.errors import DataError
from assay.types import Ints


def refuse_unordered(begins_ns: Ints, ends_ns: Ints, days: Ints, bar: State, kind: Kind) -> None:
    """Refuse ticks or rows of sessions whose times go back; the step only tells that any do, by ``read_ns``.

    Parameters
    ----------
    begins_ns, ends_ns
        First instant of each and first instant after it, ns since 1970-01-01 UTC, shape (n,); of ticks both are their
        times. Equal times are in order.
    days
        Session day of each, shape (n,); those outside (-1) are passed over.
    bar
        The state before.
    kind
        Type of bar.

    Raises
    ------
    DataError
        With the first one that begins before the one before it has ended.
    """
    inside = days >= 0
    begins_ns, before_ns = begins_ns[inside], np.append(bar.counts.read_ns, ends_ns[inside][:-1])
    back = np.flatnonzero(begins_ns < before_ns[: begins_ns.size])[:1]
    if back.size:
        late, before = (times[back].view("M8[ns]")[0] for times in (begins_ns, before_ns))
        rule, found = "ticks and rows come in order of time", f"{late} after {before}"
        raise DataError(f"{kind} bars", rule, found, "sort them, or keep back what is late before bars are made")
