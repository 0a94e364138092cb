"""Every exchange that ccxt knows: its client talks, the rest is ours."""

from assay.sources.exchanges.venue import VENUE

__all__ = ["VENUE"]
