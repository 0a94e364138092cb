"""Rows of a csv without a header: columns by position, every cell there."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from assay.sources.decode import delimited
from assay.sources.decode.refusals import refuse
from assay.tables.table import DType

_MEND = "download it again, or check data.kind, data.market and data.interval"


def rows(content: bytes, schema: Mapping[str, DType], where: str) -> pl.DataFrame:
    """Return a csv's rows, numbers finite.

    Raises
    ------
    DataError
        If a row has other columns, or a cell is empty or no number where one must stand.
    """
    frame = delimited.rows(content, tuple(schema), schema, where, remedy=_MEND)
    for name, dtype in schema.items():
        column = frame[name]
        bad = ~column.is_finite().fill_null(value=False) if dtype == pl.Float64 else column.is_null()
        refuse(bad, frame, f"{name} must be there", where, _MEND)
    return frame
