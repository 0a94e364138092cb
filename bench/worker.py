"""One side in a process of its own: ``python worker.py SIDE.py FOLDER``; does the work once for every line it reads.

Runs in a peer's environment, so it needs nothing but the standard library. Of a side's script, ``prepare(folder)``
reads the input and compiles, ``work(prepared)`` is timed, ``answer(result)`` gives numbers that all sides must agree
on, ``output_mb(result)`` says how large the result is, and ``PACKAGES`` names the packages whose versions are told.
"""

from __future__ import annotations

import gc
import importlib.util
import json
import resource
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

STATUS = Path("/proc/self/status")


def load(path: str) -> Any:
    """Return a script as a module."""
    spec = importlib.util.spec_from_file_location("side", path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["side"] = module
    spec.loader.exec_module(module)
    return module


def cpu_s() -> float:
    """Return processor seconds of this process and of the ended ones that it started."""
    both = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return sum(one.ru_utime + one.ru_stime for one in both)


def peak_mb() -> float:
    """Return the largest resident memory, of this process or of one that it started."""
    return max(own_kb(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / 1024


def own_kb() -> int:
    """Return the largest resident memory of this process; ``ru_maxrss`` begins with that of who started it on Linux."""
    if STATUS.exists():
        return next(int(line.split()[1]) for line in STATUS.read_text().splitlines() if line.startswith("VmHWM:"))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def timed(side: Any, prepared: Any) -> dict[str, Any]:
    """Do the work once."""
    gc.collect()
    gc.disable()
    cpu, wall = cpu_s(), time.perf_counter()
    result = side.work(prepared)
    took = {"cpu_s": cpu_s() - cpu, "wall_s": time.perf_counter() - wall}
    gc.enable()
    took |= {"peak_mb": peak_mb()} | ({"output_mb": side.output_mb(result)} if hasattr(side, "output_mb") else {})
    return {**took, "answer": side.answer(result) if hasattr(side, "answer") else {}}


def main() -> None:
    """Prepare, say so, and work when told to."""
    side = load(sys.argv[1])
    told = {"versions": {name: version(name) for name in getattr(side, "PACKAGES", ())}, "imported_mb": peak_mb()}
    prepared = side.prepare(Path(sys.argv[2]))
    told["base_mb"] = peak_mb()
    gc.freeze()
    print(json.dumps(told), flush=True)  # noqa: T201
    for _ in sys.stdin:
        print(json.dumps(timed(side, prepared)), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
