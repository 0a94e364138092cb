"""Which feed's table is meant, where several feeds may hold what is wanted beside the prices, such as splits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from assay.errors import DataError

T = TypeVar("T")


def beside(tables: Mapping[str, T], source: str, *, where: str, rule: str, remedy: str) -> T:
    """Return the table of the label that the prices have, or else the only other one.

    Parameters
    ----------
    tables
        One kind of data of one symbol, or where it lies, by the labels of its feeds.
    source
        The label of the prices.
    where, rule, remedy
        What the error says: which parameter needs it, what it needs, and what to do where there is none.

    Raises
    ------
    DataError
        If there is none, or it is not clear which is meant.
    """
    if source in tables:
        return tables[source]
    if len(tables) == 1:
        return next(iter(tables.values()))
    one = f"leave one of them in data.more, or set the label of the one that is meant to {source}"
    found = ", ".join(sorted(tables)) or "none"
    raise DataError(where, f"{rule} from {source} or one other source", found, one if tables else remedy)
