"""The archives of https://data.binance.vision: which zip of which folder holds a range.

A month that lies in the range is asked for as a whole; other days one by one. Each zip has its checksum beside it.
What the venue keeps: candles, trades and mark prices by month and by day; best quotes of the futures by both, from
2023-05-16 to 2024-03-30; metrics (open interest) by day; liquidations by day, of USD-margined futures until 2024-03-31
and since taken down (github.com/binance/binance-public-data, issues 337 and 420); funding rates by month only.
Trades are the aggregated ones, aggTrades: fills of one order at one price are one row; with `data.market` such as
usdm/trades they are single ones. Of `bookDepth`, sums of sizes within 1 to 5 %, no book of levels can be made, so books
come from captures only.
"""

from __future__ import annotations

from dataclasses import dataclass

from assay.market.zones import DAY_NS
from assay.sources.binance.markets import Market, are_single
from assay.sources.binance.metrics import LATE_NS
from assay.sources.binance.windows import at, days, whole_months
from assay.sources.ranges import bounds
from assay.sources.venue import Feed, Piece
from assay.tables.kinds import Kind

HOST = "https://data.binance.vision"
TYPES = ("application/zip", "application/octet-stream", "binary/octet-stream")


@dataclass(frozen=True)
class Dataset:
    """One folder of the archives.

    Parameters
    ----------
    name
        The folder; with candles their interval takes its place in the names of files.
    by_month
        Whether months are there too, and not only days.
    has_interval
        Whether there is a folder per interval.
    late_ns
        How long after midnight the last row of a day may be stamped.
    is_served
        Whether it is still there.
    """

    name: str
    by_month: bool = True
    has_interval: bool = False
    late_ns: int = 0
    is_served: bool = True


DATASETS: dict[Kind, Dataset] = {
    "ohlcv": Dataset("klines", has_interval=True),
    "trades": Dataset("aggTrades"),
    "quotes": Dataset("bookTicker"),
    "open_interest": Dataset("metrics", by_month=False, late_ns=LATE_NS),
    "liquidations": Dataset("liquidationSnapshot", by_month=False, is_served=False),
    "mark_price": Dataset("markPriceKlines", has_interval=True),
    "funding": Dataset("fundingRate"),
}


SINGLE_TRADES = Dataset("trades")


def dataset_of(feed: Feed) -> Dataset:
    """Return the folder that a feed is of."""
    return SINGLE_TRADES if are_single(feed) else DATASETS[feed.kind]


def pieces(feed: Feed, market: Market) -> list[Piece]:
    """Return the zips that hold a feed's range, in order of time."""
    dataset = dataset_of(feed)
    start_ns, end_ns = bounds(feed)
    if dataset.by_month:
        parts = [(at(first), at(after), by_month) for first, after, by_month in whole_months(start_ns, end_ns)]
    else:
        parts = [(at(day), at(day) + DAY_NS, False) for day in days(start_ns - dataset.late_ns, end_ns)]
    return [piece(feed, market, start, end, by_month=by_month) for start, end, by_month in parts]


def piece(feed: Feed, market: Market, start_ns: int, end_ns: int, *, by_month: bool) -> Piece:
    """Return the zip of one month or day."""
    dataset, symbol = dataset_of(feed), feed.venue_symbol.upper()
    date = days(start_ns, start_ns + 1)[0].strftime("%Y-%m" if by_month else "%Y-%m-%d")
    named = feed.params.interval if dataset.has_interval else dataset.name
    inside = f"{symbol}/{named}" if dataset.has_interval else symbol
    folder = f"data/{market.archive}/{'monthly' if by_month else 'daily'}/{dataset.name}/{inside}"
    path = f"{folder}/{symbol}-{named}-{date}.zip"
    url = f"{feed.params.endpoint.rstrip('/') or HOST}/{path}"
    return Piece(
        path,
        start_ns,
        end_ns + dataset.late_ns,
        url,
        checksum_url=f"{url}.CHECKSUM",
        types=TYPES,
        served_until_ns=None if dataset.is_served else 0,
    )
