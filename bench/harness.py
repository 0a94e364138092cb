"""Side by side: every side of a work in a process of its own, on one thread, in turn, several times over.

Times swing with what else the machine does; the least of several runs, taken in turn, and ratios of processor time do
so least. All sides read the same input and must give the same answer. A side that works on a GPU is compared by the
clock, since its processor waits, and left out where there is no GPU.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from assay.compute.environment import settings
from bench import gpu
from bench.peers import python_of

LIMITS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS", "NUMBA_NUM_THREADS")
ONE_THREAD = dict.fromkeys(LIMITS, "1")
SIDES = Path(__file__).parent / "sides"
WORKER = Path(__file__).parent / "worker.py"
MOST_ROUNDS = 5
"""Times as many rounds as are asked for, at most."""
OURS = "assay"


class Work(Protocol):
    """A module of ``bench.works``."""

    NAME: str
    """What is done, in a few words."""
    N: int
    """Size of the input."""
    SIDES: Mapping[str, str]
    """Name of each side, ``assay`` first, and its environment; empty for the project's own. The script of a side is
    ``bench/sides/<module>_<name>.py``."""
    GOALS: Mapping[str, float]
    """Our processor time over that of a side: what is aimed at.

    A work may have ``MOST``: the size up to which our time is shown to grow with the input, else N; ``SECONDS``: of our
    processor time, at most; and ``MEMORY_OF_OUTPUT``: how much memory we take at most, with all that was read but
    without what importing took, over the size of the result.
    """

    def make(self, folder: Path, n: int) -> None:
        """Write the input."""
        ...


@dataclass
class Side:
    """A process that waits for its turn."""

    name: str
    process: subprocess.Popen[str]
    told: dict[str, Any]
    by: str = "cpu_s"
    runs: list[dict[str, Any]] = field(default_factory=list)

    def work(self) -> None:
        """Do the work once more."""
        self._write()
        self.runs.append(_read(self.process, self.name))

    def summary(self) -> dict[str, Any]:
        """Return the least time, the memory of a process that works once, and the versions."""
        least = min(self.runs, key=lambda run: run[self.by])
        figures = {name: round(least[name], 6) for name in ("cpu_s", "wall_s")}
        peak_mb = self.runs[0]["peak_mb"]
        memory = {"peak_mb": round(peak_mb, 1), "added_mb": round(peak_mb - self.told["base_mb"], 1)}
        if "output_mb" in least:
            memory["memory_of_output"] = round((peak_mb - self.told["imported_mb"]) / least["output_mb"], 3)
        return {**figures, **memory, "by": self.by, "versions": self.told["versions"]}

    def end(self) -> None:
        """Let the process end."""
        self.process.communicate()

    def _write(self) -> None:
        if self.process.stdin is not None:
            self.process.stdin.write("\n")
            self.process.stdin.flush()


def compared(work: Any, n: int, repeats: int, only: tuple[str, ...] = (), seconds: float = 0.0) -> dict[str, Any]:
    """Return the figures of every side on one input of size ``n``, and the ratios of our time to theirs.

    Sides take turns: see :func:`rounds`.

    Raises
    ------
    ValueError
        If two sides do not agree on an answer.
    """
    module = work.__name__.rsplit(".", 1)[-1]
    asked = [name for name in work.SIDES if not only or name in only]
    out = {name: gpu.left_out(work.SIDES[name]) for name in asked}
    names = [name for name in asked if not out[name]]
    with tempfile.TemporaryDirectory() as folder:
        work.make(Path(folder), n)
        sides = [started(name, module, work.SIDES[name], Path(folder)) for name in names]
        for _ in rounds(repeats, seconds):
            for side in sides:
                side.work()
        for side in sides:
            side.end()
    agreed(sides)
    found = {side.name: side.summary() for side in sides}
    ours = {name: found[OURS][one["by"]] / one[one["by"]] for name, one in found.items() if name != OURS}
    ratios = {name: float(f"{ratio:.4g}") for name, ratio in ours.items()}
    return {"n": n, "sides": found, "ratios": ratios, "left_out": {name: why for name, why in out.items() if why}}


def rounds(repeats: int, seconds: float) -> Iterator[int]:
    """Count rounds: at least ``repeats``, and until so many seconds have passed, but five times as many at most."""
    began = time.monotonic()
    for done in range(MOST_ROUNDS * repeats):
        if done >= repeats and time.monotonic() - began >= seconds:
            return
        yield done


def started(name: str, module: str, environment: str, folder: Path) -> Side:
    """Start a side and wait until it is ready."""
    command = [str(python_of(environment)), str(WORKER), str(SIDES / f"{module}_{name}.py"), str(folder)]
    process = subprocess.Popen(  # noqa: S603 - our own scripts
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=sys.stderr, text=True, env=environ(environment)
    )
    return Side(name, process, _read(process, name), by="wall_s" if environment in gpu.ENVIRONMENTS else "cpu_s")


def environ(environment: str) -> dict[str, str]:
    """Return the variables of a side: one thread; in our own environment also where the project and kernels are."""
    ours = {} if environment else {"PYTHONPATH": str(Path(__file__).parents[1]), **settings(os.environ)}
    return os.environ | ONE_THREAD | ours


def agreed(sides: list[Side]) -> None:
    """Refuse answers that differ: by more than a millionth, or at all where they are whole numbers or text."""
    first = {key: (side.name, value) for side in reversed(sides) for key, value in side.runs[0]["answer"].items()}
    for side in sides:
        for key, value in side.runs[0]["answer"].items():
            other, expected = first[key]
            same = math.isclose(value, expected, rel_tol=1e-6) if isinstance(value, float) else value == expected
            if not same:
                raise ValueError(f"{key}: {side.name} says {value}, {other} {expected}")


def _read(process: subprocess.Popen[str], name: str) -> dict[str, Any]:
    line = process.stdout.readline() if process.stdout is not None else ""
    if not line:
        raise RuntimeError(f"{name} ended with status {process.wait()}, see its message above")
    found: dict[str, Any] = json.loads(line)
    return found
