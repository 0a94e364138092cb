"""Forms of times: which of them a column's cells have."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product

import polars as pl

from assay.sources.moments import YEARS

UNIT_NS = {"s": 1_000_000_000, "ms": 1_000_000, "us": 1_000, "ns": 1}
_FIRST_S, _LAST_S = 315_532_800, 4_102_444_800
"""1980 and 2100: no number between them, in seconds, is also one in milliseconds, nor a date written without marks."""

_DAYS = {
    "%Y-%m-%d": r"\d{4}-\d{1,2}-\d{1,2}",
    "%Y/%m/%d": r"\d{4}/\d{1,2}/\d{1,2}",
    "%Y.%m.%d": r"\d{4}\.\d{1,2}\.\d{1,2}",
    "%Y%m%d": r"(?:19|20)\d{6}",
    "%d.%m.%Y": r"\d{1,2}\.\d{1,2}\.\d{4}",
    "%d/%m/%Y": r"\d{1,2}/\d{1,2}/\d{4}",
    "%m/%d/%Y": r"\d{1,2}/\d{1,2}/\d{4}",
    "%d-%m-%Y": r"\d{1,2}-\d{1,2}-\d{4}",
    "%m-%d-%Y": r"\d{1,2}-\d{1,2}-\d{4}",
}
_CLOCKS = {
    "%H:%M:%S%.f": r"\d{1,2}:\d{2}:\d{2}(?:\.\d{1,9})?",
    "%H:%M": r"\d{1,2}:\d{2}",
    "%H%M%S": r"\d{6}",
    "%H%M%S%3f": r"\d{9}",
}
_OFFSETS = {"": "", "%#z": r" ?(?:[Zz]|[+-]\d{2}(?::?\d{2})?)", " GMT%z": r" GMT[+-]\d{4}"}
_JOINTS = {" ": " ", "T": "[Tt]", "": ""}
FRACTION = "with a fraction"
"""Pattern of seconds such as 1534614057.321597."""
_SECONDS = r"^\d{9,10}(\.\d{1,9})?$"
ISO = ("%Y-%m-%d",)
"""Days of ISO text."""
ISO_WALLS = ("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f")
"""Patterns of ISO text without an offset, of which a reader may make times itself."""


@dataclass(frozen=True)
class Form:
    """One way to write a time.

    Parameters
    ----------
    name
        ``iso``, a unit of whole numbers since 1970-01-01, ``timestamps`` (a type of the format), or ``text``.
    pattern
        How text is parsed, in the notation of strptime, or :data:`FRACTION`; empty for numbers and timestamps.
    """

    name: str
    pattern: str = ""

    @property
    def has_offset(self) -> bool:
        """Whether each time names its own offset from UTC."""
        return self.pattern.endswith("z")

    def __str__(self) -> str:
        return f"{self.name} {self.pattern}".rstrip()


def _texts() -> dict[str, re.Pattern[str]]:
    joined = {
        f"{day}{joint}{clock}{offset}": f"{_DAYS[day]}{_JOINTS[joint]}{_CLOCKS[clock]}{_OFFSETS[offset]}"
        for day, joint, clock, offset in product(_DAYS, _JOINTS, _CLOCKS, _OFFSETS)
        if joint or (day == "%Y%m%d" and ":" not in clock)
    }
    return {pattern: re.compile(shape) for pattern, shape in {**joined, **_DAYS}.items()}


TEXTS = _texts()


def forms_of(cells: pl.Series) -> list[Form]:
    """Return the forms that all cells of a sample have: none where they are no times, several where two readings fit.

    Numbers are times where each, in one unit, lies from 1980 to 2100.
    """
    given = cells.drop_nulls()
    if not given.len():
        return []
    if given.dtype in (pl.Datetime, pl.Date):
        return [Form("timestamps")]
    if given.dtype == pl.String:
        texts = given.str.strip_chars()
        return _text_forms(texts) or _text_forms(one_joint(texts))
    return _units(given) if given.dtype.is_integer() else []


def _units(numbers: pl.Series) -> list[Form]:
    """Return the unit in which all numbers are times of our age, or the form of dates written as numbers."""
    least, most = int(numbers.min()), int(numbers.max())  # type: ignore[arg-type] # they are whole numbers
    units = [name for name, ns in UNIT_NS.items() if least * ns // 10**9 >= _FIRST_S and most * ns // 10**9 < _LAST_S]
    return [Form(name) for name in units]


def _text_forms(texts: pl.Series) -> list[Form]:
    numbers = texts.cast(pl.Int64, strict=False)
    if not numbers.null_count() and (units := _units(numbers)):
        return units
    if texts.str.contains(_SECONDS).all():
        whole = _units(texts.str.extract(r"^(\d+)").cast(pl.Int64))
        return [Form(one.name, FRACTION) for one in whole if one.name == "s"]
    cells = texts.unique(maintain_order=True).to_list()
    shaped = [pattern for pattern, shape in TEXTS.items() if shape.fullmatch(cells[0])]
    exact = [pattern for pattern in shaped if all(TEXTS[pattern].fullmatch(cell) for cell in cells)] or shaped
    return [form_of(pattern) for pattern in exact if parsed(texts, pattern).null_count() == 0]


def one_joint(texts: pl.Series) -> pl.Series:
    """Return text with a space between day and time of day, where some of it may have a T."""
    return texts.str.replace(r"^([\d/.-]+)[Tt](\d)", "$1 $2")


def form_of(pattern: str) -> Form:
    """Return the form of text with a pattern."""
    return Form("iso" if pattern.startswith(ISO) else "text", pattern)


def parsed(texts: pl.Series, pattern: str) -> pl.Series:
    """Return text as times, naive unless the pattern holds an offset; what does not fit is null.

    A 60th second, which the parser would carry into the next minute, is no time here, nor is a year whose
    nanoseconds no int64 holds.
    """
    sixty = texts.str.contains(":60", literal=True) if ":%S" in pattern else texts.str.contains(r"\d{8} ?\d{4}60")
    if pattern.startswith("%Y"):
        inside = (texts >= str(YEARS.start)) & (texts < str(YEARS.stop)) & ~sixty
        kept = texts if inside.all() else only(texts, inside)
        return kept.str.to_datetime(pattern, time_unit="ns", strict=False)
    times = only(texts, ~sixty).str.to_datetime(pattern, time_unit="us", strict=False)
    return only(times, times.dt.year().is_between(YEARS.start, YEARS[-1])).dt.cast_time_unit("ns")


def only(column: pl.Series, keep: pl.Series) -> pl.Series:
    """Return a column with nulls where it is not kept."""
    return column.zip_with(keep.fill_null(value=False), pl.Series([None], dtype=column.dtype))
