"""What the stage of bars makes of one market."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from assay.bars.params import Kind
from assay.types import Ints


@dataclass(frozen=True)
class Made:
    """Bars of every type, and what they were made of.

    Parameters
    ----------
    bars
        Table ``BARS`` of each type.
    prices
        The ticks or rows that they were made of, those outside sessions too.
    days
        Session day of each, shape (n,), -1 outside.
    report
        What else is to be reported.
    warnings
        What speaks against the bars of every type.
    """

    bars: Mapping[Kind, pl.DataFrame]
    prices: pl.DataFrame
    days: Ints
    report: Mapping[str, Any] = field(default_factory=dict)
    warnings: Sequence[str] = ()
