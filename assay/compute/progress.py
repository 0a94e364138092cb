"""Progress on standard error, for people; nothing of it reaches an output."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import parent_process
from threading import Event, Lock, Thread, current_thread, local, main_thread
from typing import Any, TypeVar

from tqdm import tqdm

T = TypeVar("T")
DELAY_S = 2.0
"""What takes less time shows nothing."""
PACE_S = 0.2


def told(lines: Iterable[str]) -> None:
    """Write lines for who reads them; that nobody does is no failure of the work."""
    with suppress(OSError):
        if sys.stderr is not None:
            sys.stderr.writelines(f"{line}\n" for line in lines)
            sys.stderr.flush()


def counted(items: Iterable[T], total: int, label: str, unit: str = "it") -> Iterator[T]:
    """Yield the items and draw a bar; where there is no terminal, one line every ten seconds, in a worker none.

    Workers are other processes and other threads than the first: their bars would run into one another.
    """
    yield from tqdm(items, total=total, desc=label, unit=unit, **_options())


_UNCOUNTED = "{desc} [{elapsed}]"
"""How a bar looks as long as there are no items, such as files that lie there and are asked of nobody."""


class Shared:
    """One bar for the items of several parts that are worked on side by side, each in a thread at a time.

    Parameters
    ----------
    n_parts
        How many parts there are.
    label
        What the parts are called.
    unit
        What an item is called.

    Notes
    -----
    A part tells how many items it has when it comes to them. Until all have, the total is an estimate for the time that
    remains: a part that has not told yet is taken to have as many as the others have on average.
    """

    def __init__(self, n_parts: int, label: str, unit: str = "it") -> None:
        self._n_parts, self._label = n_parts, label
        self._n_over = self._n_told = self._n_items = 0
        self._lock, self._mine = Lock(), local()
        self._bar = tqdm(unit=unit, total=0, miniters=0, desc=self._name(), bar_format=_UNCOUNTED, **_options())

    def close(self) -> None:
        """Clear the bar."""
        self._bar.close()

    @contextmanager
    def part(self) -> Iterator[None]:
        """Count what this thread does inside as one part."""
        self._mine.has_told = False
        try:
            yield
        finally:
            self._expect(0)
            self._advance(n_over=1)

    def counted(self, items: Iterable[T], total: int) -> Iterator[T]:
        """Yield items of the part of this thread; those that were announced and do not come are taken off again."""
        self._expect(total)
        n_left = total
        try:
            for item in items:
                yield item
                n_left -= 1
                self._advance(n_items=1)
        finally:
            self._expect(-n_left)

    def _expect(self, n_items: int) -> None:
        with self._lock:
            self._n_told += not self._mine.has_told
            self._mine.has_told = True
            self._n_items += n_items
            self._bar.bar_format = None if self._n_items else _UNCOUNTED
            self._bar.total = round(self._n_items * self._n_parts / self._n_told)

    def _advance(self, n_items: int = 0, n_over: int = 0) -> None:
        with self._lock:
            self._n_over += n_over
            self._bar.set_description_str(self._name(), refresh=False)
            self._bar.update(n_items)

    def _name(self) -> str:
        return f"{self._n_over}/{self._n_parts} {self._label}"


def _options() -> dict[str, Any]:
    """Return how every bar is drawn, and whether it is."""
    pace = PACE_S if sys.stderr.isatty() else 10.0
    is_worker = parent_process() is not None or current_thread() is not main_thread()
    return {"mininterval": pace, "delay": DELAY_S, "leave": False, "disable": is_worker}


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
