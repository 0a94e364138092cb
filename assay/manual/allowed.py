"""What values a parameter takes, in words, read from its type and bounds."""

from __future__ import annotations

import types
from collections.abc import Iterable
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

_BOUNDS = (("gt", "above"), ("ge", "from"), ("lt", "below"), ("le", "to"))
_NAMES = {bool: "true | false", int: "whole number", float: "number", str: "text", dict: "map"}


def allowed(annotation: Any, metadata: Iterable[Any] = ()) -> str:
    """Return the values of a type in words: its choices, its bounds, or its kind.

    Parameters
    ----------
    annotation
        The type of a field, with or without ``Annotated``.
    metadata
        The rules of pydantic that stand beside it.
    """
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return allowed(parts[0], [*metadata, *_rules(parts[1:])])
    if origin in {Union, types.UnionType}:
        return " | ".join([allowed(parts[0], metadata), *map(allowed, parts[1:])])
    if origin is Literal:
        return " | ".join(str(choice) for choice in parts)
    if origin is list:
        return f"list of: {allowed(parts[0])}"
    return " ".join([_NAMES.get(origin or annotation, "value"), *_bounds(metadata)])


def _rules(metadata: Iterable[Any]) -> list[Any]:
    """Return the rules inside the fields of ``Annotated``."""
    return [rule for entry in metadata for rule in (entry.metadata if isinstance(entry, FieldInfo) else [entry])]


def _bounds(metadata: Iterable[Any]) -> list[str]:
    rules = list(metadata)
    return [f"{word} {getattr(rule, name)}" for name, word in _BOUNDS for rule in rules if hasattr(rule, name)]
