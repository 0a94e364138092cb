"""One piece of work per name, side by side: one that fails or takes too long is named, and the others are done."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Generic, TypeVar

from assay.errors import ComputeError
from assay.types import Executor

T = TypeVar("T")
R = TypeVar("R")


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
    """

    name: str
    value: R | None = None
    error: str = ""


def outcomes(
    executor: Executor, work: Callable[[T], R], items: Mapping[str, T], limit_s: float, label: str
) -> list[Outcome[R]]:
    """Return what each item gave, in the order of the items.

    Parameters
    ----------
    executor
        Who does the work; it, the work and the items go to other processes where the executor has them.
    work
        What is done with an item.
    items
        The items by name.
    limit_s
        Seconds that one item may take, above 0. Python is interrupted at once, a compiled kernel when it returns.
    label
        What the progress shows.
    """
    return executor.map(_Guarded(work, limit_s), items.items(), label)


@dataclass(frozen=True)
class _Guarded(Generic[T, R]):
    work: Callable[[T], R]
    limit_s: float

    def __call__(self, named: tuple[str, T]) -> Outcome[R]:
        name, item = named
        try:
            with _limited(name, self.limit_s):
                return Outcome(name, self.work(item))
        except Exception as error:  # noqa: BLE001 - whatever it is, the others go on
            return Outcome(name, error=" ".join(f"{type(error).__name__}: {error}".split()))


@contextmanager
def _limited(name: str, limit_s: float) -> Iterator[None]:
    """Raise ComputeError in the body when it takes longer."""

    def late(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - a signal handler's signature
        raise ComputeError(name, f"must be done in {limit_s:g} s", "more", "allow it more time, or give it fewer rows")

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, limit_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)
