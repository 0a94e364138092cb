"""A process that starts quickly: less is imported, and garbage is looked for less often. No byte depends on it.

It is for a process of the project's own, since all of it is changed. What numba looks for at the first kernel, and none
of ours uses, is not imported. To do so, one name that numba keeps private is used: ``numba.core.registry.cpu_target``.
``tests/compute/test_start.py`` makes bars of every type this way: it fails where a numba has no such name, or where a
kernel of the bars comes to need what is left out.
"""

from __future__ import annotations

import atexit
import gc
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from numba.core.registry import cpu_target

UNUSED = ("scipy.linalg", "cffi")
"""Numba takes linear algebra from the one and foreign functions from the other, and does without where they are not."""
N_OBJECTS = 50_000
"""New objects from one look for garbage to the next: importing makes hundreds of thousands, and they stay."""


def quickly() -> None:
    """Make this process ready for its first kernel, and look for garbage rarely, and never at the end."""
    gc.set_threshold(N_OBJECTS)
    atexit.register(gc.freeze)
    load()


def load() -> None:
    """Make numba ready for its first kernel, without the packages of :data:`UNUSED`.

    To import them takes longer than to make bars of ten million ticks. Those that are imported already stay; the others
    can be imported later, as numba does for a kernel with linear algebra. Foreign functions are lost to kernels.
    """
    with _hidden([name for name in UNUSED if name not in sys.modules]):
        cpu_target.typing_context.refresh()
        cpu_target.target_context.refresh()


@contextmanager
def _hidden(names: Sequence[str]) -> Iterator[None]:
    """Let packages not be found, while this is open."""
    sys.modules.update(dict.fromkeys(names))  # type: ignore[arg-type] # None: Python's mark of what cannot be imported
    try:
        yield
    finally:
        for name in names:
            del sys.modules[name]
