"""Kinds of market data, and the table that holds each."""

from __future__ import annotations

from typing import Literal, TypeAlias

from assay.tables.context import ACTIONS, FUNDING, LIQUIDATIONS, MARK_PRICE, OPEN_INTEREST
from assay.tables.depth import BOOK
from assay.tables.ohlcv import OHLCV
from assay.tables.table import Table
from assay.tables.ticks import QUOTES, TRADES

Kind: TypeAlias = Literal[
    "quotes", "trades", "ohlcv", "funding", "open_interest", "liquidations", "mark_price", "book", "actions"
]

TABLES: dict[Kind, Table] = {
    "quotes": QUOTES,
    "trades": TRADES,
    "ohlcv": OHLCV,
    "funding": FUNDING,
    "open_interest": OPEN_INTEREST,
    "liquidations": LIQUIDATIONS,
    "mark_price": MARK_PRICE,
    "book": BOOK,
    "actions": ACTIONS,
}

PRICES: tuple[Kind, ...] = ("quotes", "trades", "ohlcv")
"""What bars are made of; all other kinds are context."""


def clock(kind: Kind) -> str:
    """Return the column by which rows of a kind are ordered and cut into months."""
    return "opened_at" if kind == "ohlcv" else "time"
