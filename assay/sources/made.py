"""Ticks of a market that is made, not fetched."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from assay.market.instruments import Instrument
from assay.sources.chunk import Chunk
from assay.sources.params import DataParams
from assay.sources.synthetic.switching import simulate


def ticks(params: DataParams, instrument: Instrument) -> Iterator[Chunk]:
    """Yield the quotes of the synthetic market; its origin is its recipe, and the hash is the recipe's."""
    market = params.synthetic
    recipe = f"{instrument.tick_size!r} {market.model_dump_json()}"
    origin = f"synthetic seed {market.seed}"
    sha256 = hashlib.sha256(recipe.encode()).hexdigest()
    for number, (quotes, _) in enumerate(simulate(market, instrument.tick_size)):
        yield Chunk(f"{origin} part {number + 1}", origin, sha256, quotes)
