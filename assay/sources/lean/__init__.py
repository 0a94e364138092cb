"""Archives in the layout of QuantConnect's LEAN: ticks, bars, factor files and funding, one zip or csv per file.

The files are made or bought by the user and lie in the raw cache; nothing is downloaded.
"""

from __future__ import annotations

from assay.sources.lean.venue import VENUE

__all__ = ["VENUE"]
