"""From the ``data`` block to feeds: one per label, kind and symbol, each with its venue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from assay.errors import ParamsError
from assay.market.instruments import InstrumentParams, lookup
from assay.sources import universe
from assay.sources.effect import refuse_without_effect
from assay.sources.fallback import refuse_impossible, root, stand_in
from assay.sources.params import DataParams, FeedParams, Source
from assay.sources.venue import MAIN, Feed, Venue
from assay.tables.kinds import PRICES, Kind

TICKS, CONTEXT = "ticks", "context"

VENUES: dict[Source, str] = {
    "dukascopy": "assay.sources.dukascopy",
    "binance": "assay.sources.binance",
    "yahoo": "assay.sources.yahoo",
    "polygon": "assay.sources.polygon",
    "ccxt": "assay.sources.exchanges",
    "lean": "assay.sources.lean",
    "tardis": "assay.sources.tardis",
}
"""Modules that hold a ``VENUE``, imported when used: some need a client of their own."""

STREAMS: dict[Source, str] = {
    "sample": "assay.sources.files.sample",
    "files": "assay.sources.files",
    "synthetic": "assay.sources.synthetic.source",
}
"""Modules that yield chunks and know their kind; there is no raw cache below them."""


def venue_of(source: Source) -> Venue | None:
    """Return the venue of a source, or None if it is a stream of chunks."""
    found: Venue | None = import_module(VENUES[source]).VENUE if source in VENUES else None
    return found


def stream_of(source: Source) -> Any:
    """Return the module of a source that is a stream of chunks."""
    return import_module(STREAMS[source])


def feeds(params: DataParams, instruments: InstrumentParams) -> list[Feed]:
    """Return every symbol of every feed, the one that bars are made of first.

    Parameters
    ----------
    params
        The ``data`` block.
    instruments
        The ``instrument`` block; its symbol is meant where a feed names none.

    Raises
    ------
    ParamsError
        If a kind is not served by its source, a field that is set has no effect on its source, bars cannot be made of
        the first feed, two feeds go to one place, or a fallback could never stand in.
    """
    found = [
        feed
        for number, one in enumerate((params, *params.more))
        for feed in _symbols(one, instruments, f"data.more[{number - 1}]" if number else MAIN)
    ]
    _refuse_twins([*found, *_stand_ins(found)])
    if found[0].kind not in PRICES:
        remedy = f"put this feed into data.more; the first one is {', '.join(PRICES)}"
        raise ParamsError("data.kind", "bars are made of the first feed", found[0].kind, remedy)
    return found


def place(feed: Feed) -> Path:
    """Return where the months of a feed are kept, below ``data``: ``ticks/...`` or ``context/<kind>/...``."""
    where = Path(TICKS) if feed.kind in PRICES else Path(CONTEXT) / feed.kind
    return where / feed.label / feed.symbol


def inside(folders: Mapping[str, Path], name: Path) -> Path:
    """Return a place below ``data`` as a path, given the folders that stand for ``ticks`` and ``context``."""
    first, *rest = name.parts
    return folders[first].joinpath(*rest)


def _symbols(params: FeedParams, instruments: InstrumentParams, where: str) -> list[Feed]:
    kind = _kind(params, where)
    refuse_without_effect(params, kind, where)
    names = [name.partition("=") for name in universe.names(params, instruments.symbol)]
    refuse_impossible(params, kind, [symbol for symbol, _, _ in names], where)
    start_ns, end_ns = params.bounds_ns()
    found = [
        Feed(
            params=params,
            kind=kind,
            symbol=symbol,
            venue_symbol=other or symbol,
            instrument=lookup(instruments, symbol),
            root=root(params),
            start_ns=start_ns,
            end_ns=end_ns,
            entry=where,
        )
        for symbol, _, other in names
    ]
    return universe.members(found, where)


def _stand_ins(found: list[Feed]) -> list[Feed]:
    """Return the feeds that stand in for others; each is one that its venue can be asked for."""
    others = [other for feed in found if (other := stand_in(feed))]
    for other in others:
        if venue := venue_of(other.params.source):
            venue.pieces(other)
    return others


def _kind(params: FeedParams, where: str) -> Kind:
    venue = venue_of(params.source)
    if venue is None:
        kind: Kind = stream_of(params.source).kind(params)
        return kind
    if params.kind == "auto":
        return venue.kinds[0]
    if params.kind not in venue.kinds:
        remedy = f"{params.source} serves {', '.join(venue.kinds)}"
        raise ParamsError(f"{where}.kind", "the source must serve it", params.kind, remedy)
    return params.kind


def _refuse_twins(found: list[Feed]) -> None:
    (twin, count), *_ = Counter(place(feed) for feed in found).most_common(1)
    if count > 1:
        remedy = "take one out, or give one a `label` of its own; what a fallback would fetch counts too"
        raise ParamsError("data.more", "each folder of data is of one feed", f"{twin} {count} times", remedy)
