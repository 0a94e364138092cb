"""finmlkit: triple_barrier with barriers as log returns."""

import numpy as np
from finmlkit.label.tbm import triple_barrier

PACKAGES = ("finmlkit", "numba", "numpy")
HORIZON, SECOND_NS = 100, 1_000_000_000


def prepare(folder):
    """Return closes a second apart, events and targets."""
    close, width = np.load(folder / "close.npy"), np.load(folder / "width.npy")
    events = np.arange(close.size - HORIZON)
    prepared = SECOND_NS * np.arange(close.size), close, events, (width / close)[: events.size]
    work((*prepared[:2], events[:200], prepared[3][:200]))
    return prepared


def work(prepared):
    """Label."""
    time_ns, close, events, target = prepared
    return triple_barrier(time_ns, close, events, target, (1.0, 1.0), float(HORIZON), 0.0, None, 0.0)


def answer(result):
    """Return where exits lie."""
    return {"ends": int(result[1].sum())}
