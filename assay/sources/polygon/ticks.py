"""Polygon's trades and quotes, page by page."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from assay.sources.decode import served
from assay.sources.decode.arranged import arranged
from assay.sources.polygon import answers
from assay.sources.venue import Decoded, Piece
from assay.tables.flags import Flag
from assay.types import Ints


def trades(raw: bytes, piece: Piece) -> Decoded:
    """Return the trades of a page: off-exchange prints and odd lots too; corrected ones carry ``Flag.VENUE``.

    Raises
    ------
    DataError
        If the page is not whole, or a time lies outside the day.
    """
    rows = answers.results(answers.opened(raw, piece), piece)
    corrections = served.wholes([row.get("correction", 0) for row in rows], "correction", piece.path)
    columns = {
        "time": _times(rows, piece),
        "price": served.numbers([row.get("price") for row in rows], "price", piece.path),
        "size": served.numbers([row.get("size") for row in rows], "size", piece.path),
        "side": np.zeros(len(rows), np.int8),
        "flags": np.where(corrections != 0, Flag.VENUE.value, 0),
    }
    return arranged(pl.DataFrame(columns), "trades"), {}


def quotes(raw: bytes, piece: Piece) -> Decoded:
    """Return the best bid and offer of a page; a side that is missing is 0.

    Raises
    ------
    DataError
        If the page is not whole, or a time lies outside the day.

    Notes
    -----
    Sizes are as served; of US shares the venue gives round lots, which are 100 shares as a rule.
    """
    rows = answers.results(answers.opened(raw, piece), piece)
    names = {"bid": "bid_price", "ask": "ask_price", "bid_size": "bid_size", "ask_size": "ask_size"}
    columns = {"time": _times(rows, piece)} | {
        name: served.numbers([row.get(key, 0) for row in rows], key, piece.path) for name, key in names.items()
    }
    return arranged(pl.DataFrame(columns), "quotes"), {}


def _times(rows: list[dict[str, Any]], piece: Piece) -> Ints:
    """Return when the consolidated tape published each row; where there is no tape, when the venue did."""
    stamps = [row.get("sip_timestamp", row.get("participant_timestamp")) for row in rows]
    return served.inside(served.wholes(stamps, "sip_timestamp", piece.path), piece.start_ns, piece.end_ns, piece.path)
