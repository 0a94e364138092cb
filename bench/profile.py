"""``python -m bench.profile [WORK ...]``: flame graphs of our side of some works, ``docs/flame_<work>.svg``.

py-spy looks at the side while it works; reading, importing and compiling are over by then. What numba compiles has no
names that py-spy could tell (with ``--native`` it is bare addresses), so it is time of the line that calls it. To look
at another process takes root, or Linux with ``kernel.yama.ptrace_scope`` at 0.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from html import escape
from importlib import import_module
from pathlib import Path

from bench.harness import OURS, Side, started
from bench.peers import python_of

WORKS = {"bars_tick": 10_000_000, "all_features": 500_000}
"""What is looked at, and the size of its input."""
GRAPH = "docs/flame_{}.svg"
_PER_SECOND, _SECONDS = 200, 20


def main(names: list[str]) -> None:
    """Draw a graph of each work."""
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            work = import_module(f"bench.works.{name}")
            work.make(Path(folder), WORKS.get(name, work.N))
            side = started(OURS, name, "", Path(folder))
            graph = Path(GRAPH.format(name))
            record(side, graph)
            graph.write_text(entitled(graph.read_text(), work.NAME))
            side.end()


def record(side: Side, graph: Path) -> None:
    """Let a side work while py-spy looks at it.

    Raises
    ------
    CalledProcessError
        If py-spy may not, or cannot; it says why.
    """
    spy = str(python_of("profile").with_name("py-spy"))
    asked = ["--pid", str(side.process.pid), "--rate", str(_PER_SECOND), "--duration", str(_SECONDS)]
    looking = subprocess.Popen([spy, "record", *asked, "--format", "flamegraph", "--output", str(graph)])  # noqa: S603 - our own words
    while looking.poll() is None:
        side.work()
    if looking.returncode:
        raise subprocess.CalledProcessError(looking.returncode, spy)


def entitled(graph: str, name: str) -> str:
    """Return a graph whose title is the name of the work; py-spy writes its own command there."""
    return re.sub(r'(<text id="title"[^>]*>)[^<]*', lambda found: found[1] + escape(name), graph, count=1)


if __name__ == "__main__":
    main(sys.argv[1:] or [*WORKS])
