"""The label of a feed: what paths, receipts and reports call where it comes from.

It is made here and nowhere else. Whoever looks for a feed after it was fetched reads its label from the manifest.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from assay.sources.params import FeedParams, Source

FIRST: Mapping[Source, str] = {"binance": "spot", "tardis": "binance-futures", "lean": ""}
"""Sources that hold several markets, by `data.market`, with the one that is meant where none is named."""

_PART = re.compile(r"[A-Za-z0-9]+(?:[._][A-Za-z0-9]+)*")


def market(params: FeedParams) -> str:
    """Return which part of its source a feed is of, as the source has it; empty where the source is one venue."""
    if params.source == "ccxt":
        return params.exchange
    return params.market or FIRST[params.source] if params.source in FIRST else ""


def label(params: FeedParams) -> str:
    """Return the label of a feed: the one that it was given; or its source, and its market if it is of several.

    Examples: ``sample``, ``binance-usdm``, ``binance-usdm-trades``, ``ccxt-kraken``, ``lean-forex-fxcm``.

    Notes
    -----
    It is always the name of a folder: of a market, whatever is no letter or digit ends a part, and parts are joined
    by ``-``. Two markets that this makes one are refused with all feeds of one place
    (:func:`assay.sources.feeds.feeds`).
    """
    return params.label or "-".join(_PART.findall(f"{params.source}/{market(params)}"))
