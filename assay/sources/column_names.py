"""The ``data.columns`` block: what the columns of files are called."""

from __future__ import annotations

from pydantic import Field

from assay.types import Params


class ColumnParams(Params):
    """Names of the columns in the files by what they hold; an empty name means that the files do not have it."""

    time: str = Field("", description="Time of the row; of a bar, the beginning of its period.")
    price: str = Field("", description="Price of a trade. Name it for trades; leave it empty for quotes.")
    size: str = Field(
        "", description="Size of a trade. Without it every trade counts as 1 unit, and the manifest says so."
    )
    side: str = Field(
        "", description="Aggressor of a trade: buy, b, 1 or sell, s, -1, any case; unknown, 0 or nothing = not given."
    )
    bid: str = Field("", description="Best bid of a quote. Name bid and ask for quotes; leave both empty for trades.")
    ask: str = Field("", description="Best ask of a quote.")
    bid_size: str = Field("", description="Size at the bid. Without it 0, and the manifest says so.")
    ask_size: str = Field("", description="Size at the ask. Without it 0, and the manifest says so.")
    open: str = Field("", description="First price of a bar.")
    high: str = Field("", description="Highest price of a bar.")
    low: str = Field("", description="Lowest price of a bar.")
    close: str = Field("", description="Last price of a bar.")
    volume: str = Field("", description="Units traded in a bar; without it 0.")
    value: str = Field("", description="Quote currency traded in a bar, or the value of a liquidation.")
    buy_volume: str = Field("", description="Units that a buyer took in a bar.")
    n_trades: str = Field("", description="Trades in a bar.")
    rate: str = Field("", description="Funding rate, as a fraction.")
    open_interest: str = Field("", description="Contracts or coins open.")
    mark: str = Field("", description="Price by which positions are valued.")
    index: str = Field("", description="Price of the underlying.")
    symbol: str = Field("", description="Symbol of the row, where a file holds several; the others' rows are left out.")
