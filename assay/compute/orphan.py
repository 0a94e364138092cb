"""A process that ends when the one that started it has ended, however that ended and whatever this one does."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from multiprocessing import parent_process
from threading import Thread

_SET_SIGNAL_OF_PARENTS_END = 1
"""``PR_SET_PDEATHSIG`` of Linux's ``prctl(2)``."""
_STATUS = 1


def end_with_parent() -> None:
    """Let this process of ``multiprocessing`` end at once when its parent has ended.

    Notes
    -----
    A thread waits for the parent, on every system; a kernel that never comes back to Python lets no thread run. So on
    Linux the system itself is asked to kill the process too. It does so when the parent's thread that started it ends,
    which must last as long as the process is wanted.
    """
    Thread(target=_wait, name="end with parent", daemon=True).start()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_SIGNAL_OF_PARENTS_END, signal.SIGKILL)


def _wait() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(_STATUS)
