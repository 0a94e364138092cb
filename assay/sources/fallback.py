"""Feeds that stand in for others: bars of a symbol that its own source cannot deliver."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from assay.errors import ParamsError
from assay.sources.params import FeedParams
from assay.sources.venue import Feed
from assay.tables.kinds import Kind

NONE = "none"


def root(params: FeedParams) -> Path:
    """Return the raw cache of a feed: its own, ``$ASSAY_CACHE/<source>``, or ``.raw/<source>``."""
    return Path(params.cache) if params.cache else Path(os.environ.get("ASSAY_CACHE", ".raw")) / params.source


def stand_in(feed: Feed) -> Feed | None:
    """Return the feed that is asked where the source of another cannot deliver it; None if there is none.

    It is a feed of the other source in all: its raw cache, its address, its name of the symbol, its place on the disk.
    """
    if feed.params.fallback == NONE:
        return None
    its_own = dict.fromkeys(("label", "cache", "endpoint", "market"), "")
    params = feed.params.model_copy(update={**its_own, "source": feed.params.fallback, "fallback": NONE})
    name = params.fallback_names.get(feed.symbol, feed.symbol)
    return replace(feed, params=params, venue_symbol=name, root=root(params))


def refuse_impossible(params: FeedParams, kind: Kind, symbols: Sequence[str], where: str) -> None:
    """Refuse a fallback that could never stand in.

    Raises
    ------
    ParamsError
        If the feed is of another kind than bars, is the fallback's own, or lacks a symbol that is given a name there.
    """
    if params.fallback != NONE and kind != "ohlcv":
        raise ParamsError(f"{where}.fallback", f"{params.fallback} stands in for ohlcv only", kind, "set it to none")
    if params.fallback == params.source:
        raise ParamsError(f"{where}.fallback", "must be another source", params.source, "set it to none")
    for name in params.fallback_names:
        if name not in symbols:
            remedy = f"take it out, or write one of {', '.join(symbols)}"
            raise ParamsError(f"{where}.fallback_names", "each is a symbol of the feed", name, remedy)
