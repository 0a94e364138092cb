"""The folder of ``assay features build``: tables of one schema, of which a run replaces those that it builds."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from assay import store
from assay.errors import StoreError

SCHEMA = "schema.json"
_SUFFIX = ".parquet"


def table_of(folder: Path, symbol: str) -> Path:
    """Return where the table of a market lies."""
    return folder / f"{symbol}{_SUFFIX}"


def built_before(place: Path) -> list[str]:
    """Return the markets whose tables are there, sorted."""
    return sorted(path.stem for path in place.glob(f"*{_SUFFIX}"))


def is_same(place: Path, schema: Mapping[str, Any]) -> bool:
    """Tell whether what was built before has these features, by the hash of its schema."""
    found = store.read_json(place / SCHEMA)
    return isinstance(found, dict) and found.get("hash") == schema["hash"]


def refuse_others(place: Path) -> None:
    """Refuse a folder that holds what ``features build`` did not write: it would be lost."""
    if place.exists() and not place.is_dir():
        raise StoreError(place, "must be a folder, or new", "a file", "name another")
    names = sorted(path.name for path in place.iterdir()) if place.is_dir() else []
    others = [name for name in names if name != SCHEMA and not name.endswith(_SUFFIX)]
    if names and (others or SCHEMA not in names):
        found = f"{(others or names)[0]} there"
        raise StoreError(place, "must be new, or hold nothing but what was built before", found, "name another")


def refuse_loss(place: Path, asked: Collection[str]) -> None:
    """Refuse to build with other features than before, unless every market that is there is built anew."""
    lost = [symbol for symbol in built_before(place) if symbol not in asked]
    if lost:
        rule = "must hold tables of the features that params.yaml asks for"
        remedy = "build these too, remove the folder, or name another with --to"
        raise StoreError(place, rule, f"other features of {', '.join(lost)}", remedy)


def keep(place: Path, folder: Path, symbols: Iterable[str]) -> None:
    """Let tables that were built before be in a new folder too, without a copy: no table is ever written into."""
    for symbol in symbols:
        table_of(folder, symbol).hardlink_to(table_of(place, symbol))
