"""What was fetched beside the prices of a symbol."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import polars as pl

from assay.errors import DataError
from assay.store.tables import read_months
from assay.tables.kinds import PRICES, TABLES

FOLDER = Path("data/context")


def read_context(kinds: Iterable[str], symbol: str, folder: Path = FOLDER) -> dict[str, pl.DataFrame]:
    """Return the tables of some kinds, each checked; those that were not fetched are left out.

    Parameters
    ----------
    kinds
        Names of kinds of data; others are passed over, as are prices.
    symbol
        Whose.
    folder
        Holds ``<kind>/<source>/<symbol>/<YYYY-MM>.parquet``.

    Raises
    ------
    DataError
        If a kind comes from several sources, or a table breaks its contract.
    """
    context = [kind for kind in TABLES if kind not in PRICES and kind in {*kinds}]
    places = {kind: sorted(folder.glob(f"{kind}/*/{symbol}")) for kind in context}
    return {kind: _read(kind, found) for kind, found in places.items() if found}


def _read(kind: str, found: list[Path]) -> pl.DataFrame:
    if len(found) > 1:
        names = ", ".join(place.parent.name for place in found)
        raise DataError(found[0].parents[1], "must come from one source", names, "take the others out of data.more")
    table = next(table for name, table in TABLES.items() if name == kind)
    return pl.concat([table.check(month, path) for path, month in read_months(found[0])])
