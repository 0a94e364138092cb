"""Every exchange that ccxt knows: its client talks, the rest is ours; and what was recorded of some."""

from assay.sources.exchanges.venue import VENUE

__all__ = ["VENUE"]
