"""Executors: the same results in the same order, whoever does the work."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from assay.compute.orphan import end_with_parent
from assay.compute.params import ComputeParams
from assay.compute.progress import counted
from assay.errors import ComputeError
from assay.types import Executor

T = TypeVar("T")
R = TypeVar("R")


class Serial:
    """Do one item after another in this process."""

    def map(self, function: Callable[[T], R], items: Iterable[T], label: str) -> list[R]:
        """Return ``[function(item) for item in items]``."""
        work = list(items)
        return list(counted(map(function, work), len(work), label))


class Processes:
    """Spread items over a pool of fresh processes; each gets whole items, never shared state."""

    def __init__(self, n_workers: int) -> None:
        self.n_workers = n_workers

    def map(self, function: Callable[[T], R], items: Iterable[T], label: str) -> list[R]:
        """Return ``[function(item) for item in items]``; the first error raised stops the rest."""
        work = list(items)
        context = multiprocessing.get_context("spawn")
        try:
            n = min(self.n_workers, max(len(work), 1))
            with ProcessPoolExecutor(n, context, initializer=end_with_parent) as pool:
                return list(counted(pool.map(function, work), len(work), label))
        except BrokenProcessPool:
            remedy = "free memory, or set compute.n_workers lower"
            raise ComputeError(label, "needs its worker processes to live", "one was killed", remedy) from None


def executor(params: ComputeParams) -> Executor:
    """Return the executor that ``compute`` names; one worker needs no pool."""
    n_workers = workers(params)
    return Serial() if n_workers == 1 else Processes(n_workers)


def workers(params: ComputeParams) -> int:
    """Return how many processes ``compute`` allows at a time."""
    return 1 if params.executor == "serial" else params.n_workers or n_cores()


def n_cores() -> int:
    """Return how many cores this process may use; all there are where the system does not tell."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
