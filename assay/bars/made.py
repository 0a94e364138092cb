"""What the stage of bars makes of one market."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from assay.bars.params import Kind
from assay.bars.tally import Tally


@dataclass(frozen=True)
class Made:
    """Bars of every type, and what they were made of.

    Parameters
    ----------
    bars
        Table ``BARS`` of each type.
    given
        How many ticks or rows they were made of, those outside sessions too.
    report
        What else is to be reported.
    warnings
        What speaks against the bars of every type.
    """

    bars: Mapping[Kind, pl.DataFrame]
    given: Tally
    report: Mapping[str, Any] = field(default_factory=dict)
    warnings: Sequence[str] = ()
