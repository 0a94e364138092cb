"""Dukascopy's hour files of quotes (``.bi5``), from a raw cache in the venue's own paths.

The files are what ``https://datafeed.dukascopy.com/datafeed/<path>`` serves; a downloader fills the same folder.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from assay.compute.progress import counted
from assay.errors import DataError, ParamsError
from assay.market.instruments import Instrument
from assay.sources.bi5 import HOUR, HOUR_NS, decode
from assay.sources.chunk import Chunk, read_raw, reading
from assay.sources.moments import EPOCH, YEARS
from assay.sources.params import DataParams

SCALES = {"XAUUSD": 1e3, "XAGUSD": 1e3, "BTCUSD": 1e1, "ETHUSD": 1e1}
"""Steps per unit of price of what is not a pair of currencies."""
CURRENCIES = re.compile("(?:AUD|CAD|CHF|CNH|DKK|EUR|GBP|HKD|HUF|JPY|MXN|NOK|NZD|PLN|SEK|SGD|TRY|USD|ZAR){2}")
_PATH = re.compile(r"(\d{4})/(\d{2})/(\d{2})/(\d{2})h_ticks\.bi5")


def ticks(params: DataParams, instrument: Instrument) -> Iterator[Chunk]:
    """Yield the hours of a range, one chunk each; a file of 0 bytes is a closed hour.

    Raises
    ------
    DataError
        If an hour of a range with a start or an end has no file, if there is no file at all, or if a file is broken.
    """
    per_unit = scale(instrument.symbol)
    cache, folder = Path(params.cache), Path(params.cache) / instrument.symbol
    with reading(folder):
        there = bool(params.cache) and folder.is_dir()
    if not there:
        remedy = "data.cache is the folder that holds <symbol>/<year>/<month from 00>/<day>/<hour>h_ticks.bi5"
        raise DataError(params.cache or "data.cache", f"must hold the folder {instrument.symbol}", "none", remedy)
    hours, n_missing = _hours(params, folder)
    for hour in counted(hours, len(hours), "hour files"):
        path = folder / hour_path(hour)
        raw, sha256 = read_raw(path)
        rules = {"closed_hours": int(not raw), "missing_hours": n_missing if hour == hours[0] else 0}
        yield Chunk(str(path), path.relative_to(cache).as_posix(), sha256, decode(raw, hour, per_unit, path), rules)


def scale(symbol: str) -> float:
    """Return steps per unit of price: 1e5 for currency pairs, 1e3 where the second is JPY or HUF, else a table's.

    Raises
    ------
    ParamsError
        If the instrument's scale is not known: a wrong one would shift every price.
    """
    if symbol in SCALES:
        return SCALES[symbol]
    if not CURRENCIES.fullmatch(symbol):
        remedy = "take a currency pair, or convert the ticks and use source files"
        raise ParamsError("instrument.symbol", "dukascopy's price scale must be known", symbol, remedy)
    return 1e3 if symbol[3:] in ("JPY", "HUF") else 1e5


def hour_path(hour: datetime) -> str:
    """Return an hour's path below the symbol: months count from 00, all else as written."""
    return f"{hour.year:04d}/{hour.month - 1:02d}/{hour.day:02d}/{hour.hour:02d}h_ticks.bi5"


def _hours(params: DataParams, folder: Path) -> tuple[list[datetime], int]:
    """Return the hours to read, and how many between the first and the last have no file."""
    start_ns, end_ns = params.bounds_ns()
    cached = _cached(folder)
    first = cached[0] if start_ns is None else EPOCH + start_ns // HOUR_NS * HOUR
    last = cached[-1] if end_ns is None else EPOCH + (-(-end_ns // HOUR_NS) - 1) * HOUR
    there = [hour for hour in cached if first <= hour <= last]
    n_wanted = max((last - first) // HOUR + 1, 0)
    n_missing = n_wanted - len(there)
    if n_missing and not params.start == params.end == "all":
        gap = next((i for i, hour in enumerate(there) if hour != first + i * HOUR), len(there))
        found = f"{n_missing} of {n_wanted} missing, the first is {folder / hour_path(first + gap * HOUR)}"
        remedy = "fetch them into the cache (0 bytes for a closed hour), or change data.start and data.end"
        raise DataError(folder, "every hour of the range needs its file", found, remedy)
    return there, n_missing


def _cached(folder: Path) -> list[datetime]:
    """Return the hours that have a file, in order."""
    paths = sorted(folder.glob("????/??/??/??h_ticks.bi5"))
    if not paths:
        raise DataError(
            folder, "must hold hour files", "none", "fetch them into the cache: <year>/<month from 00>/<day>/"
        )
    return [_hour(path, folder) for path in paths]


def _hour(path: Path, folder: Path) -> datetime:
    found = _PATH.fullmatch(path.relative_to(folder).as_posix())
    try:
        year, month, day, hour = (int(part) for part in found.groups()) if found else (0, 0, 0, 0)
        at = datetime(year, month + 1, day, hour, tzinfo=UTC)
    except ValueError as error:
        raise DataError(path, "paths are year/month from 00/day/hour", str(error), "rename or remove it") from None
    if year not in YEARS:
        raise DataError(path, f"years are {YEARS.start} to {YEARS[-1]}", year, "rename or remove it")
    return at
