"""The universe of a run: which symbols are fetched, and for how long each belonged to it, the dead ones included."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

import numpy as np

from assay.errors import ParamsError
from assay.market.universe import FOREVER, Membership, survivorship
from assay.sources.moments import nanoseconds
from assay.sources.params import FeedParams
from assay.sources.run.fetched import Fetched
from assay.sources.venue import Feed


def names(params: FeedParams, symbol: str) -> list[str]:
    """Return the symbols of a feed: its own, or else the market traded, and all others of its universe."""
    own = params.symbols or [symbol]
    known = {name.partition("=")[0] for name in own}
    return [*own, *(name for name in params.universe if name not in known)]


def main(params: FeedParams, symbol: str) -> str:
    """Return the symbol that bars are made of: the market traded, or the feed's first if it is not among them."""
    own = [name.partition("=")[0] for name in names(params, symbol)]
    return symbol if symbol in own else own[0]


def members(feeds: Sequence[Feed], where: str) -> list[Feed]:
    """Return feeds of one entry with their ranges cut to the time for which each symbol belonged to the universe.

    A symbol that is not in the universe keeps its range; one that had left before the range, or entered after it, is
    not fetched.

    Raises
    ------
    ParamsError
        If none is left.
    """
    cut = [replace(feed, start_ns=start, end_ns=end) for feed in feeds for start, end in [_range(feed)]]
    found = [feed for feed in cut if feed.start_ns is None or feed.end_ns is None or feed.start_ns < feed.end_ns]
    if not found:
        range_, remedy = f"{feeds[0].params.start} to {feeds[0].params.end}", "change the range or the dates"
        raise ParamsError(f"{where}.universe", "a symbol must belong to it in the range", f"none, {range_}", remedy)
    return found


def stay(feed: Feed) -> dict[str, str | None]:
    """Return what the receipt of a feed says of its membership: `entered_at` and `left_at`, null if it never left."""
    if feed.symbol not in feed.params.universe:
        return {}
    one = _membership(feed.symbol, feed.params)
    return {"entered_at": _iso(one.entered_ns), "left_at": None if one.left_ns == FOREVER else _iso(one.left_ns)}


def told(fetched: Sequence[Fetched]) -> dict[str, Any]:
    """Return what the health of the data says of universes: nothing if there is none.

    Returns
    -------
    dict
        ``universes``, for each: `source`, `kind`, `n_symbols`, `n_left` (until the last row of all), `n_fetched`, and
        `findings` in sentences: a universe in which nobody ever died was chosen among survivors.
    """
    ours = [one for one in fetched if one.feed.params.universe]
    groups = [list(group) for _, group in groupby(ours, key=lambda one: id(one.feed.params.universe))]
    return {"universes": [_told(group) for group in groups]} if groups else {}


def _told(fetched: Sequence[Fetched]) -> dict[str, Any]:
    params = fetched[0].feed.params
    memberships = [_membership(symbol, params) for symbol in params.universe]
    last_ns = max((nanoseconds(one.last_at) for one in fetched if one.last_at), default=0)
    warning = survivorship(memberships, last_ns)
    return {
        "source": fetched[0].instead.get("instead_of", fetched[0].feed.label),
        "kind": fetched[0].feed.kind,
        "n_symbols": len(params.universe),
        "n_left": sum(one.left_ns <= last_ns for one in memberships),
        "n_fetched": sum(one.feed.symbol in params.universe for one in fetched),
        "findings": [warning] if warning else [],
    }


def _range(feed: Feed) -> tuple[int | None, int | None]:
    """Return the part of a feed's range in which its symbol belongs to the universe."""
    if feed.symbol not in feed.params.universe:
        return feed.start_ns, feed.end_ns
    one = _membership(feed.symbol, feed.params)
    start_ns = one.entered_ns if feed.start_ns is None else max(feed.start_ns, one.entered_ns)
    end_ns = one.left_ns if feed.end_ns is None else min(feed.end_ns, one.left_ns)
    return start_ns, None if end_ns == FOREVER else end_ns


def _membership(symbol: str, params: FeedParams) -> Membership:
    return Membership(symbol, *map(nanoseconds, params.universe[symbol]))


def _iso(time_ns: int) -> str:
    return f"{np.datetime64(time_ns, 'ns')}Z"
