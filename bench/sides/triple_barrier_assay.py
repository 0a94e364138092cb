"""Assay: leave_all, compiled when prepared."""

import numpy as np

from assay.labels.barriers import TP, VERTICAL, ExitRules
from assay.labels.exits import UNLIMITED, leave_all
from bench.labels_input import HORIZON, read

PACKAGES = ("numba", "numpy")
RULES = ExitRules(min_horizon=1, max_horizon=HORIZON, at_close=True, resting=False, tolerance=1e-7)


def prepare(folder):
    """Return closes, events and widths."""
    close, width, events = read(folder)
    work((close, events[:200], width[:200]))
    return close, events, width[: events.size]


def work(prepared):
    """Label."""
    close, events, width = prepared
    return leave_all(close, close, close, close, events, 1, width, width, RULES, UNLIMITED)


def answer(result):
    """Return where exits lie, the bars that touch, and the signs."""
    ends, _, reasons = result
    touched = reasons != VERTICAL
    return {
        "ends": int(ends.sum()),
        "bars_that_touch": int(np.unique(ends[touched]).size),
        "profits": int(np.count_nonzero(reasons == TP)),
        "losses": int(np.count_nonzero(touched) - np.count_nonzero(reasons == TP)),
    }
