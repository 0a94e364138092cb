"""The ``report`` block."""

from __future__ import annotations

from pydantic import Field

from assay.types import Params


class ReportParams(Params):
    """What the report shows and how cautious its verdict is; no other stage depends on it."""

    min_trades: int = Field(
        30, ge=2, le=100_000, description="With fewer trades than this the verdict is that there are too few to tell."
    )
    few_trials: int = Field(
        20,
        ge=1,
        le=1_000_000,
        description="An edge that would not survive this many independent trials is called weak evidence at most.",
    )
    max_points: int = Field(
        1000, ge=100, le=100_000, description="Points drawn in one curve at most; longer ones are thinned."
    )
    n_features: int = Field(20, ge=1, le=200, description="Features shown by importance.")
    n_trades: int = Field(10, ge=0, le=1000, description="Trades listed of each book, best and worst together.")
