"""Which columns of a file are its time, and how they write it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from assay.errors import DataError
from assay.market.zones import SECOND_NS
from assay.sources.files.cells import Place
from assay.sources.files.forms import Form, forms_of
from assay.sources.files.names import role_matches
from assay.sources.files.reader import Reader
from assay.sources.files.roles import present
from assay.sources.files.times import Clock, explicit, utc
from assay.sources.params import FeedParams

_CLOCK = re.compile(r"\d{1,2}:\d{2}(:\d{2}(\.\d{1,9})?)?")


@dataclass(frozen=True)
class Time:
    """The time of a file.

    Parameters
    ----------
    columns
        One column, or a day and a time of day.
    clock
        How they are written.
    """

    columns: tuple[str, ...]
    clock: Clock

    def written(self, frame: pl.DataFrame) -> pl.Series:
        """Return the column, or both as one text."""
        if len(self.columns) == 1:
            return frame[self.columns[0]]
        day, of_day = (frame[name].cast(pl.String) for name in self.columns)
        return (day + " " + of_day).alias(" and ".join(self.columns))


def time_of(reader: Reader, params: FeedParams, path: Path) -> Time:
    """Return the columns that are the time of a file.

    Raises
    ------
    DataError
        If there are none, if several columns tell different times, or if their form has two readings.
    """
    if params.columns.time:
        present(reader, params.columns.time, path)
        return _chosen((params.columns.time,), reader, params, path)
    columns = _candidates(reader, params)
    if not columns:
        found = ", ".join(reader.names)
        raise DataError(path, "needs a column of times", found, "set data.columns.time and data.time_unit")
    times = [_chosen(one, reader, params, path) for one in columns]
    best = max(times, key=lambda time: _fraction(time, reader, path))
    for other in times:
        if _differ(best, other, reader, path):
            found = " and ".join("/".join(time.columns) for time in (best, other))
            raise DataError(path, "two columns tell different times", found, "set data.columns.time to one of them")
    return best


def _candidates(reader: Reader, params: FeedParams) -> list[tuple[str, ...]]:
    """Return the columns that can be the time: those so named that hold times, or else the only one that does."""
    named = [name for name in reader.names if reader.headed and role_matches("time", name)]
    whole: list[tuple[str, ...]] = [(name,) for name in named if _holds(reader, name, params)]
    pairs = [pair for pair in zip(reader.names, reader.names[1:], strict=False) if _is_pair(reader, *pair)]
    if pairs and (not named or set(pairs[0]) & set(named)):
        return [pairs[0], *(one for one in whole if one[0] not in pairs[0])]
    if named or params.time_unit != "auto":
        return whole
    others: list[tuple[str, ...]] = [(name,) for name in reader.names if _holds(reader, name, params)]
    return others[:1] if others[:1] == [(reader.names[0],)] else others


def _holds(reader: Reader, name: str, params: FeedParams) -> bool:
    return params.time_unit != "auto" or bool(forms_of(reader.sample[name]))


def _is_pair(reader: Reader, day: str, of_day: str) -> bool:
    """Return whether two neighbours are a day and a time of day: together a time, the second none by itself."""
    days, clocks = reader.sample[day], reader.sample[of_day]
    if days.dtype not in (pl.String, pl.Int64) or clocks.dtype != pl.String:
        return False
    shaped = all(cell is None or _CLOCK.fullmatch(cell) for cell in clocks.to_list())
    return shaped and bool(forms_of(_joined(reader.sample, day, of_day)))


def _joined(frame: pl.DataFrame, day: str, of_day: str) -> pl.Series:
    return frame[day].cast(pl.String) + " " + frame[of_day].cast(pl.String)


def _chosen(columns: tuple[str, ...], reader: Reader, params: FeedParams, path: Path) -> Time:
    """Return the columns with the one form that they have."""
    cells = Time(columns, Clock(Form("iso"), params.time_zone)).written(reader.sample)
    if params.time_unit != "auto":
        return Time(columns, Clock(explicit(params.time_unit, cells, Place(path)), params.time_zone))
    forms = forms_of(cells)
    if len(forms) == 1:
        return Time(columns, Clock(forms[0], params.time_zone))
    name = " and ".join(columns)
    example = repr(cells.drop_nulls().head(1).to_list())
    if forms:
        rule = f"{name} can be read as {' and as '.join(map(str, forms))}"
        raise DataError(path, rule, example, "write ISO times, or set data.columns.time to another column")
    raise DataError(path, f"{name} must hold times in one known form", example, "set data.time_unit, or mend the file")


def _instants(time: Time, reader: Reader, path: Path) -> pl.Series:
    return utc(time.written(reader.sample), time.clock, Place(path))


def _fraction(time: Time, reader: Reader, path: Path) -> bool:
    """Return whether a time is told more finely than to the second."""
    return bool((_instants(time, reader, path).to_physical() % SECOND_NS != 0).any())


def _differ(one: Time, other: Time, reader: Reader, path: Path) -> bool:
    """Return whether two columns tell different times; one may tell the other's without the fraction of a second."""
    fine, coarse = (_instants(time, reader, path).to_physical() for time in (one, other))
    return bool((fine != coarse).any()) and bool((fine // SECOND_NS * SECOND_NS != coarse).any())
