"""What a table is: named columns with types and units, and rules that every row keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import polars as pl

from assay.errors import DataError

TIME = pl.Datetime("ns", "UTC")
"""Every instant: UTC, integer nanoseconds."""

DType: TypeAlias = pl.DataType | type[pl.DataType]


@dataclass(frozen=True)
class Column:
    """One column: its type and what it means, unit included. Only ``nan`` columns may hold NaN; none holds null."""

    dtype: DType
    meaning: str
    nan: bool = False


@dataclass(frozen=True)
class Rule:
    """A law that every row keeps: ``broken`` is true where it does not.

    Where ``knob`` is not empty it names the parameter of ``data.rules`` that says what ``fetch`` does with such rows.
    """

    name: str
    broken: pl.Expr
    remedy: str
    knob: str = ""


@dataclass(frozen=True)
class Table:
    """A named table: fixed columns, optionally more columns of one type, and rules.

    Parameters
    ----------
    name
        What messages call it.
    columns
        The columns every frame of this table has, in order.
    rules
        Laws checked on every read and write.
    more
        The column that describes all further columns (the features), or None if there are none.
    """

    name: str
    columns: Mapping[str, Column]
    rules: tuple[Rule, ...] = ()
    more: Column | None = None

    def check(self, frame: pl.DataFrame, where: object) -> pl.DataFrame:
        """Return the frame if it keeps the contract.

        Raises
        ------
        DataError
            With the column or the first row that breaks a rule, and what to do.
        """
        self._check_columns(frame, where)
        if self._is_broken(frame):
            for rule in [*self._holes(frame), *self.rules]:
                self._check_rule(rule, frame, where)
        return frame

    def empty(self) -> pl.DataFrame:
        """Return a frame of no rows with the fixed columns."""
        return pl.DataFrame(schema={name: column.dtype for name, column in self.columns.items()})

    def _check_columns(self, frame: pl.DataFrame, where: object) -> None:
        for name, column in self.columns.items():
            if name not in frame.columns:
                raise DataError(
                    where, f"{self.name} needs column {name}", frame.columns, "rerun the stage that writes it"
                )
            if frame.schema[name] != column.dtype:
                raise DataError(where, f"{self.name}.{name} must be {column.dtype}", frame.schema[name], "convert it")
        for name in frame.columns[len(self.columns) :]:
            if self.more is None or frame.schema[name] != self.more.dtype or name in self.columns:
                raise DataError(where, f"{self.name} has no such column in this place", name, "remove it")
        if frame.columns[: len(self.columns)] != list(self.columns):
            raise DataError(where, f"{self.name} has a fixed order of columns", frame.columns, "reorder them")

    def _is_broken(self, frame: pl.DataFrame) -> bool:
        """Tell at the least cost whether any value is missing or any rule broken, be it not which."""
        if any(column.null_count() for column in frame.get_columns()):
            return True
        whole = [pl.col(column.name).is_nan().any() for column in frame.get_columns() if self._has_no_nan(column)]
        rules = [rule.broken.any().alias(f"rule {i}") for i, rule in enumerate(self.rules)]
        return any(frame.select(*whole, *rules).row(0)) if whole or rules else False

    def _has_no_nan(self, column: pl.Series) -> bool:
        """Tell whether a column could hold NaN, and may not."""
        told = self.columns.get(column.name, self.more)
        return told is not None and not told.nan and column.dtype.is_float()

    def _holes(self, frame: pl.DataFrame) -> list[Rule]:
        """Return the law of each column that it has no missing value."""
        found = []
        for column in frame.get_columns():
            hole = pl.col(column.name).is_null()
            if self._has_no_nan(column):
                hole = hole | pl.col(column.name).is_nan()
            found.append(Rule(f"{column.name} has no missing value", hole, "fill or drop it by a named rule"))
        return found

    def _check_rule(self, rule: Rule, frame: pl.DataFrame, where: object) -> None:
        broken = frame.select(_broken(rule).alias("broken")).get_column("broken")
        n_broken = broken.sum()
        if n_broken:
            row, names = broken.arg_max() or 0, sorted(set(rule.broken.meta.root_names()))
            values = (f"{name} {frame.item(row, name)}" for name in names)
            found = f"{n_broken} of {frame.height} rows, the first is row {row}: {', '.join(values)}"
            raise DataError(where, f"{self.name}: {rule.name}", found, rule.remedy)


def _broken(rule: Rule) -> pl.Expr:
    return rule.broken.fill_null(value=False)
