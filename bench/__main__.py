"""``python -m bench [WORK ...]``: all works, or those named, against their peers; writes reports/bench.json."""

from __future__ import annotations

import argparse
import json
import os
import platform
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

from bench import works
from bench.harness import OURS, compared
from bench.table import table

REPORT = Path("reports/bench.json")
LESS = 10
"""A tenth of the size shows how time grows."""


def main() -> None:
    """Measure, print the table, keep the figures."""
    names = sorted(module.name for module in iter_modules(works.__path__))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("works", nargs="*", metavar="WORK", help=", ".join(names))
    parser.add_argument("--repeats", type=int, default=5)
    asked = parser.parse_args()
    kept: dict[str, Any] = json.loads(REPORT.read_text()) if REPORT.exists() else {"works": {}}
    for name in asked.works or names:
        kept["works"][name] = measured(import_module(f"bench.works.{name}"), asked.repeats)
        kept["machine"] = machine()
        REPORT.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n")
        print(table({name: kept["works"][name]}), flush=True)  # noqa: T201


def measured(work: Any, repeats: int) -> dict[str, Any]:
    """Return the figures of a work, with its goals and how our time grows with ten times the input."""
    found = compared(work, work.N, repeats)
    less = compared(work, work.N // LESS, repeats, (OURS,))
    growth = found["sides"][OURS]["cpu_s"] / less["sides"][OURS]["cpu_s"]
    return {"name": work.NAME, "goals": dict(work.GOALS), **found, "growth_10x": round(growth, 2)}


def machine() -> dict[str, Any]:
    """Return what the figures were measured on."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "unknown")
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "system": platform.system(),
        "python": platform.python_version(),
    }


if __name__ == "__main__":
    main()
