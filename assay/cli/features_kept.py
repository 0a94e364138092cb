"""The folder of ``assay features build``: tables of one making, of which a run replaces those that it builds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from assay import store
from assay.errors import StoreError

SCHEMA, BARS = "schema.json", "bars.json"
"""What the features are, as the stage says it; and of what bars each table is, as :func:`assay.cli.recipe.sums_of`."""
_SUFFIX = ".parquet"


def table_of(folder: Path, symbol: str) -> Path:
    """Return where the table of a market lies."""
    return folder / f"{symbol}{_SUFFIX}"


def built_before(place: Path) -> list[str]:
    """Return the markets whose tables are there, sorted."""
    return sorted(path.stem for path in place.glob(f"*{_SUFFIX}"))


def is_same(place: Path, folder: Path) -> bool:
    """Tell whether two folders hold tables of the same features."""
    return store.read_bytes(place / SCHEMA) == store.read_bytes(folder / SCHEMA)


def bars_before(place: Path) -> dict[str, Any]:
    """Return of what bars each table is that was built before."""
    found: dict[str, Any] = store.read_json(place / BARS) if (place / BARS).is_file() else {}
    return found


def refuse_others(place: Path) -> None:
    """Refuse a folder that holds what ``features build`` did not write: it would be lost."""
    if place.exists() and not place.is_dir():
        raise StoreError(place, "must be a folder, or new", "a file", "name another")
    names = sorted(path.name for path in place.iterdir()) if place.is_dir() else []
    others = [name for name in names if name not in (SCHEMA, BARS) and not name.endswith(_SUFFIX)]
    if names and (others or SCHEMA not in names):
        found = f"{(others or names)[0]} there"
        raise StoreError(place, "must be new, or hold nothing but what was built before", found, "name another")


def refuse_loss(place: Path, lost: Sequence[str], rule: str, what: str) -> None:
    """Refuse to build beside tables of other features or of other bars, which could not be kept."""
    if lost:
        remedy = "build these too, remove the folder, or name another with --to"
        raise StoreError(place, rule, f"other {what} of {', '.join(lost)}", remedy)


def keep(place: Path, folder: Path, symbols: Iterable[str]) -> None:
    """Let tables that were built before be in a new folder too, without a copy: no table is ever written into."""
    for symbol in symbols:
        table_of(folder, symbol).hardlink_to(table_of(place, symbol))
