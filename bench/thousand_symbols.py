"""A thousand symbols of hourly bars from a server that fails now and then: what arrives, how fast, and what is said.

Run as ``python -m bench.thousand_symbols [SYMBOLS [REQUESTS_PER_SECOND]]`` from the root; status 1 says that a goal was
not met. The server is a real one on this machine; one answer in a hundred is an error, a refusal or a cut, and two take
longer than 5 s. The second run of the day adds ten symbols. It stands beside the other benchmarks, which compare
processor times of two programs: here the clock is the network's, and the pace is asked for.
"""

from __future__ import annotations

import logging
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assay.market.instruments import InstrumentParams
from assay.sources.moments import nanoseconds
from assay.sources.params import DataParams
from assay.sources.run.manifest import deliver
from assay.sources.transport.line import Transport
from assay.sources.transport.params import TransportParams
from assay.sources.transport.secrets import LOGGER, Secrets
from tests.sources.bars_server import KEY, Aggregates
from tests.sources.server import TYPES, Server

NOW = "2024-01-05T15:20"
START, END = "2024-01-03", "2024-01-06"
"""One window of three days, which is not over."""
FAULTS = (500, 429, "cut")
FAILING, N_SLOW, SLOW_S, N_MORE = 0.01, 2, 5.5, 10


@dataclass(frozen=True)
class Run:
    """What one run did."""

    manifest: dict[str, Any]
    paths: list[str]
    seconds: float
    busiest: int

    @property
    def n_first_try(self) -> int:
        """Symbols whose answer was right at once."""
        return sum(n == 1 for n in Counter(self.paths).values())


class Said(logging.Handler):
    """Keeps what the transport warns of."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a warning."""
        self.lines.append(record.getMessage())


def main(n_symbols: int, per_second: float) -> bool:
    """Print one table of both runs and the goals; return whether all of them were met."""
    TYPES[""] = "application/json"
    said = Said()
    logging.getLogger(LOGGER).addHandler(said)
    logging.getLogger(LOGGER).propagate = False
    names = [f"S{i:04d}" for i in range(n_symbols + N_MORE)]
    with tempfile.TemporaryDirectory() as folder, misbehaving(names) as server:
        first = run(Path(folder), server, names[:n_symbols], per_second)
        second = run(Path(folder), server, names, per_second)
    rows = {
        "symbols asked for": (n_symbols, len(names)),
        "symbols delivered": tuple(len(one.manifest["feeds"]) for one in (first, second)),
        "symbols failed": tuple(len(one.manifest["failed"]) for one in (first, second)),
        "bars": tuple(sum(feed["n_rows"] for feed in one.manifest["feeds"]) for one in (first, second)),
        "requests": (len(first.paths), len(second.paths)),
        "right on the first try": (first.n_first_try, second.n_first_try),
        "most requests in a second": (first.busiest, second.busiest),
        "seconds": (round(first.seconds, 1), round(second.seconds, 1)),
    }
    sys.stdout.write(f"{'':28}{'first run':>12}{'second run':>12}\n")
    sys.stdout.write("".join(f"{name:28}{a:>12,}{b:>12,}\n" for name, (a, b) in rows.items()))
    sys.stdout.write("".join(f"said: {line}\n" for line in said.lines))
    kept = goals(first, second, said.lines)
    sys.stdout.write("".join(f"{'met' if is_met else 'not met'}: {goal}\n" for goal, is_met in kept.items()))
    return all(kept.values())


def goals(first: Run, second: Run, said: list[str]) -> dict[str, bool]:
    """Return what both runs are to show, and whether they do."""
    n_failed, n_symbols = len(first.manifest["failed"]), len(first.manifest["feeds"]) + len(first.manifest["failed"])
    return {
        "99.9 % of the symbols arrive at the first run": n_failed <= n_symbols // 1_000,
        "all have arrived after the second": not second.manifest["failed"],
        "the second asks only for what is new": len(set(second.paths)) == n_failed + N_MORE,
        "each answer that took over 5 s is named": sum(" took " in line for line in said) >= N_SLOW,
    }


def misbehaving(names: list[str]) -> Server:
    """Return a server of bars that fails as planned."""
    server, draw = Server(Aggregates(nanoseconds(NOW) // 10**6)), random.Random(7)
    for name in names[:: max(len(names) // N_SLOW, 1)][:N_SLOW]:
        server.fault(lambda request, name=name: f"/{name}/" in request.path, "slow", seconds=SLOW_S)
    for kind in FAULTS:
        options = {"retry_after": 1} if kind == 429 else {}  # noqa: PLR2004 - the status
        server.fault(lambda _: draw.random() < FAILING / len(FAULTS), kind, times=float("inf"), **options)
    return server


def run(folder: Path, server: Server, names: list[str], per_second: float) -> Run:
    """Deliver symbols; return what was asked, and how it went."""
    asked_for = {"source": "polygon", "symbols": names, "start": START, "end": END}
    params = DataParams.model_validate({**asked_for, "endpoint": server.url, "cache": str(folder / "raw")})
    folders = {name: folder / name for name in ("ticks", "context")}
    n_asked, began_at = len(server.requests), time.monotonic()
    with Transport(
        TransportParams(requests_per_second=per_second),
        Secrets(Path("/nowhere"), {"POLYGON_API_KEY": KEY}),
        lambda: nanoseconds(NOW),
    ) as transport:
        manifest, *_ = deliver(params, InstrumentParams(), folders, transport)
    asked = server.requests[n_asked:]
    return Run(
        manifest, [one.path for one in asked], time.monotonic() - began_at, _busiest([one.time for one in asked])
    )


def _busiest(times: list[float]) -> int:
    """Return the most requests within any second."""
    return max((sum(at <= other < at + 1.0 for other in times[i : i + 200]) for i, at in enumerate(times)), default=0)


if __name__ == "__main__":
    given = sys.argv[1:]
    sys.exit(0 if main(int(given[0]) if given else 1_000, float(given[1]) if given[1:] else 20.0) else 1)
