"""The ``splits`` and ``walkforward`` blocks: what is sealed, what is kept apart, how time is cut."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from assay.types import Params


class SplitParams(Params):
    """What no model sees, and how far training stays away from testing."""

    holdout_fraction: float = Field(
        0.1,
        ge=0,
        le=0.5,
        description="Share of the bars, the last ones, that is sealed: no stage trains or tests on it.",
    )
    embargo_bars: Annotated[int, Field(ge=0)] | Literal["auto"] = Field(
        "auto",
        description="Bars after a test span that train no model, besides the purge of labels that could overlap; "
        "0 or more, or auto for the longest horizon of the labels.",
    )


class WalkForwardParams(Params):
    """How the walk-forward test cuts the events before the hold-out."""

    enabled: bool = Field(
        default=True, description="Whether the walk-forward test is run; without it there is no backtest."
    )
    n_splits: int = Field(5, ge=1, le=1000, description="Number of test folds, equal in events and consecutive.")
    window: Literal["expanding", "rolling"] = Field(
        "expanding", description="Train each fold on all events before it, or on as many as the first fold had."
    )
    first_train: Annotated[float, Field(gt=0, lt=1)] | Literal["auto"] = Field(
        "auto",
        description="Share of the events before the first test fold, above 0 and below 1; "
        "auto for one block of n_splits + 1 equal ones.",
    )


def embargo_bars(params: SplitParams, max_horizon_bars: int) -> int:
    """Return the embargo in bars; ``auto`` is the longest horizon a label can have."""
    return max_horizon_bars if params.embargo_bars == "auto" else params.embargo_bars
