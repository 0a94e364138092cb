"""``python -m bench [WORK ...]``: all works, or those named, side by side with their peers.

Writes ``reports/bench.json``, and ``docs/benchmarks.md`` and a table in ``README.md`` of what it holds.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

from llvmlite.binding import get_host_cpu_features

from bench import works
from bench.harness import OURS, compared
from bench.summary import readme
from bench.table import LIMITS, page, table

REPORT, PAGE, README = Path("reports/bench.json"), Path("docs/benchmarks.md"), Path("README.md")
TIMES = 10
"""Time is shown to grow from one size to this many times as much."""
VECTORS = ("neon", "avx2", "avx512f")
"""What a processor may work on several numbers at once with; kernels are compiled for all that it has."""


def main() -> None:
    """Measure, print the table, keep the figures."""
    names = sorted(module.name for module in iter_modules(works.__path__))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("works", nargs="*", metavar="WORK", help=", ".join(names))
    parser.add_argument("--repeats", type=int, default=5, help="rounds of all sides at least")
    parser.add_argument("--seconds", type=float, default=10.0, help="go on for so long, five times the rounds at most")
    asked = parser.parse_args()
    kept: dict[str, Any] = json.loads(REPORT.read_text()) if REPORT.exists() else {"works": {}}
    for name in asked.works or names:
        found = measured(import_module(f"bench.works.{name}"), asked.repeats, asked.seconds)
        kept["works"][name] = {**found, "machine": machine()}
        REPORT.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n")
        kept = json.loads(REPORT.read_text())
        PAGE.write_text(page(kept))
        README.write_text(readme(README.read_text(), kept))
        print(table({name: kept["works"][name]}), flush=True)  # noqa: T201


def measured(work: Any, repeats: int, seconds: float) -> dict[str, Any]:
    """Return the figures of a work, with its goals and how our time grows with ten times the input, alone."""
    found = compared(work, work.N, repeats, seconds=seconds)
    most = getattr(work, "MOST", work.N)
    few, many = (_ours(compared(work, n, repeats, (OURS,))) for n in (most // TIMES, most))
    limits = {figure: getattr(work, name) for name, figure in LIMITS.items() if hasattr(work, name)}
    told = {"name": work.NAME, "goals": dict(work.GOALS), "limits": limits}
    return {**told, **found, "growth_10x": round(many / few, 2), "most": most}


def _ours(found: dict[str, Any]) -> float:
    return float(found["sides"][OURS]["cpu_s"])


def machine() -> dict[str, Any]:
    """Return what the figures were measured on."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "unknown")
    held = get_host_cpu_features()
    return {
        "processor": model,
        "vectors": " and ".join(name for name in VECTORS if held.get(name)),
        "cores": os.cpu_count(),
        "system": platform.system(),
        "python": platform.python_version(),
    }


if __name__ == "__main__":
    main()
