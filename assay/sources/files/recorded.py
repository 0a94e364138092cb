"""Recordings of a websocket, which are no tables: venues' own decoders read them."""

from __future__ import annotations

import re
from pathlib import Path

from assay.errors import DataError

_RECORDED = re.compile(
    rb"configuration: \{"  # the first line of cryptofeed's recorder
    rb"|(?:wss|https)://\S+ (?:<->|<-|->) \d{10}"  # a connection, a message sent, an answer
    rb"|\d{10}(?:\.\d+)?: [\[{]"  # a message, and when it came, seconds
    rb"|\d{10}(?:\d{3}){0,3} [\[{]"  # the same, in any unit
)
SHOWN = 60


def refuse_recorded(first: bytes, path: Path) -> None:
    """Refuse a file that begins as recorders begin, and name the sources that read those.

    Raises
    ------
    DataError
        If it is a recording.
    """
    if _RECORDED.match(first):
        found = repr(first.partition(b"\n")[0][:SHOWN].decode("utf-8", "replace"))
        remedy = "put it into the raw cache of source binance (Binance) or ccxt (Kraken, BitMEX): they read captures"
        raise DataError(path, "must be a table, not a recorded websocket", found, remedy)
