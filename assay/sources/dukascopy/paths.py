"""Where Dukascopy keeps its files: one per hour of quotes, per day, month or year of candles; months count from 00."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from assay.errors import DataError
from assay.market.zones import SECOND_NS
from assay.sources.moments import YEARS, instant, instant_ns


@dataclass(frozen=True)
class Shelf:
    """One sort of file.

    Parameters
    ----------
    name
        What follows the folders; ``{hour}`` is the hour, two digits.
    n_parts
        Parts of a path that make its period: 4 for year, month, day and hour, 1 for a year.
    step_ns
        Period of a row; 0 for quotes.
    """

    name: str
    n_parts: int
    step_ns: int = 0

    def path(self, start: datetime) -> str:
        """Return the path of a period below the symbol's folder."""
        folders = (f"{start.year:04d}", f"{start.month - 1:02d}", f"{start.day:02d}")
        return "/".join((*folders[: self.n_parts], self.name.format(hour=f"{start.hour:02d}")))

    def start(self, at: datetime) -> datetime:
        """Return the start of the period that holds an instant."""
        return self._period(at.year, at.month, at.day, at.hour)

    def after(self, start: datetime) -> datetime:
        """Return the start of the next period."""
        longest = (timedelta(days=366), timedelta(days=31), timedelta(days=1), timedelta(hours=1))
        return self.start(start + longest[self.n_parts - 1])

    def periods(self, first_ns: int, end_ns: int) -> Iterator[tuple[datetime, datetime]]:
        """Yield start and end of each period that overlaps a range."""
        start = self.start(instant(first_ns))
        while instant_ns(start) < end_ns:
            yield start, (start := self.after(start))

    def cached(self, folder: Path) -> list[datetime]:
        """Return the periods that have a file below a symbol's folder, in order.

        Raises
        ------
        DataError
            If a path names no period.
        """
        folders = ("????", "??", "??")[: self.n_parts]
        paths = sorted(folder.glob("/".join((*folders, self.name.format(hour="??")))))
        return [self._named(path, folder) for path in paths]

    def _named(self, path: Path, folder: Path) -> datetime:
        """Return the period that a path names."""
        *folders, name = path.relative_to(folder).parts
        try:
            year, *rest = (int(part) for part in (*folders, name[:2])[: self.n_parts])
            at = self._period(year, *(part + int(not i) for i, part in enumerate(rest)))
        except ValueError as error:
            raise DataError(path, "paths are year/month from 00/day/hour", str(error), "rename or remove it") from None
        if at.year not in YEARS:
            raise DataError(path, f"years are {YEARS.start} to {YEARS[-1]}", at.year, "rename or remove it")
        return at

    def _period(self, year: int, month: int = 1, day: int = 1, hour: int = 0) -> datetime:
        """Return the start of the period with these parts; what is finer than the period is left out."""
        finer = (1, 1, 0)[self.n_parts - 1 :]
        month, day, hour = (*(month, day, hour)[: self.n_parts - 1], *finer)
        return datetime(year, month, day, hour, tzinfo=UTC)


QUOTES = Shelf("{hour}h_ticks.bi5", 4)
CANDLES = {
    "1m": Shelf("BID_candles_min_1.bi5", 3, 60 * SECOND_NS),
    "1h": Shelf("BID_candles_hour_1.bi5", 2, 3_600 * SECOND_NS),
    "1d": Shelf("BID_candles_day_1.bi5", 1, 86_400 * SECOND_NS),
}
"""Candles of the bid by interval."""
