"""How a text file separates its fields, and whether it names them."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from assay.errors import DataError

SEPARATORS = {";": "semicolon", "\t": "tab", "|": "bar", ",": "comma", " ": "space"}
"""In the order in which they are believed: a comma can be a decimal comma, a space stands inside a time."""
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?")
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
_TIME = re.compile(r"\d{1,8}[-/.: ]\d{1,6}.*")
ROWS = 1_000
"""Lines by which a file is judged."""


@dataclass(frozen=True)
class Dialect:
    """The form of a text file.

    Parameters
    ----------
    separator
        One character.
    headed
        Whether the first line names the columns.
    decimal_comma
        Whether numbers are written 1,5.
    names
        The columns.
    """

    separator: str
    headed: bool
    decimal_comma: bool
    names: tuple[str, ...]


def judged(lines: list[str], path: Path) -> tuple[Dialect, list[list[str]]]:
    """Return the dialect of a file and the fields of its first rows, by its first lines.

    Raises
    ------
    DataError
        If no separator stands in the lines.
    """
    separator = _separator(lines, path)
    rows = [row for row in split(lines, separator, path) if row]
    headed = not any(_NUMBER.fullmatch(cell.strip()) or _TIME.fullmatch(cell.strip()) for cell in rows[0])
    names = [cell.strip() for cell in rows[0]] if headed else [f"column_{n + 1}" for n in range(len(rows[0]))]
    if not rows[int(headed) :]:
        raise DataError(path, "must hold rows", "a header only", "restore it or take it away")
    comma = separator != "," and any(_DECIMAL_COMMA.fullmatch(cell) for row in rows[int(headed) :] for cell in row)
    return Dialect(separator, headed, comma, tuple(names)), rows[int(headed) :]


def split(lines: list[str], separator: str, path: Path) -> list[list[str]]:
    """Return the fields of each line.

    Raises
    ------
    DataError
        If the quotes do not close.
    """
    try:
        return list(csv.reader(lines, delimiter=separator, strict=True))
    except csv.Error as error:
        raise DataError(path, "must be separated text", str(error), "check its quotes") from None


def _separator(lines: list[str], path: Path) -> str:
    """Return the first separator that splits most lines into as many fields."""
    shares = {mark: _share(lines, mark) for mark in SEPARATORS}
    best = max(shares.values())
    if best == 0:
        remedy = "separate the fields by comma, semicolon, tab, bar or space, or set data.format"
        raise DataError(path, "must hold fields in lines", repr(lines[0][:60]) if lines else "no line", remedy)
    return next(mark for mark in SEPARATORS if shares[mark] > best - 0.1)


def _share(lines: list[str], mark: str) -> float:
    """Return the share of the lines that hold a mark as often as most of them do, once or more, outside quotes."""
    if not lines:
        return 0.0
    counts = Counter(re.sub(r'"[^"]*"', "", line).count(mark) for line in lines)
    often, n_lines = counts.most_common(1)[0]
    return n_lines / len(lines) if often else 0.0
