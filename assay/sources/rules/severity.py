"""What is done with rows that break a rule: one parameter per rule, and no rule is silent."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from assay.types import Params

RefuseDrop = Literal["refuse", "drop"]
Any3 = Literal["refuse", "drop", "keep"]


class RuleParams(Params):
    """Severities: refuse the data, drop the rows and count them, or keep them with a flag and count them."""

    unsorted_times: Literal["refuse", "sort", "drop"] = Field(
        "refuse",
        description="Rows earlier than a row before them. sort puts all rows in order of time, equal times in their "
        "order, and holds a month in memory; with files, the whole range.",
    )
    duplicate_times: RefuseDrop = Field(
        "refuse",
        description="Two rows of one instant where there can be one only: ohlcv, funding, open_interest, actions. drop "
        "keeps the first. No keep: nothing tells which of the two is right, and whoever joins by time takes one.",
    )
    duplicate_rows: Any3 = Field(
        "keep",
        description="Rows equal in every column to the row before. They can be separate real fills, so they are kept; "
        "where an instant has one row only, duplicate_times decides about those that are kept.",
    )
    missing_values: RefuseDrop = Field(
        "refuse",
        description="Rows without a value that the table must have. No keep: what comes after takes every value for "
        "given.",
    )
    price_not_positive: RefuseDrop = Field(
        "refuse",
        description="Prices that are 0, below 0, no number, or not from 1e-12 to 1e12. No keep: no return can be made "
        "of them.",
    )
    size_not_positive: RefuseDrop = Field(
        "refuse",
        description="Sizes of trades that are 0 or below; of quotes, volumes and open interest, below 0; too large; "
        "or bars of which more was bought than traded. No keep: they would falsify sums.",
    )
    crossed_quotes: Any3 = Field(
        "refuse",
        description="Quotes and books whose bid is above the ask. Those that are kept count in no bar: their spread is "
        "below 0.",
    )
    locked_quotes: Any3 = Field("keep", description="Quotes and books whose bid equals the ask.")
    one_sided_quotes: RefuseDrop = Field(
        "refuse",
        description="Quotes of which one side is 0 or missing, and the other is not. No keep: without a side a quote "
        "has neither a middle nor a spread.",
    )
    ohlc_order: Any3 = Field(
        "refuse", description="Bars whose open or close lies outside low to high; low above high is always refused."
    )
    overlapping_bars: RefuseDrop = Field(
        "refuse",
        description="Bars that begin before the bar before them ends. No keep: what both hold would count twice.",
    )
    flat_bars: Any3 = Field("keep", description="Bars that the venue filled in where nothing was traded.")
    outliers: Any3 = Field(
        "keep",
        description="Rows further than outlier_moves from the row before and from the row after: a price that jumps "
        "and comes back. So the row after is looked at: that a row was flagged or dropped tells of one row more than "
        "was known at its time.",
    )
    outlier_moves: float = Field(
        50.0,
        gt=1,
        le=1e9,
        description="Moves that make an outlier, in medians of the moves other than 0 among the 1,024 rows before; the "
        "first 16 rows are not judged.",
    )
    venue_flags: Any3 = Field("keep", description="Rows that the venue itself marks as suspicious.")
    look_ahead: Literal["refuse", "keep"] = Field(
        "refuse",
        description="Columns of files that know what later rows bring: see look_ahead_correlation. keep reports them.",
    )
    look_ahead_correlation: float = Field(
        0.4,
        gt=0,
        le=1,
        description="Rank correlation of a column with a move 1, 2, 3, 5 or 10 rows ahead that no honest one has; it "
        "must exceed that with past moves by 0.2 or more. Beside ticks, 1 to 6,000 seconds ahead; from row to row "
        "0.8.",
    )
    clock: Literal["refuse", "keep"] = Field(
        "keep", description="A clock that contradicts the trading calendar: a zone that is wrong. keep reports it."
    )
