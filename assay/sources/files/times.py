"""Times as files write them -> UTC instants in nanoseconds."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from assay.errors import DataError, ParamsError
from assay.market.zones import DAY_NS
from assay.sources.files.cells import Place, refuse_unread
from assay.sources.files.forms import FRACTION, TEXTS, UNIT_NS, Form, form_of, one_joint, only, parsed
from assay.sources.moments import YEARS
from assay.tables.table import TIME

_LARGEST = (1 << 63) - 1
_MEND = "mend the file, or set data.time_unit to how it writes times"


@dataclass(frozen=True)
class Clock:
    """How a file writes times.

    Parameters
    ----------
    form
        The form of its cells.
    zone
        Zone of the clock, for times that name none themselves (whole numbers name none).
    """

    form: Form
    zone: str


def utc(written: pl.Series, clock: Clock, place: Place) -> pl.Series:
    """Return a column of times as UTC.

    Parameters
    ----------
    written
        Text, timestamps, dates, or whole numbers, as the clock says.
    clock
        How they are written.
    place
        The rows, for messages.

    Returns
    -------
    Series
        ``Datetime("ns", "UTC")``; null where the cell is empty.

    Raises
    ------
    DataError
        If a time cannot be read, or does not exist exactly once on the zone's clock.
    ParamsError
        If the zone is not known.
    """
    times = _read(written, clock.form, place)
    refuse_unread(written, times, f"{written.name} must hold a time", _MEND, place)
    if times.dtype.time_zone is not None:  # type: ignore[attr-defined] # it is a Datetime
        return times.dt.convert_time_zone("UTC").cast(TIME)
    return _placed(times, clock.zone, place)


def later(times: pl.Series, zone: str, ns: int, place: Place) -> pl.Series:
    """Return UTC times a period later; a period of whole days is one on the zone's clock, which can be put forward."""
    period = pl.Series([ns]).cast(pl.Duration("ns"))
    if zone == "UTC" or ns % DAY_NS:
        return times + period
    wall = times.dt.convert_time_zone(zone).dt.replace_time_zone(None)
    return _placed(wall + period, zone, place)


def explicit(unit: str, cells: pl.Series, place: Place) -> Form:
    """Return the form of a column whose unit is named in params.

    Raises
    ------
    DataError
        If the column is not of a type that holds such times.
    """
    name, is_text = cells.name, cells.dtype == pl.String
    if unit != "iso":
        if not is_text and not cells.dtype.is_integer():
            rule = f"{name} must hold whole numbers of {unit}"
            raise DataError(place.path, rule, f"type {cells.dtype}", "set data.time_unit")
        return Form(unit)
    if cells.dtype in (pl.Datetime, pl.Date):
        return Form("timestamps")
    if not is_text:
        found = f"type {cells.dtype}"
        raise DataError(place.path, f"{name} must hold ISO times", found, "set data.time_unit: s, ms, us or ns")
    texts = cells.drop_nulls().str.strip_chars().head(1).to_list()
    shaped = [
        pattern for pattern in TEXTS if pattern.startswith("%Y-%m-%d") and texts and TEXTS[pattern].fullmatch(texts[0])
    ]
    return form_of(shaped[0] if shaped else "%Y-%m-%d %H:%M:%S%.f")


def _read(written: pl.Series, form: Form, place: Place) -> pl.Series:
    if form.name == "timestamps":
        return _timestamps(written, place)
    if form.pattern == FRACTION:
        return _fractions(written.cast(pl.String))
    if form.name in UNIT_NS:
        return _counted(written, form.name, place)
    return written if written.dtype == pl.Datetime else _texts(written.cast(pl.String), form)


def _timestamps(written: pl.Series, place: Place) -> pl.Series:
    if written.dtype not in (pl.Datetime, pl.Date):
        found = f"type {written.dtype}"
        raise DataError(place.path, f"{written.name} must hold timestamps", found, "write one type of times")
    wall = written.cast(pl.Datetime("us")) if written.dtype == pl.Date else written
    return only(wall, wall.dt.year().is_between(YEARS.start, YEARS[-1])).dt.cast_time_unit("ns")


def _counted(written: pl.Series, unit: str, place: Place) -> pl.Series:
    """Return whole numbers of a unit as times; what is no whole number, or further than an int64, is null."""
    if written.dtype != pl.String and not written.dtype.is_integer():
        rule = f"{written.name} must hold whole numbers of {unit}"
        raise DataError(place.path, rule, f"type {written.dtype}", "set data.time_unit")
    numbers = written.cast(pl.Int64, strict=False)
    most = _LARGEST // UNIT_NS[unit]
    fits = numbers.is_between(-most, most)
    kept = numbers if fits.all() else only(numbers, fits)
    return (kept * UNIT_NS[unit]).cast(pl.Datetime("ns"))


def _fractions(written: pl.Series) -> pl.Series:
    """Return seconds with up to nine decimals as times, exactly; what is none is null."""
    shaped = only(written, written.str.contains(r"^\d{1,10}(\.\d{0,9})?$"))
    parts = pl.DataFrame({"s": shaped}).select(
        pl.col("s").str.extract(r"^(\d+)").cast(pl.Int64),
        pl.col("s").str.extract(r"\.(\d+)$").fill_null("").str.pad_end(9, "0").cast(pl.Int64).alias("ns"),
    )
    seconds = only(parts["s"], parts["s"] <= _LARGEST // UNIT_NS["s"] - 1)
    return (seconds * UNIT_NS["s"] + parts["ns"]).cast(pl.Datetime("ns"))


def _texts(written: pl.Series, form: Form) -> pl.Series:
    """Return text as times: as it stands, or, where that fails, without space around it and with one mark inside."""
    times = parsed(written, form.pattern)
    if times.null_count() == written.null_count():
        return times
    return parsed(one_joint(written.str.strip_chars()), form.pattern.replace("dT%H", "d %H"))


def _placed(wall: pl.Series, zone: str, place: Place) -> pl.Series:
    """Return wall times of a zone as UTC; what its clock skips or shows twice is refused."""
    if zone == "UTC":
        return wall.dt.replace_time_zone("UTC")
    try:
        times = wall.dt.replace_time_zone(zone, ambiguous="null", non_existent="null")
    except pl.exceptions.PolarsError:
        remedy = "such as UTC, America/Chicago or Etc/GMT+5"
        raise ParamsError("data.time_zone", "must be a known zone", zone, remedy) from None
    remedy = "give UTC times, or a zone without summer time such as Etc/GMT+6"
    refuse_unread(wall, times, f"clocks in {zone} show each time exactly once", remedy, place)
    return times.dt.convert_time_zone("UTC")
