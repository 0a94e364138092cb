"""Yahoo's daily and intraday bars, splits and dividends, asked for through the client of ``yfinance``."""

from __future__ import annotations

from assay.sources.yahoo.venue import VENUE

__all__ = ["VENUE"]
