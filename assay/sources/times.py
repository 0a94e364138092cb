"""Times as files write them -> UTC instants in nanoseconds."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import polars as pl

from assay.errors import DataError, ParamsError
from assay.sources.cells import refuse_nulls
from assay.sources.moments import YEARS
from assay.tables.table import TIME

UNIT_NS = {"s": 1_000_000_000, "ms": 1_000_000, "us": 1_000, "ns": 1}
_LARGEST = (1 << 63) - 1
_EARLIEST, _LATEST = datetime(YEARS.start, 1, 1), datetime(YEARS.stop, 1, 1)  # noqa: DTZ001 - wall times
_OFFSET = r"(?:[Zz]|[+-]\d{2}:?\d{2})$"
_ISO = "%Y-%m-%d %H:%M:%S%.f"
_MEND = "mend the file, or set data.time_unit to how it writes times"


def utc(written: pl.Series, unit: str, zone: str, path: Path) -> pl.Series:
    """Return a column of times as UTC.

    Parameters
    ----------
    written
        ISO text (``2013-09-01 17:00:00.083``, ``2013-09-01T22:00:00Z``), timestamps, dates, or whole numbers.
    unit
        ``iso``, or the unit of whole numbers since 1970-01-01: ``s``, ``ms``, ``us``, ``ns``.
    zone
        Zone of the clock, for times that name none themselves (whole numbers name none).
    path
        The file, for messages.

    Returns
    -------
    Series
        ``Datetime("ns", "UTC")``.

    Raises
    ------
    DataError
        If a time is missing, cannot be read, or does not exist exactly once on the zone's clock.
    ParamsError
        If the zone is not known.
    """
    times = _iso(written, path) if unit == "iso" else _count(written, unit, path)
    refuse_nulls(written, times, f"{written.name} must hold a time", _MEND, path)
    if times.dtype.time_zone is not None:  # type: ignore[attr-defined] # it is a Datetime
        return times.dt.convert_time_zone("UTC").cast(TIME)
    return _placed(times, zone, path)


def _iso(written: pl.Series, path: Path) -> pl.Series:
    if written.dtype == pl.String:
        return _parsed(written)
    if written.dtype not in (pl.Datetime, pl.Date):
        raise DataError(
            path, f"{written.name} must hold ISO times", f"type {written.dtype}", "set data.time_unit: s, ms, us or ns"
        )
    wall = written.cast(pl.Datetime("us")) if written.dtype == pl.Date else written
    inside = wall.dt.replace_time_zone(None).is_between(_EARLIEST, _LATEST)
    return _only(wall, inside).dt.cast_time_unit("ns")


def _parsed(written: pl.Series) -> pl.Series:
    """Return ISO text as times; whether an offset is expected is decided by the first of them.

    A 60th second, which the parser would carry into the next minute, is no time here.
    """
    text = written.str.strip_chars().str.replace("[Tt]", " ")
    first = text.drop_nulls().head(1)
    form = f"{_ISO}%#z" if first.str.contains(_OFFSET).any() else _ISO
    inside = text.str.slice(0, 4).cast(pl.Int64, strict=False).is_between(YEARS.start, YEARS[-1])
    inside &= ~text.str.contains(":60", literal=True)
    return _only(text, inside).str.to_datetime(form, time_unit="ns", strict=False)


def _count(written: pl.Series, unit: str, path: Path) -> pl.Series:
    if written.dtype != pl.String and not written.dtype.is_integer():
        raise DataError(
            path, f"{written.name} must hold whole numbers of {unit}", f"type {written.dtype}", "set data.time_unit"
        )
    numbers = written.cast(pl.Int64, strict=False)
    fits = numbers.is_between(-(_LARGEST // UNIT_NS[unit]), _LARGEST // UNIT_NS[unit])
    return (_only(numbers, fits) * UNIT_NS[unit]).cast(pl.Datetime("ns"))


def _only(column: pl.Series, keep: pl.Series) -> pl.Series:
    """Return a column with nulls where it is not kept."""
    return column.zip_with(keep.fill_null(value=False), pl.Series([None], dtype=column.dtype))


def _placed(wall: pl.Series, zone: str, path: Path) -> pl.Series:
    """Return wall times of a zone as UTC; what its clock skips or shows twice is refused."""
    try:
        times = wall.dt.replace_time_zone(zone, ambiguous="null", non_existent="null")
    except pl.exceptions.PolarsError:
        raise ParamsError(
            "data.time_zone", "must be a known zone", zone, "such as UTC, America/Chicago or Etc/GMT+5"
        ) from None
    remedy = "give UTC times, or a zone without summer time such as Etc/GMT+6"
    refuse_nulls(wall, times, f"clocks in {zone} show each time exactly once", remedy, path)
    return times.dt.convert_time_zone("UTC")
