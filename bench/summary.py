"""The figures of a few works as a short table, which stands in the README between two marks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bench.table import machines, versions

SHOWN = (
    "bars_tick",
    "bars_columns",
    "bars_process",
    "triple_barrier",
    "uniqueness",
    "ffd",
    "equity_set",
    "many_symbols",
    "symbol_processes",
)
START, END = "<!-- benchmarks -->\n", "<!-- /benchmarks -->\n"
HEAD = "| work, on one thread | size | CPU s | times as fast as |\n|---|---|---|---|\n"


def readme(text: str, kept: Mapping[str, Any]) -> str:
    """Return the README's text with what lies between the marks written anew, from all that was measured.

    Raises
    ------
    ValueError
        If a mark or the figures of a work that is shown are missing.
    """
    if text.count(START) != 1 or text.count(END) != 1:
        raise ValueError(f"README.md: the table of benchmarks stands between one {START.strip()} and one {END.strip()}")
    before, rest = text.split(START)
    return before + START + summary(kept) + END + rest.split(END)[1]


def summary(kept: Mapping[str, Any]) -> str:
    """Return a row for each work that is shown, and on what and with what they were measured."""
    works = kept["works"]
    missing = [name for name in SHOWN if name not in works]
    if missing:
        raise ValueError(f"README.md shows works that were not measured: python -m bench {' '.join(missing)}")
    shown = {name: works[name] for name in SHOWN}
    measured = f"Measured on: {machines(shown)}. Versions: {versions(shown)}.\n"
    return HEAD + "".join(_row(work) for work in shown.values()) + "\n" + measured


def _row(work: Mapping[str, Any]) -> str:
    ours = next(iter(work["sides"].values()))
    peers = ", ".join(f"{peer} {_times(1.0 / ratio)}" for peer, ratio in sorted(work["ratios"].items()))
    return f"| {work['name']} | {work['n']:,} | {ours['cpu_s']:.3g} | {peers} |\n"


def _times(faster: float) -> str:
    """Return a ratio with two digits that count."""
    return f"{float(f'{faster:.2g}'):,g}"
