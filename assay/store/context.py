"""What was fetched beside the prices of a symbol."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import polars as pl

from assay.store.tables import read_months
from assay.tables.kinds import PRICES, TABLES

FOLDER = Path("data/context")


def find_context(kinds: Iterable[str], symbol: str, folder: Path = FOLDER) -> dict[str, dict[str, Path]]:
    """Return where what was fetched lies: by kind, then by the label of its feed, both in order of their names.

    Parameters
    ----------
    kinds
        Names of kinds of data; others are passed over, as are prices. A kind that was not fetched is left out.
    symbol
        Whose.
    folder
        Holds ``<kind>/<label>/<symbol>/<YYYY-MM>.parquet``.
    """
    context = sorted(kind for kind in TABLES if kind not in PRICES and kind in {*kinds})
    places = {kind: sorted(folder.glob(f"{kind}/*/{symbol}")) for kind in context}
    return {kind: {place.parent.name: place for place in found} for kind, found in places.items() if found}


def read_labels(kind: str, symbol: str, folder: Path = FOLDER) -> dict[str, pl.DataFrame]:
    """Return every table of one kind of context of a symbol, by the label of its feed; see :func:`read_context`."""
    places = find_context([kind], symbol, folder).get(kind, {})
    return {label: _read(kind, place) for label, place in places.items()}


def read_context(places: Mapping[str, Path]) -> dict[str, pl.DataFrame]:
    """Return the table of each kind, its months joined, given the folder that holds them.

    Raises
    ------
    DataError
        If a table breaks its contract, or a folder is empty.
    """
    return {kind: _read(kind, folder) for kind, folder in places.items()}


def _read(kind: str, folder: Path) -> pl.DataFrame:
    table = next(table for name, table in TABLES.items() if name == kind)
    return pl.concat([table.check(month, path) for path, month in read_months(folder)])
