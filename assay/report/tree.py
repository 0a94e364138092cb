"""Nested values as rows of a table: for params and for the stages' own reports."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assay.report.words import MISSING, compact

PLAIN = (bool, int, float, dict, list)


@dataclass(frozen=True)
class Row:
    """One line: how deep it lies, its name, and its value as text; None for the heading of what follows."""

    depth: int
    name: str
    value: str | None


def rows(content: Mapping[str, Any], knobs: bool = False, depth: int = 0) -> Iterator[Row]:  # noqa: FBT001, FBT002 - a template's switch
    """Yield the lines of nested mappings and lists, in their own order; ``knobs`` are written as in ``params.yaml``."""
    for name, value in content.items():
        inner = _branches(value)
        yield Row(depth, str(name), None if inner else (knob(value) if knobs else text(value)))
        yield from rows(inner, knobs, depth + 1)


def text(value: Any) -> str:
    """Return a leaf as text: numbers short, truth as yes or no, nothing as a dash, lists with commas."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return compact(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(text(item) for item in value) or "none"
    return str(value) if value not in (None, "") and value != {} else MISSING


def knob(value: Any) -> str:
    """Return a leaf as it stands in ``params.yaml``; lists without their brackets."""
    if isinstance(value, list) and value:
        return ", ".join(knob(item) for item in value)
    return json.dumps(value) if value in ("", None) or isinstance(value, PLAIN) else str(value)


def _branches(value: Any) -> Mapping[str, Any]:
    """Return what lies below a value: a mapping, or a list that holds mappings or lists; nothing below a leaf."""
    if isinstance(value, Mapping):
        return value
    if isinstance(value, list) and any(isinstance(item, (Mapping, list)) for item in value):
        return {str(index): item for index, item in enumerate(value)}
    return {}
