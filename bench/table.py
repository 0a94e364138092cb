"""The figures as a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

HEAD = "| work | n | side | CPU s | added MB | ours / theirs | goal |\n|---|---|---|---|---|---|---|"


def table(found: Mapping[str, Any]) -> str:
    """Return works as Markdown, a row for each side."""
    return "\n".join([HEAD, *(row for work in found.values() for row in rows(work))])


def rows(work: Mapping[str, Any]) -> list[str]:
    """Return the rows of a work: ours with its growth, then each peer with the ratio."""
    return [
        f"| {work['name']} | {work['n']:,} | {name} | {side['cpu_s']:.4g} | {side['added_mb']:.0f} | "
        f"{_ratio(work, name)} | {_goal(work, name)} |"
        for name, side in work["sides"].items()
    ]


def _ratio(work: Mapping[str, Any], name: str) -> str:
    ratio = work["ratios"].get(name)
    return f"{work['growth_10x']}x time for 10x input" if ratio is None else f"{ratio:.3g}"


def _goal(work: Mapping[str, Any], name: str) -> str:
    if name not in work["ratios"]:
        return "13x or less"
    goal = work["goals"].get(name)
    return "" if goal is None else f"{goal:g}: {'met' if work['ratios'][name] <= goal else 'not met'}"
