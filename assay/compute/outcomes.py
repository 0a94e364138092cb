"""One piece of work per name, in other processes: one that fails, dies or takes too long is named, the others done."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from multiprocessing.connection import wait
from time import monotonic
from typing import TypeVar

from assay.compute.progress import counted
from assay.compute.worker import Outcome, Worker

T = TypeVar("T")
R = TypeVar("R")

_LONGEST_S = 3600.0
"""Seconds to wait in one go: the system takes 24 days at most."""


def outcomes(
    n_workers: int, work: Callable[[T], R], items: Mapping[str, T], limit_s: float, label: str
) -> list[Outcome[R]]:
    """Return what each item gave, in the order of the items.

    Parameters
    ----------
    n_workers
        Processes at a time, 1 or more, with the environment of this one: see ``assay.compute.environment``. An item
        never runs in this process.
    work
        What is done with an item. It is sent to each process once, so what it keeps there serves the next item. What
        it gives is sent back; where that cannot be, the item has failed.
    items
        The items by name; small ones, since they are sent too.
    limit_s
        Seconds that one item may take, above 0. Its process is killed then, whatever it does, and another is started.
        The start of a process does not count. A process that ended after an item is replaced before the next.
    label
        What the progress shows.

    Raises
    ------
    ComputeError
        If a process dies while it starts, or does not start in five minutes.
    """
    crew = [Worker[T, R](work, limit_s, label) for _ in range(min(n_workers, len(items)))]
    try:
        told = {done.name: done for done in counted(_as_they_end(crew, items), len(items), label)}
    finally:
        for worker in crew:
            worker.stop()
    return [told[name] for name in items]


def _as_they_end(crew: list[Worker[T, R]], items: Mapping[str, T]) -> Iterator[Outcome[R]]:
    waiting = deque(items.items())
    busy: list[Worker[T, R]] = []
    while waiting or busy:
        for worker in crew:
            if waiting and worker not in busy:
                worker.give(*waiting.popleft())
                busy.append(worker)
        _wait(busy)
        for worker in [*busy]:
            if done := worker.outcome():
                busy.remove(worker)
                yield done


def _wait(busy: list[Worker[T, R]]) -> None:
    """Wait until one has something to tell, or is late."""
    soonest = min(worker.ends_at for worker in busy)
    wait([worker.line for worker in busy], min(max(soonest - monotonic(), 0.0), _LONGEST_S))
