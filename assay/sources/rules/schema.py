"""The tables of market data as Pandera schemas: for frames of a user's own, and as the last gate before a month."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

import polars as pl

from assay.errors import DataError
from assay.sources.rules.laws import hole
from assay.tables.kinds import TABLES, Kind
from assay.tables.table import Table

if TYPE_CHECKING:
    from pandera.api.polars.types import PolarsData
    from pandera.errors import SchemaError
    from pandera.polars import DataFrameSchema


@cache
def schema(kind: Kind) -> DataFrameSchema:
    """Return the schema of a kind: its columns in order, their types, and one named check per rule of the table.

    Parameters
    ----------
    kind
        Which table, such as quotes or ohlcv.

    Returns
    -------
    pandera.polars.DataFrameSchema
        ``schema("quotes").validate(frame)`` returns the frame, or raises Pandera's error that names the check. With
        ``lazy=True`` it goes through all checks first and names all that fail.
    """
    from pandera.polars import Check, Column, DataFrameSchema  # noqa: PLC0415 - takes most of a second, and few need it

    table = TABLES[kind]
    columns = {
        name: Column(column.dtype, nullable=column.nan, checks=[Check(_given, name="not_null")] * column.nan)
        for name, column in table.columns.items()
    }
    checks = [Check(partial(_kept, broken=rule.broken), name=rule.name, ignore_na=False) for rule in table.rules]
    return DataFrameSchema(columns, checks=checks, strict=True, ordered=True, name=f"assay.{table.name}")


def validated(frame: pl.DataFrame, kind: Kind, where: object) -> pl.DataFrame:
    """Return the frame if it keeps the schema of its kind.

    Parameters
    ----------
    frame
        Rows with all columns of the kind's table.
    kind
        Which table.
    where
        The file, for messages.

    Raises
    ------
    DataError
        With the first check that failed and the first row that failed it, whatever Pandera calls it.

    Notes
    -----
    All checks of the schema are asked in one pass; where one fails, Pandera is asked which.
    """
    if frame.schema == _types(kind) and not frame.select(_broken(kind)).item():
        return frame
    from pandera.errors import SchemaError  # noqa: PLC0415 - as above

    try:
        return schema(kind).validate(frame)
    except SchemaError as error:
        raise _error(error, TABLES[kind], where) from None


@cache
def _types(kind: Kind) -> pl.Schema:
    return TABLES[kind].empty().schema


@cache
def _broken(kind: Kind) -> pl.Expr:
    """Return whether a row fails a check of the schema."""
    holes = [hole(name, column) for name, column in TABLES[kind].columns.items()]
    return pl.any_horizontal(*(one.any() for one in [*holes, *(rule.broken for rule in TABLES[kind].rules)]))


def _kept(data: PolarsData, broken: pl.Expr) -> pl.LazyFrame:
    """Return where the rows keep a rule; where a value is missing it cannot be told, and that is refused already."""
    return data.lazyframe.select(~broken.fill_null(value=False))


def _given(data: PolarsData) -> pl.LazyFrame:
    return data.lazyframe.select(pl.col(data.key).is_not_null())


def _error(error: SchemaError, table: Table, where: object) -> DataError:
    """Return the failure of a column or of a rule, with the first row that failed."""
    check = error.check if isinstance(error.check, str) or error.check is None else error.check.name
    remedies = {rule.name: rule.remedy for rule in table.rules}
    column = f".{error.schema.name}" if error.schema.name in table.columns else ""
    remedy = remedies.get(str(check), "give it the columns, types and values of the table")
    return DataError(where, f"{table.name}{column}: {check}", _found(error), remedy)


def _found(error: SchemaError) -> str:
    kept = error.check_output
    if kept is None:
        return str(error).partition(" {")[0]
    failed = ~kept.to_series()
    row = failed.arg_max()
    return f"{failed.sum()} of {failed.len()} rows, the first is row {row}: {error.data.collect().row(row)}"
