"""Answers of limited length, put together until a window is full."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from assay.errors import TransportError

Row: TypeAlias = Sequence[Any]
"""A row as the client gives it; its first entry is its time, ms."""
Ask: TypeAlias = Callable[[int], Sequence[Row]]
"""Returns a page of rows from a time on, ms."""
FULL = 50
"""Rows of a page that may be all that an exchange serves at once."""
CROWD = 20
"""The same, for a page of one instant that is as long as any before it."""


def by_time(ask: Ask, start: int, end: int, look: int) -> list[Row]:
    """Return the rows of a window of which there is one per instant: candles, funding rates.

    Parameters
    ----------
    ask
        Asks for a page.
    start, end
        The window, ms, the end not included.
    look
        How far ahead an exchange looks at least, ms: after an empty page, as far is asked for next.
    """
    rows: dict[int, Row] = {}
    since = start
    while since < end:
        page = ask(since)
        rows |= {row[0]: row for row in page if start <= row[0] < end}
        last = max((row[0] for row in page), default=-1)
        since = last + 1 if last >= since else since + look
    return [rows[time] for time in sorted(rows)]


def one_by_one(ask: Ask, start: int, end: int, look: int, where: str) -> list[Row]:
    """Return the rows of a window of which there may be many per instant: trades.

    Each page is asked for from the time of the last row on, because a page may end within an instant; rows of that
    instant which are held already are taken off again, as often as they are held.

    Raises
    ------
    TransportError
        Final, if one instant holds more rows than a page: the rest of them cannot be had.
    """
    held: list[Row] = []
    since, longest = start, CROWD
    while since < end:
        page = [row for row in ask(since) if row[0] >= since]
        longest = max(longest, len(page))
        fresh = _without([row for row in held if row[0] == since], page)
        held += [row for row in fresh if row[0] < end]
        if not fresh and len(page) == longest:
            rule, remedy = "a page holds more than one instant", "take ohlcv, or another exchange"
            raise TransportError(where, rule, f"{len(page)} trades at {since} ms", remedy, final=True)
        since = fresh[-1][0] if fresh else since + look
    return held


def reaches_back(page: Sequence[Row], start: int, now: int, hole: int, where: str) -> None:
    """Refuse a history that does not begin where it was asked to: some exchanges then serve what they have, the newest.

    Parameters
    ----------
    page
        The first page.
    start
        The time it was asked from, ms.
    now
        The time now, ms.
    hole
        How much later than asked a first row may be, ms.
    where
        What was asked, for messages.

    Raises
    ------
    TransportError
        Final, if a page that reaches until now begins later.
    """
    if len(page) < FULL:
        return
    first, last = page[0][0], page[-1][0]
    step = (last - first) // (len(page) - 1)
    if first - start > hole and last + 2 * max(step, 1) >= now:
        rule, remedy = "the exchange keeps no history this old", "set data.start later, or take trades instead of ohlcv"
        raise TransportError(where, rule, f"{len(page)} rows, the first {first - start} ms late", remedy, final=True)


def _without(held: Sequence[Row], page: Sequence[Row]) -> list[Row]:
    """Return a page without rows that are held, each as often as it is held."""
    left = Counter(tuple(row) for row in held)
    fresh = []
    for row in page:
        if left[tuple(row)]:
            left[tuple(row)] -= 1
        else:
            fresh.append(row)
    return fresh
