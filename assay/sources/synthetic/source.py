"""Ticks of a market that is made, not fetched."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import partial

from assay.errors import ParamsError
from assay.sources.decode.chunk import Chunk, only
from assay.sources.synthetic.switching import simulate
from assay.sources.venue import Feed
from assay.tables.kinds import Kind

KIND: Kind = "quotes"
kind = partial(only, KIND)
"""The kind of a feed's params, ``quotes``; a `ParamsError` if they ask for another one."""


def ticks(feed: Feed) -> Iterator[Chunk]:
    """Yield the quotes of the synthetic market; its origin is its recipe, and the hash is the recipe's.

    Raises
    ------
    ParamsError
        If the instrument, which says how large a tick is, is not known.
    """
    if feed.instrument is None:
        rule, remedy = "a synthetic market needs a tick size", f"add {feed.symbol} to instrument.table"
        raise ParamsError("instrument.symbol", rule, feed.symbol, remedy)
    market, tick_size = feed.params.synthetic, feed.instrument.tick_size
    recipe = f"{tick_size!r} {market.model_dump_json()}"
    origin = f"synthetic seed {market.seed}"
    sha256 = hashlib.sha256(recipe.encode()).hexdigest()
    for number, (quotes, _) in enumerate(simulate(market, tick_size)):
        yield Chunk(f"{origin} part {number + 1}", origin, sha256, quotes)
