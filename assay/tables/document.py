"""What a JSON document holds: named members and their types; more may be there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from assay.errors import DataError

Shape: TypeAlias = Mapping[str, Any]
"""Members by name: a type, types joined by ``|``, or the shape of a document inside."""

REMEDY = "run the stage that writes it again: dvc repro"


def check(content: Any, shape: Shape, where: object) -> Any:
    """Return what was read from a JSON file if it has the members of the shape.

    Raises
    ------
    DataError
        If it is no object, or a member is missing or of another type.
    """
    if not isinstance(content, dict):
        raise DataError(where, "must be a JSON object", type(content).__name__, REMEDY)
    for name, kind in shape.items():
        if name not in content:
            raise DataError(where, f"must have {name}", ", ".join(content) or "nothing", REMEDY)
        if isinstance(kind, Mapping):
            check(content[name], kind, f"{where}, {name}")
        elif not isinstance(content[name], kind):
            rule = f"must be of type {getattr(kind, '__name__', kind)}"
            raise DataError(f"{where}, {name}", rule, type(content[name]).__name__, REMEDY)
    return content
