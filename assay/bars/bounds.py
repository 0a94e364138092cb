"""Bounds in the ``bars`` block: of what imbalance and run bars expect, and of what passes the gate."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from assay.types import Params


class ExpectationParams(Params):
    """What imbalance and run bars expect of the next bar: see ``assay.bars.expectation``."""

    decay: float = Field(
        0.1, gt=0, le=1, description="Weight of the last bar in the averages that the next one is expected to follow."
    )
    least: float = Field(
        0.5,
        gt=0,
        le=1,
        description="Fewest ticks that a bar is expected to hold, times those of types: without it bars shrink to "
        "single ticks. It bounds what is expected, not the bars: one that gathers its flow sooner is shorter.",
    )
    most: float = Field(
        5.0,
        ge=1,
        le=1e6,
        description="Most ticks that a bar is expected to hold, times those of types: without it bars grow for ever "
        "where buys and sells are even. What was expected is forgotten where sessions end without a full bar for "
        "so many ticks.",
    )


GateRule: TypeAlias = Literal[
    "tick_share", "per_session", "duration_tail", "one_tick_run", "partial_share", "expected_ticks", "stale_open"
]
"""Rules of the health of bars: see ``assay.bars.gate``."""


class GateParams(Params):
    """Which bars are fit to learn from: each rule warns, or fails the stage where ``fail`` names it."""

    fail: list[GateRule] = Field(
        ["stale_open"],
        description="Rules that stop the stage when a type of bar breaks them; the others only warn. stale_open: bars "
        "of OHLCV rows with a publish lag open at prices of before the bar before them was known; no fill can be as "
        "early.",
    )
    per_session: dict[str, Annotated[float, Field(gt=0, le=1e9)]] = Field(
        {},
        description="Bars a session that are wanted, by type, such as tick: 100; types without a number have no rule.",
    )
    max_factor: float = Field(
        2.0, ge=1, le=1e6, description="How many times more or fewer than that the median session may have."
    )
    max_duration_tail: float = Field(
        0.5,
        gt=0,
        le=1,
        description="Share of all bars' time that the longest hundredth of them may take, as a fraction; from 100 bars "
        "on.",
    )
    max_one_tick_run: int = Field(
        20,
        ge=1,
        le=1_000_000_000,
        description="How many bars of one tick may follow one another; not for time and tick bars.",
    )
    max_partial_share: float = Field(
        0.5,
        gt=0,
        le=1,
        description="Share of bars that session breaks may close before they are full, as a fraction; not for time "
        "bars.",
    )
