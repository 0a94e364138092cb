"""Which columns of a file hold what, and which kind of data that makes: by params, by name, or by content."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from assay.errors import DataError, ParamsError
from assay.sources.column_names import ColumnParams
from assay.sources.files.headless import readings
from assay.sources.files.names import VALUES, role_matches
from assay.sources.files.reader import Reader
from assay.sources.params import FeedParams
from assay.tables.kinds import Kind

PRICES: tuple[Kind, ...] = ("quotes", "trades", "ohlcv", "book")
CONTEXT: tuple[Kind, ...] = ("funding", "open_interest", "liquidations", "mark_price")
"""Looked for only where no prices are; actions must be asked for."""
_BY_PARAMS: dict[Kind, tuple[str, ...]] = {
    "quotes": ("bid", "ask"),
    "trades": ("price",),
    "ohlcv": ("open", "high", "low", "close"),
    "funding": ("rate",),
    "open_interest": ("open_interest",),
    "mark_price": ("mark",),
}


def named_kind(columns: ColumnParams) -> Kind | None:
    """Return the kind that the names in params make; None where none of a kind's columns is named.

    Raises
    ------
    ParamsError
        If they make no kind, or several.
    """
    values = {name for name, column in columns.model_dump().items() if column} - {"time", "symbol"}
    fits = [kind for kind, names in _BY_PARAMS.items() if values >= set(names)]
    if "funding" in fits and "mark_price" in fits:
        fits.remove("funding" if "index" in values else "mark_price")
    begun = [kind for kind, names in _BY_PARAMS.items() if values & set(names) and kind not in fits]
    if not values or (len(fits) == 1 and not set(begun) & {"quotes", "trades", "ohlcv"}):
        return fits[0] if fits else None
    found = ", ".join(f"{name} {getattr(columns, name)!r}" for name in sorted(values))
    rule = "must name price for trades, bid and ask for quotes, or open, high, low and close for ohlcv"
    raise ParamsError("data.columns", rule, found, "name them as the files do, or set data.kind")


def kind_of(reader: Reader, times: Sequence[str], path: Path) -> Kind:
    """Return the kind of data in a file, by its columns.

    Raises
    ------
    DataError
        If they make none, or several.
    """
    if not reader.headed:
        return _only([kind for kind, _ in readings(reader.sample, times)], reader, path)
    prices = [kind for kind in PRICES if _complete(reader, kind)]
    context = [kind for kind in CONTEXT if _complete(reader, kind)]
    if "funding" in context and "mark_price" in context:
        context.remove("funding" if _matches(reader, "index") else "mark_price")
    return _only(prices or context, reader, path)


def roles_of(reader: Reader, kind: Kind, times: Sequence[str], params: FeedParams, path: Path) -> dict[str, str]:
    """Return column of the kind's table -> column of the file; what the file does not have is left out.

    Raises
    ------
    DataError
        If a column that the kind must have is not there, or two columns could be it.
    """
    named = {column: getattr(params.columns, value.param, "") for column, value in VALUES[kind].items()}
    if any(named.values()):
        roles = {column: name for column, name in named.items() if name}
    elif reader.headed:
        found = {column: _one(reader, value.role, value.param, path) for column, value in VALUES[kind].items()}
        roles = {column: name for column, name in found.items() if name}
    else:
        fits = [roles for other, roles in readings(reader.sample, times, kind) if other == kind]
        roles = fits[0] if len(fits) == 1 else {}
    return _whole(roles, reader, kind, path)


def symbol_of(reader: Reader, params: FeedParams, path: Path) -> str:
    """Return the column that names the symbol of each row; empty if the file has none."""
    if params.columns.symbol:
        present(reader, params.columns.symbol, path)
        return params.columns.symbol
    return next((name for name in reader.names if role_matches("symbol", name)), "") if reader.headed else ""


def present(reader: Reader, name: str, path: Path) -> None:
    """Refuse a name that no column of the file has."""
    if name not in reader.names:
        raise DataError(path, f"needs column {name}", ", ".join(reader.names), "set data.columns")


def _whole(roles: dict[str, str], reader: Reader, kind: Kind, path: Path) -> dict[str, str]:
    for name in roles.values():
        present(reader, name, path)
    lacking = [column for column, value in VALUES[kind].items() if value.default is None and column not in roles]
    if lacking or not roles:
        remedy = "name them in data.columns, or set data.kind"
        rule = f"needs columns for {kind}: {', '.join(lacking or VALUES[kind])}"
        raise DataError(path, rule, ", ".join(reader.names), remedy)
    return roles


def _matches(reader: Reader, role: str) -> list[str]:
    return [name for name in reader.names if role_matches(role, name)]


def _complete(reader: Reader, kind: Kind) -> bool:
    return all(_matches(reader, value.role) for value in VALUES[kind].values() if value.default is None)


def _one(reader: Reader, role: str, param: str, path: Path) -> str:
    names = _matches(reader, role)
    if len(names) > 1:
        found = " and ".join(names)
        raise DataError(path, f"two columns could be the {role}", found, f"set data.columns.{param or role}")
    return names[0] if names else ""


def _only(kinds: Sequence[Kind], reader: Reader, path: Path) -> Kind:
    if len(set(kinds)) == 1:
        return kinds[0]
    found = f"columns {', '.join(reader.names)}" if reader.headed else f"rows such as {reader.sample.row(0)}"
    if kinds:
        rule = f"can be read as {' and as '.join(sorted(set(kinds)))}"
        raise DataError(path, rule, found, "set data.kind, or name the columns in data.columns")
    raise DataError(path, "must hold columns of a kind that is known", found, "set data.kind and data.columns")
