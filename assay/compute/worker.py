"""A process that does one piece of work at a time, and tells what became of it: done, failed, late, or its end."""

from __future__ import annotations

import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from time import monotonic
from typing import Any, Generic, TypeVar

from assay.compute.orphan import end_with_parent
from assay.errors import ComputeError

T = TypeVar("T")
R = TypeVar("R")

_SPAWN = get_context("spawn")
_START_S = 300.0
"""Seconds that a process may take to start: what the work is made of is imported by then, from a cold disk too."""
_FREE = "free memory, set compute.n_workers lower, or correct what it runs"


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


class Worker(Generic[T, R]):
    """A process that does one item at a time; once it is dead, the next item starts another."""

    line: Connection
    ends_at: float
    """When its item is late, or its start."""

    def __init__(self, work: Callable[[T], R], limit_s: float, label: str) -> None:
        self._work, self._limit_s, self._label = work, limit_s, label
        self._process: Any = None
        self._is_ready = False
        self._name = ""

    def give(self, name: str, item: T) -> None:
        """Let it do an item."""
        if self._process is not None and not self._process.is_alive():
            self.stop()
        if self._process is None:
            self._start()
        self._name = name
        self.ends_at = monotonic() + (self._limit_s if self._is_ready else _START_S)
        with suppress(ConnectionError):  # it died meanwhile: the end of its line tells
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
        was_ready = self._is_ready
        self.stop()
        if not was_ready:
            raise self._unstarted(f"none in {_START_S:g} s")
        remedy = "allow it more time, or give it fewer rows"
        late = ComputeError(self._name, f"must be done in {self._limit_s:g} s", "more", remedy)
        return Outcome(self._name, error=str(late), is_late=True)

    def _died(self) -> Outcome[R]:
        self._process.join()
        code, was_ready = self._process.exitcode, self._is_ready
        self.stop()
        found = f"killed by signal {-code}" if code < 0 else f"exit status {code}"
        if not was_ready:
            raise self._unstarted(found)
        return Outcome(self._name, error=str(ComputeError(self._name, "its process must live", found, _FREE)))

    def _unstarted(self, found: str) -> ComputeError:
        return ComputeError(self._label, "needs worker processes that start", found, _FREE)


def _serve(work: Callable[[T], R], line: Connection) -> None:
    """Do what comes down the line, until nobody is at its other end."""
    end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who stops the work stops its processes
    line.send(None)
    with suppress(EOFError, BrokenPipeError):
        while True:
            name, item = line.recv()
            line.send_bytes(_tried(work, name, item))


def _tried(work: Callable[[T], R], name: str, item: T) -> memoryview:
    """Return what became of an item, as it is sent; a value that cannot be sent is a failure."""
    try:
        return ForkingPickler.dumps(Outcome(name, work(item)))
    except BaseException as error:  # noqa: BLE001 - whatever it is, SystemExit too, the others go on
        return ForkingPickler.dumps(Outcome(name, error=" ".join(f"{type(error).__name__}: {error}".split())))
