"""The ``montecarlo`` block: how many paths are drawn, and in which blocks."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from assay.types import Params


class MonteCarloParams(Params):
    """Block bootstrap of the trades of the backtest."""

    enabled: bool = Field(default=True, description="Whether paths are drawn at all.")
    n_sims: int = Field(1000, ge=10, le=1_000_000, description="Paths, each as many trades long as the backtest made.")
    block_length: Literal["auto"] | Annotated[float, Field(ge=1, le=1e6)] = Field(
        "auto",
        description="Mean length of a block of consecutive trades, trades; auto takes the length of Politis and White "
        "(2004), 1 draws trade by trade and so denies that one trade depends on the last.",
    )
    confidence: float = Field(
        0.9, gt=0, lt=1, description="Share of the paths inside the interval of the final profit, a fraction."
    )
