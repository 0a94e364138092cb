"""When a market is open: for the search of gaps, for holidays, and for clocks that contradict them."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from assay.errors import ParamsError
from assay.market import exchanges, zones
from assay.market.instruments import Instrument
from assay.market.intervals import common, joined, open_ns
from assay.market.sessions import Hours, SessionParams, hours
from assay.market.zones import DAY_NS, FRIDAY, SECOND_NS, THURSDAY_1970
from assay.types import Flags, Ints

MINUTE_NS = 60 * SECOND_NS
ALWAYS, WEEKDAYS = "24/7", "24/5"
_NEW_YORK = "America/New_York"
_FX = Hours(zone=_NEW_YORK, start_s=61_200, end_s=61_200, friday_end_s=61_200, weekend_trading=False)
_BY_SOURCE = {"dukascopy": WEEKDAYS, "yahoo": "XNYS", "polygon": "XNYS"}
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Calendar:
    """The open hours of a market: those that its clock and its exchange both allow.

    Parameters
    ----------
    name
        What reports call it.
    clock
        Hours by the week, without holidays; None for all hours.
    exchange
        Code of ``exchange_calendars``: sessions with breaks, holidays and early closes; empty for none.
    """

    name: str
    clock: Hours | None = None
    exchange: str = ""

    @property
    def zone(self) -> str:
        """The zone whose daylight saving the market follows; empty if it never closes."""
        if self.clock is not None:
            return self.clock.zone
        return exchanges.zone_of(self.exchange) if self.exchange else ""

    def open_intervals(self, start_ns: int, end_ns: int) -> Ints:
        """Return when the market is open in a range.

        Parameters
        ----------
        start_ns, end_ns
            The range, ns since 1970-01-01 UTC, the end not included.

        Returns
        -------
        Ints
            First instants and ends, not included, shape (n, 2), in order of time; none touch.

        Raises
        ------
        DataError
            If the exchange's holidays are not known for the range.
        """
        found = np.array([[start_ns, end_ns]], np.int64)
        if self.clock is not None:
            found = common(found, _weekly(self.clock, start_ns, end_ns))
        if self.exchange:
            found = common(found, exchanges.sessions(self.exchange, *_years(start_ns, end_ns)))
        return joined(found[found[:, 0] < found[:, 1]])

    def is_open(self, time_ns: Ints) -> Flags:
        """Return whether the market is open at each instant, shape (n,), in any order."""
        if not time_ns.size:
            return np.zeros(0, np.bool_)
        return open_ns(self.open_intervals(int(np.min(time_ns)), int(np.max(time_ns)) + 1), time_ns, time_ns + 1) > 0


def calendar(
    name: str, instrument: Instrument | None = None, source: str = "", where: str = "data.calendar"
) -> Calendar:
    """Return a calendar by its name.

    Parameters
    ----------
    name
        ``24/7``; ``24/5``: currencies, Sunday 17:00 to Friday 17:00 New York, without holidays; a code of
        ``exchange_calendars`` such as ``XNYS``; or ``auto``.
    instrument
        Decides for ``auto``: currencies 24/5 and coins 24/7; shares the exchange in New York, or their own hours
        elsewhere; futures their own hours, in America without the holidays of CME Group.
    source
        Decides for ``auto`` without an instrument; what is unknown is 24/7.
    where
        The parameter that names it.

    Raises
    ------
    ParamsError
        If no calendar has that name, with the nearest one.
    """
    if name == "auto":
        return _automatic(instrument) if instrument is not None else calendar(_BY_SOURCE.get(source, ALWAYS))
    if name in (ALWAYS, WEEKDAYS):
        return Calendar(name, _FX if name == WEEKDAYS else None)
    codes = exchanges.codes()
    if name not in codes:
        near = difflib.get_close_matches(name, (*codes, ALWAYS, WEEKDAYS, "auto"), n=3, cutoff=0.5) or ["auto"]
        raise ParamsError(where, "must be a calendar", repr(name), f"did you mean {', '.join(near)}?")
    return Calendar(name, exchange=name)


def _automatic(instrument: Instrument) -> Calendar:
    if instrument.kind == "crypto":
        return calendar(ALWAYS)
    if instrument.kind == "fx":
        return calendar(WEEKDAYS)
    if instrument.kind == "equity" and instrument.zone == _NEW_YORK:
        return calendar("XNYS")
    own = hours(SessionParams(), instrument)
    exchange = "CMES" if instrument.kind == "future" and instrument.zone.startswith("America/") else ""
    return Calendar(f"hours of {instrument.symbol} {exchange}".strip(), own, exchange)


def _weekly(clock: Hours, start_ns: int, end_ns: int) -> Ints:
    """Return the sessions of a week's clock from two days before a range to two days after it, shape (n, 2)."""
    found = []
    for day in range(start_ns // DAY_NS - 2, end_ns // DAY_NS + 3):
        weekday = (day + THURSDAY_1970) % 7
        if weekday > FRIDAY and not clock.weekend_trading:
            continue
        end_s = clock.end_s
        if weekday == FRIDAY and not clock.weekend_trading:
            end_s = min(end_s, clock.friday_end_s)
        found.append((_instant(day - clock.overnight, clock.start_s, clock.zone), _instant(day, end_s, clock.zone)))
    return np.array(found, np.int64)


def _instant(day: int, second: int, zone: str) -> int:
    """Return the UTC instant of a local time; of a time that the clock shows twice, the first."""
    at = datetime.combine(_EPOCH + timedelta(days=day), datetime.min.time(), zones.zone(zone))
    return int((at + timedelta(seconds=second)).timestamp()) * SECOND_NS


def _years(start_ns: int, end_ns: int) -> tuple[int, int]:
    """Return the first year and the year after the last of a range, so that ranges of one year share a calendar."""
    first, last = (_EPOCH + timedelta(days=at // DAY_NS) for at in (start_ns, max(start_ns, end_ns - 1)))
    return first.year, last.year + 1
