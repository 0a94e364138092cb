"""One piece of work per name, in other processes: one that fails, dies or takes too long is named, the others done."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from math import inf, isfinite
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from time import monotonic
from typing import Any, Generic, TypeVar

from assay.compute.progress import counted
from assay.errors import ComputeError

T = TypeVar("T")
R = TypeVar("R")

_SPAWN = get_context("spawn")
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS")


@dataclass(frozen=True)
class Outcome(Generic[R]):
    """What a piece of work gave, or why it gave nothing.

    Parameters
    ----------
    name
        Whose it is.
    value
        What was made; None where it failed.
    error
        Why it failed, one line; empty where it did not.
    is_late
        Whether it failed because it took too long.
    """

    name: str
    value: R | None = None
    error: str = ""
    is_late: bool = False


def outcomes(
    n_workers: int, work: Callable[[T], R], items: Mapping[str, T], limit_s: float, label: str
) -> list[Outcome[R]]:
    """Return what each item gave, in the order of the items.

    Parameters
    ----------
    n_workers
        Processes at a time, 1 or more, each of one thread; an item never runs in this process.
    work
        What is done with an item. It is sent to each process once, so what it keeps there serves the next item.
    items
        The items by name; small ones, since they are sent too.
    limit_s
        Seconds that one item may take, above 0. Its process is killed then, whatever it does, and another is started.
        The start of a process does not count.
    label
        What the progress shows.

    Raises
    ------
    ComputeError
        If a process dies before it is given anything.
    """
    crew = [_Worker[T, R](work, limit_s, label) for _ in range(min(n_workers, len(items)))]
    try:
        told = {done.name: done for done in counted(_as_they_end(crew, items), len(items), label)}
    finally:
        for worker in crew:
            worker.stop()
    return [told[name] for name in items]


def _as_they_end(crew: list[_Worker[T, R]], items: Mapping[str, T]) -> Iterator[Outcome[R]]:
    waiting = deque(items.items())
    busy: list[_Worker[T, R]] = []
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


def _wait(busy: list[_Worker[T, R]]) -> None:
    """Wait until one has something to tell, or is late."""
    soonest = min(worker.ends_at for worker in busy)
    wait([worker.line for worker in busy], max(soonest - monotonic(), 0.0) if isfinite(soonest) else None)


class _Worker(Generic[T, R]):
    """A process that does one item at a time; once it is dead, the next item starts another."""

    line: Connection
    ends_at = inf
    """When its item is late; never, as long as the process is starting."""

    def __init__(self, work: Callable[[T], R], limit_s: float, label: str) -> None:
        self._work, self._limit_s, self._label = work, limit_s, label
        self._process: Any = None
        self._is_ready = False
        self._name = ""

    def give(self, name: str, item: T) -> None:
        """Let it do an item."""
        if self._process is None:
            self._start()
        self._name = name
        self.ends_at = monotonic() + self._limit_s if self._is_ready else inf
        with suppress(BrokenPipeError):  # it died meanwhile: the end of its line tells
            self.line.send((name, item))

    def outcome(self) -> Outcome[R] | None:
        """Return what became of its item; None if it is still at it."""
        try:
            return self._told() if self.line.poll() else self._late()
        except (EOFError, ConnectionResetError):
            return self._died()

    def stop(self) -> None:
        """Kill its process, if there is one, whatever it does."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self.line.close()
        self._process, self._is_ready = None, False

    def _start(self) -> None:
        os.environ.update(dict.fromkeys(_THREADS, "1"))  # of what this process starts from now on
        self.line, theirs = _SPAWN.Pipe()
        self._process = _SPAWN.Process(target=_serve, args=(self._work, theirs), daemon=True)
        self._process.start()
        theirs.close()

    def _told(self) -> Outcome[R] | None:
        done: Outcome[R] | None = self.line.recv()
        if done is None:
            self._is_ready, self.ends_at = True, monotonic() + self._limit_s
        return done

    def _late(self) -> Outcome[R] | None:
        if monotonic() < self.ends_at:
            return None
        self.stop()
        remedy = "allow it more time, or give it fewer rows"
        late = ComputeError(self._name, f"must be done in {self._limit_s:g} s", "more", remedy)
        return Outcome(self._name, error=str(late), is_late=True)

    def _died(self) -> Outcome[R]:
        self._process.join()
        code, was_ready = self._process.exitcode, self._is_ready
        self.stop()
        found = f"killed by signal {-code}" if code < 0 else f"exit status {code}"
        if not was_ready:
            raise ComputeError(self._label, "needs worker processes that start", found, _FREE)
        return Outcome(self._name, error=str(ComputeError(self._name, "its process must live", found, _FREE)))


_FREE = "free memory, set compute.n_workers lower, or correct what it runs"


def _serve(work: Callable[[T], R], line: Connection) -> None:
    """Do what comes down the line, until nobody is at its other end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who stops the work stops its processes
    line.send(None)
    with suppress(EOFError, BrokenPipeError):
        while True:
            name, item = line.recv()
            line.send(_tried(work, name, item))


def _tried(work: Callable[[T], R], name: str, item: T) -> Outcome[R]:
    try:
        return Outcome(name, work(item))
    except Exception as error:  # noqa: BLE001 - whatever it is, the others go on
        return Outcome(name, error=" ".join(f"{type(error).__name__}: {error}".split()))
