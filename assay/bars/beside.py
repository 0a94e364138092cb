"""What contracts are joined by besides their prices."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from assay.tables.beside import beside


def interest_of(tables: Mapping[str, pl.DataFrame], source: str, contract: str) -> pl.DataFrame:
    """Return the open interest of a contract, given what there is by label.

    Raises
    ------
    DataError
        If there is none, or it is not clear from which feed.
    """
    add = f"add a feed {{kind: open_interest, symbols: [{contract}]}} to data.more and fetch, or set it to volume"
    rule = f"open_interest needs that of {contract}"
    return beside(tables, source, where="bars.roll.rule", rule=rule, remedy=add)
