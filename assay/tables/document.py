"""What a JSON document holds: named members and their types; more may be there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from assay.errors import DataError

Shape: TypeAlias = Mapping[str, Any]
"""Members by name: a type, types joined by ``|``, the shape of a document inside, or ``[shape]`` for a list of such."""

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
        _check_member(content[name], kind, f"{where}, {name}")
    return content


def _check_member(content: Any, kind: Any, where: str) -> None:
    if isinstance(kind, Mapping):
        check(content, kind, where)
    elif isinstance(kind, list):
        _check_member(content, list, where)
        for number, entry in enumerate(content):
            _check_member(entry, kind[0], f"{where} {number}")
    elif not isinstance(content, kind):
        rule = f"must be of type {getattr(kind, '__name__', kind)}"
        raise DataError(where, rule, type(content).__name__, REMEDY)
