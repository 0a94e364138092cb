"""Progress on standard error, for people; nothing of it reaches an output."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from multiprocessing import parent_process
from threading import Event, Thread, current_thread, main_thread
from typing import TypeVar

from tqdm import tqdm

T = TypeVar("T")
DELAY_S = 2.0
"""What takes less time shows nothing."""
PACE_S = 0.2


def counted(items: Iterable[T], total: int, label: str, unit: str = "it") -> Iterator[T]:
    """Yield the items and draw a bar; where there is no terminal, one line every ten seconds, in a worker none.

    Workers are other processes and other threads than the first: their bars would run into one another.
    """
    pace = PACE_S if sys.stderr.isatty() else 10.0
    is_worker = parent_process() is not None or current_thread() is not main_thread()
    yield from tqdm(
        items, total=total, desc=label, unit=unit, mininterval=pace, delay=DELAY_S, leave=False, disable=is_worker
    )


@contextmanager
def timed(label: str) -> Iterator[None]:
    """Show on a terminal for how long the work inside has run, also where nothing of it can be counted."""
    done = Event()
    clock = Thread(target=_tick, args=(label, done), daemon=True)
    if sys.stderr.isatty():
        clock.start()
    try:
        yield
    finally:
        done.set()
        if clock.is_alive():
            clock.join()


def _tick(label: str, done: Event) -> None:
    if done.wait(DELAY_S):
        return
    with tqdm(desc=label, bar_format="{desc}: {elapsed}", leave=False) as bar:
        bar.start_t -= DELAY_S
        while not done.wait(PACE_S):
            bar.refresh()
