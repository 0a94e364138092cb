"""The ``backtest`` block: how much is traded, and when to stop; nothing else reads it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from assay.types import Params


class BacktestParams(Params):
    """Sizing and limits of the backtest."""

    capital: float = Field(
        100_000.0,
        ge=1e-6,
        le=1e12,
        description="Money at the start, currency of the profit; daily returns are fractions of it.",
    )
    sizing: Literal["fixed", "risk"] = Field(
        "fixed", description="The same lots in every trade, or so many that the stop costs a fraction of the equity."
    )
    lots: float = Field(
        1.0, gt=0, le=1e12, description="Size of a trade when fixed, lots; rounded down to what can be traded."
    )
    risk_fraction: float = Field(
        0.01,
        gt=0,
        le=1,
        description="Part of the net equity that a trade loses before costs at its stop, a fraction; sizing by risk "
        "only, rounded down to what can be traded; a trade without a stop is not taken.",
    )
    max_trades_per_session: int = Field(
        0, ge=0, le=2**31 - 1, description="Trades decided in one session at most; 0 for no limit."
    )
    max_session_loss: float = Field(
        0.0,
        ge=0,
        le=1e12,
        description="Realised net loss in one session after which nothing more is entered in it, currency of the "
        "profit; 0 for no limit.",
    )
    crosscheck: bool = Field(
        default=False,
        description="Replay every trade in Backtrader and fail on any difference; slow, and for sizing fixed, no "
        "limits, and labels.triple_barrier with touch close and without session exits only.",
    )
