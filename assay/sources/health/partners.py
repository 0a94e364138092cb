"""What a column could know of later rows, by kind of data: the moves that its own are held against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from assay.sources.health.correlogram import change, following
from assay.tables.kinds import TABLES, Kind
from assay.types import Floats

TICKS: tuple[Kind, ...] = ("quotes", "trades", "book", "liquidations")
"""Kinds whose rows come when they come."""

_PRICES = ("open", "high", "low", "close")
_VALUE, _CHANGE = "value", "change"
_NEARLY = 0.8
"""Where honest columns go with later moves: the place of the close in its range with the next high (0.43)."""


@dataclass(frozen=True)
class Partner:
    """A column whose moves are known only when they have come.

    Parameters
    ----------
    name
        What findings call it.
    level
        Its values as of the end of each row, shape (n,).
    forms
        What of a column is held against its moves: the value, the change from the row before.
    suspects
        Columns that are.
    far
        Whether moves over several rows are looked at too.
    may_lag
        Whether it may honestly tell of rows before its own, so that what seems to know its next move must be doubted.
    may_repeat
        Whether it may be another column's value of a row before.
    most_rows
        How many rows ahead it is looked at: what enters a mean of unknown length leaves it later, as is known.
    least
        Correlation below which nothing is said, whatever the threshold.
    """

    name: str
    level: Floats
    forms: tuple[str, ...]
    suspects: tuple[str, ...]
    far: bool = False
    may_lag: bool = False
    may_repeat: bool = False
    most_rows: int = 10
    least: float = 0.0


def numbers(kind: Kind) -> list[pl.Expr]:
    """Return the numbers of a kind's table that are looked at; what means not given is NaN."""
    match kind:
        case "quotes":
            return [(0.5 * (pl.col("bid") + pl.col("ask"))).alias("mid")]
        case "book":
            bid, ask = (pl.col(name).list.first() for name in ("bid_prices", "ask_prices"))
            return [(0.5 * (bid + ask)).alias("mid")]
        case "trades" | "liquidations":
            return [pl.col("price")]
        case "ohlcv":
            given = pl.when(pl.col("n_trades") >= 0).then(pl.col("n_trades")).cast(pl.Float64)
            return [pl.col(*_PRICES, "volume", "value", "buy_volume"), given.alias("n_trades")]
        case _:
            return [pl.col(name) for name, column in TABLES[kind].columns.items() if column.dtype == pl.Float64]


def partners(kind: Kind, columns: Mapping[str, Floats], extra: Sequence[str]) -> list[Partner]:
    """Return what the columns of a kind are held against.

    Parameters
    ----------
    kind
        Which table.
    columns
        Its numbers (:func:`numbers`) and the file's other columns, each of shape (n,).
    extra
        Names of the latter.
    """
    own = [name for name in columns if name not in extra]
    if kind in TICKS:
        return [Partner(own[0], columns[own[0]], (_VALUE, _CHANGE), tuple(extra), far=True)]
    others = [
        Partner(name, columns[name], (_VALUE,), _but(name, extra), may_lag=True, may_repeat=True, most_rows=3)
        for name in extra
    ]
    if kind == "ohlcv":
        return [*_of_bars(columns, own, extra), *others]
    listed = [Partner(name, columns[name], (_VALUE, _CHANGE), _but(name, columns), may_lag=True) for name in own]
    return [*listed, *others]


def anchors(columns: Mapping[str, Floats]) -> list[Floats]:
    """Return what prices say of their own row, its move and how its range changes; nothing where there are none."""
    if not set(_PRICES) <= set(columns):
        return []
    open_, high, low, close = (columns[name] for name in _PRICES)
    return [close - open_, change(high - low)]


def _of_bars(columns: Mapping[str, Floats], own: Sequence[str], extra: Sequence[str]) -> list[Partner]:
    """Return the partners that bars have of themselves.

    The open of the next row stands for the end of a row: what happens in a row may show in its other columns.
    """
    everything, counted = tuple(columns), [name for name in own if name not in _PRICES]
    suspects = [*counted, *extra]
    ends = {"next open": following(columns["open"]), "close": columns["close"]}
    sides = {name: columns[name] for name in ("high", "low")}
    return [
        *(
            Partner(name, x, (_VALUE, _CHANGE), _but(name.split()[-1], everything), far=True)
            for name, x in ends.items()
        ),
        *(Partner(name, x, (_CHANGE,), _but(name, _PRICES)) for name, x in sides.items()),
        *(Partner(name, x, (_CHANGE,), tuple(extra), least=_NEARLY) for name, x in sides.items()),
        Partner("high - low", columns["high"] - columns["low"], (_CHANGE,), tuple(suspects)),
        *(Partner(name, columns[name], (_CHANGE,), _but(name, suspects), may_lag=True) for name in counted),
    ]


def _but(name: str, names: Sequence[str] | Mapping[str, Floats]) -> tuple[str, ...]:
    return tuple(one for one in names if one != name)
