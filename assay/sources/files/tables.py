"""Rows as a file holds them -> rows of a kind's table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from assay.errors import DataError
from assay.sources.files import numbers
from assay.sources.files.cells import Place
from assay.sources.files.clocks import Time
from assay.sources.files.forms import ISO_WALLS, UNIT_NS
from assay.sources.files.names import LEVELS, VALUES
from assay.sources.files.plain import WALL
from assay.sources.files.times import later, utc
from assay.tables.kinds import TABLES, Kind
from assay.tables.table import DType

_SIZES = {"quotes": ("bid_size", "ask_size"), "trades": ("size",), "ohlcv": ("volume",)}


@dataclass(frozen=True)
class Plan:
    """How a file becomes a table.

    Parameters
    ----------
    kind
        Which table.
    time
        The columns that are the time.
    roles
        Column of the table -> column of the file.
    symbol, wanted_symbol
        The column that names the symbol of a row, and the one that is kept; empty for none, and for any one.
    period_ns
        Period of a bar; 0 for other kinds.
    lag_ns
        How long after its time a row could be known.
    extra
        Numeric columns of the file that no role takes.
    decimal_comma
        Whether text writes numbers 1,5.
    """

    kind: Kind
    time: Time
    roles: Mapping[str, str]
    symbol: str = ""
    wanted_symbol: str = ""
    period_ns: int = 0
    lag_ns: int = 0
    extra: tuple[str, ...] = ()
    decimal_comma: bool = False

    @property
    def wanted(self) -> dict[str, DType]:
        """The columns of the file that are read, and the types in which text is."""
        types: dict[str, DType] = dict.fromkeys([*self.extra, *self.roles.values()], pl.Float64)
        if "side" in self.roles:
            types[self.roles["side"]] = pl.String
        form = self.time.clock.form
        unit: DType = pl.Int64 if form.name in UNIT_NS and not form.pattern else pl.String
        unit = WALL if form.pattern in ISO_WALLS and len(self.time.columns) == 1 else unit
        return types | dict.fromkeys(self.time.columns, unit) | ({self.symbol: pl.String} if self.symbol else {})


def table(frame: pl.DataFrame, plan: Plan, place: Place) -> tuple[pl.DataFrame, pl.DataFrame | None, dict[str, int]]:
    """Return the rows of the wanted symbol, their extra columns, and what was counted.

    Sizes and volumes that the file does not have, or of which a bar has none, get the table's default and are counted.

    Raises
    ------
    DataError
        If a cell cannot be read.
    """
    time = utc(plan.time.written(frame), plan.time.clock, place)
    columns = {**_times(time, plan, place), **_values(frame, plan, place)}
    columns["flags"] = pl.repeat(0, frame.height, dtype=pl.UInt16, eager=True)
    types = {name: column.dtype for name, column in TABLES[plan.kind].columns.items()}
    rows = pl.DataFrame({name: columns[name].cast(dtype) for name, dtype in types.items()})
    counts = {"sizes_not_given": frame.height} if _unsized(plan) else {}
    if plan.kind == "ohlcv" and (n_none := rows["volume"].null_count()):
        rows, counts = rows.with_columns(pl.col("volume").fill_null(0.0)), {"sizes_not_given": n_none}
    extra = _extra(frame, plan)
    kept = _kept(frame, plan)
    if kept is None:
        return rows, extra, counts
    counts |= {"other_symbols_dropped": frame.height - int(kept.sum())}
    return rows.filter(kept), None if extra is None else extra.filter(kept), counts


def _times(time: pl.Series, plan: Plan, place: Place) -> dict[str, pl.Series]:
    """Return the columns of times that the kind has."""
    if plan.kind in ("quotes", "trades"):
        return {"time": time}
    lag = pl.Series([plan.lag_ns]).cast(pl.Duration("ns"))
    if plan.kind != "ohlcv":
        return {"time": time, "known_at": time + lag}
    closed_at = later(time, plan.time.clock.zone, plan.period_ns, place)
    return {"opened_at": time, "closed_at": closed_at, "known_at": closed_at + lag}


def _values(frame: pl.DataFrame, plan: Plan, place: Place) -> dict[str, pl.Series]:
    """Return the columns of values that the kind has; empty cells are null, or NaN where that means not given."""
    columns = {}
    for name, value in VALUES[plan.kind].items():
        if name not in plan.roles:
            columns[name] = pl.repeat(value.default, frame.height, dtype=pl.Float64, eager=True)
        elif name in LEVELS:
            columns[name] = numbers.levels(frame[plan.roles[name]], place)
        elif name == "side":
            columns[name] = numbers.side(frame[plan.roles[name]], place)
        else:
            read = numbers.number(frame[plan.roles[name]], place, decimal_comma=plan.decimal_comma)
            columns[name] = (
                read if value.default is None or name in _SIZES.get(plan.kind, ()) else read.fill_null(value.default)
            )
    return columns


def _unsized(plan: Plan) -> bool:
    return any(name not in plan.roles for name in _SIZES.get(plan.kind, ()))


def _extra(frame: pl.DataFrame, plan: Plan) -> pl.DataFrame | None:
    """Return the vendor's own columns, for a check of what they know."""
    if not plan.extra:
        return None
    return pl.DataFrame([numbers.lenient(frame[name], decimal_comma=plan.decimal_comma) for name in plan.extra])


def _kept(frame: pl.DataFrame, plan: Plan) -> pl.Series | None:
    """Return which rows are of the wanted symbol; None if that is not asked."""
    if not plan.wanted_symbol:
        return None
    return (frame[plan.symbol].cast(pl.String) == plan.wanted_symbol).fill_null(value=False)


def refuse_others(frame: pl.DataFrame, plan: Plan, seen: set[str], path: Path) -> None:
    """Refuse a second symbol in files of which no symbol is chosen; `seen` keeps those that were there.

    Raises
    ------
    DataError
        With both symbols.
    """
    if not plan.symbol or plan.wanted_symbol:
        return
    seen.update(frame[plan.symbol].cast(pl.String).drop_nulls().unique())
    if len(seen) > 1:
        found = f"{' and '.join(sorted(seen)[:2])} in column {plan.symbol}"
        raise DataError(path, "must hold one symbol", found, f"set data.columns.symbol to {plan.symbol}")
