"""What an entry of a user's module must be, so that a column can be made of it."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator
from typing import Any

from assay.errors import ParamsError
from assay.features.feature import Feature
from assay.tables.bars import BARS
from assay.tables.features import FEATURES
from assay.tables.kinds import PRICES, TABLES
from assay.tables.table import Table

WHERE = "features.module"
LONGEST = 100_000
"""Bars that a feature may look back, at most."""


def checked(entry: Any, markets: Collection[str]) -> Feature:
    """Return an entry; refuse what no column can be made of.

    Parameters
    ----------
    entry
        What the user's module gave.
    markets
        Symbols of the other markets that it may need.

    Raises
    ------
    ParamsError
        If it is no :class:`Feature`, or one of its fields is not what it must be.
    """
    if not isinstance(entry, Feature):
        rule, remedy = "features() must return assay.features.feature.Feature", "build each with Feature(...)"
        raise ParamsError(WHERE, rule, type(entry).__name__, remedy)
    where = f"{WHERE}, feature {entry.name!r}"
    _check_texts(where, entry)
    _check_numbers(where, entry)
    if not callable(entry.function):
        raise ParamsError(where, "function must be a function of the inputs", repr(entry.function), "give one")
    _check_needs(where, entry.needs, markets)
    return entry


def _check_texts(where: str, entry: Feature) -> None:
    texts = {"name": entry.name, "definition": entry.definition, "unit": entry.unit, "reference": entry.reference}
    for field, text in texts.items():
        if not isinstance(text, str) or not text or "\n" in text:
            raise ParamsError(where, f"{field} must be one line of text", repr(text), "say what it is")
    if not entry.name.isidentifier() or entry.name in FEATURES.columns:
        rule = f"a name is letters, digits and underscores, and none of {', '.join(FEATURES.columns)}"
        raise ParamsError(where, rule, entry.name, "choose another name")


def _check_numbers(where: str, entry: Feature) -> None:
    counts = isinstance(entry.lookback, int) and isinstance(entry.first_valid, int)
    if not counts or not 0 <= entry.first_valid < entry.lookback <= LONGEST:
        rule = f"the first valid row must lie inside the look-back, of {LONGEST:,} bars at most"
        found = f"lookback {entry.lookback!r}, starts_at {entry.starts_at!r}"
        raise ParamsError(where, rule, found, "count the current bar in")
    for name in ("price_power", "size_power"):
        power = getattr(entry, name)
        if not isinstance(power, int | None):
            raise ParamsError(where, f"{name} must be a whole number or None", repr(power), "see Feature")


def _check_needs(where: str, needs: Any, markets: Collection[str]) -> None:
    """Refuse a need that nothing could ever meet."""
    if not isinstance(needs, tuple):
        raise ParamsError(where, "needs must be a tuple of names", repr(needs), "write needs=('volume',)")
    known = [*_columns(BARS), *_beside(), *markets]
    for unknown in (need for need in needs if need not in known):
        rule = "needs must name columns of the bars, what is known beside them, or markets of features.cross.symbols"
        near = difflib.get_close_matches(str(unknown), known, n=1)
        hint = f"did you mean {near[0]}?" if near else "name one such as volume, funding or open_interest.value"
        raise ParamsError(where, rule, repr(unknown), hint)


def _beside() -> Iterator[str]:
    """Yield the tables of the context, and their columns as needs name them."""
    for kind, table in TABLES.items():
        if kind not in PRICES:
            yield from (kind, *(f"{kind}.{name}" for name in _columns(table)))


def _columns(table: Table) -> list[str]:
    """Return the columns of numbers."""
    return [name for name, column in table.columns.items() if column.dtype.is_numeric()]
