"""What was fetched beside the prices, such as splits: which source of it is meant."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from assay.errors import DataError


def beside(tables: Mapping[str, pl.DataFrame], source: str) -> pl.DataFrame | None:
    """Return the table of the prices' own source, or else of the only other one; None if neither is there.

    Parameters
    ----------
    tables
        One kind of data of one symbol, by source.
    source
        Where the prices come from.
    """
    if source in tables:
        return tables[source]
    return next(iter(tables.values())) if len(tables) == 1 else None


def interest_of(tables: Mapping[str, pl.DataFrame], source: str, contract: str) -> pl.DataFrame:
    """Return the open interest of a contract, given what there is by source.

    Raises
    ------
    DataError
        If there is none, or it is not clear from which source.
    """
    found = beside(tables, source)
    if found is None:
        rule = f"open_interest needs that of {contract} from {source} or one other source"
        remedy = (
            f"add a feed {{kind: open_interest, symbols: [{contract}]}} to data.more and fetch, or set it to volume"
        )
        raise DataError("bars.roll.rule", rule, ", ".join(sorted(tables)) or "none", remedy)
    return found
