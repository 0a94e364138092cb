"""The figures as a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

INTRO = """# Benchmarks

`make bench` measures them anew: each side in a process of its own, on one thread, in turn on one input: the least time
of 5 runs, of up to 25 where they are short, and the memory of the first, as of a process that works once. All sides
must give the same answer, or agree in the figures that the scripts of `bench/sides` tell. Processor times of two
machines cannot be compared; ratios can, nearly: kernels, ours and theirs, are compiled for the vectors that a processor
has, which stand below with the machine. The first row of a work tells how our time grows with ten times the input. A
side that works on a GPU is compared by the clock, with ours on the processor, and left out where no GPU is. Where our
time goes, drawn by `make profile`: [tick bars](flame_bars_tick.svg), [all features](flame_all_features.svg).
"""
LIMITS = {"SECONDS": "cpu_s", "PEAK_MB": "peak_mb", "MEMORY_OF_OUTPUT": "memory_of_output"}
"""What a work may bound of ours, and which figure of a side that is."""
_WORDS = {"cpu_s": "CPU s", "peak_mb": "peak MB", "memory_of_output": "peak memory / output"}
_GROWTH = 13
"""How much more time ten times the input may take, times."""
HEAD = "| work | n | side | CPU s | added MB | ours / theirs | goal |\n|---|---|---|---|---|---|---|"


def page(kept: Mapping[str, Any]) -> str:
    """Return all that was measured as a page, with the machines and the versions."""
    works = kept["works"]
    return "\n".join([INTRO, table(works), "", f"Machine: {machines(works)}.", "", f"Versions: {versions(works)}.", ""])


def machines(works: Mapping[str, Any]) -> str:
    """Return what works were measured on."""
    told = (", ".join(f"{name} {value}" for name, value in sorted(work["machine"].items())) for work in works.values())
    return "; ".join(sorted(set(told)))


def versions(works: Mapping[str, Any]) -> str:
    """Return the versions of what works were measured with."""
    sides = [side for work in works.values() for side in work["sides"].values()]
    return ", ".join(sorted({f"{name} {version}" for side in sides for name, version in side["versions"].items()}))


def table(found: Mapping[str, Any]) -> str:
    """Return works as Markdown, by name, a row for each side."""
    return "\n".join([HEAD, *(row for _, work in sorted(found.items()) for row in rows(work))])


def rows(work: Mapping[str, Any]) -> list[str]:
    """Return the rows of a work: ours with its growth and limits, then each peer: the ratio, or why it is left out."""
    start = f"| {work['name']} | {work['n']:,} |"
    sides = [f"{start} {name}{_clock(side)} | {_figures(work, name)} |" for name, side in work["sides"].items()]
    ours, *peers = sides
    out = [f"{start} {name} | {why} | | | |" for name, why in work.get("left_out", {}).items()]
    return [ours, *(f"{start} {_limit(work, figure)} |" for figure in work.get("limits", {})), *peers, *out]


def _figures(work: Mapping[str, Any], name: str) -> str:
    side = work["sides"][name]
    cost = f"{side[side.get('by', 'cpu_s')]:.4g} | {round(side['added_mb'])}"
    return f"{cost} | {_ratio(work, name)} | {_goal(work, name)}"


def _clock(side: Mapping[str, Any]) -> str:
    return ", by the clock" if side.get("by") == "wall_s" else ""


def _limit(work: Mapping[str, Any], figure: str) -> str:
    """Return the cells of a limit of our side, the first one."""
    name, side = next(iter(work["sides"].items()))
    most, found = work["limits"][figure], side[figure]
    return f"{name}, {_WORDS[figure]} | | | {found:.3g} | {most:g} or less: {_met(found, most)}"


def _ratio(work: Mapping[str, Any], name: str) -> str:
    ratio = work["ratios"].get(name)
    return _growth(work) if ratio is None else f"{ratio:.3g}"


def _growth(work: Mapping[str, Any]) -> str:
    """Return how much more time ours takes from a tenth of the largest size to all of it."""
    return f"{work['growth_10x']}x time from {work['most'] // 10:,} to {work['most']:,}"


def _goal(work: Mapping[str, Any], name: str) -> str:
    if name not in work["ratios"]:
        return f"{_GROWTH}x or less: {_met(work['growth_10x'], _GROWTH)}"
    goal = work["goals"].get(name)
    return "" if goal is None else f"{goal:g}: {_met(work['ratios'][name], goal)}"


def _met(found: float, most: float) -> str:
    return "met" if found <= most else "not met"
