"""Tardis as a venue: https://datasets.tardis.dev/v1/<exchange>/<type>/<year>/<month>/<day>/<symbol>.csv.gz.

`data.market` is the exchange as Tardis names it, such as binance-futures (the default), deribit or bitmex. The first
day of each month is free, others take the key TARDIS_API_KEY. A file holds what was received on its day, in the order
of receipt; the exchange's times, by which our rows go, may fall a little (`data.rules.unsorted_times`) and reach back
over midnight: so a range that ends with a month takes the file of the day after it too, which is free. Where the
exchange's clock was ahead at the end of a month, what a file has of the next one is dropped (`outside_piece_dropped`):
a month is the same whatever is fetched beside it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from assay.errors import ParamsError
from assay.market.zones import DAY_NS
from assay.sources.labels import market
from assay.sources.moments import instant
from assay.sources.months.month import month_of
from assay.sources.ranges import bounds
from assay.sources.tardis import book, rows
from assay.sources.tardis.rows import DELAY_NS
from assay.sources.venue import Decoded, Feed, Piece
from assay.tables.kinds import Kind

HOST = "https://datasets.tardis.dev"
SECRET = "TARDIS_API_KEY"  # noqa: S105 - the variable's name, not the key
EXCHANGE = re.compile("[a-z0-9][a-z0-9-]*")
DATASETS: dict[Kind, str] = {
    "trades": "trades",
    "quotes": "quotes",
    "book": "book_snapshot_25",
    "funding": "derivative_ticker",
    "open_interest": "derivative_ticker",
    "mark_price": "derivative_ticker",
    "liquidations": "liquidations",
}
UPDATES = "incremental_book_L2"
"""Asked for in place of book snapshots where `data.market` ends in /incremental_book_L2."""

Decoder: TypeAlias = Callable[[bytes, Piece, Feed], Decoded]
DECODERS: dict[Kind, Decoder] = {
    "trades": rows.trades,
    "quotes": rows.quotes,
    "book": book.snapshots,
    "funding": rows.funding,
    "open_interest": rows.open_interest,
    "mark_price": rows.mark_price,
    "liquidations": rows.liquidations,
}


@dataclass(frozen=True)
class Tardis:
    """One file per day, in the venue's own paths."""

    kinds: tuple[Kind, ...] = tuple(DATASETS)

    def pieces(self, feed: Feed) -> Sequence[Piece]:
        """Return the days of the wanted range, and one more where rows at its end or beginning lie in another's file.

        That is the day after the end of a month, and for the funding of a midnight the day that ends with it.

        Raises
        ------
        ParamsError
            If the range has no start or no end, or if the exchange or a symbol cannot be part of a path.
        """
        start_ns, end_ns = bounds(feed)
        exchange, dataset = _asked(feed)
        symbol = feed.venue_symbol.replace("/", "-").replace(":", "-").upper()
        before_ns = DAY_NS if feed.kind == "funding" and start_ns % DAY_NS == 0 else 0
        days = range((start_ns - before_ns) // DAY_NS, -(-end_ns // DAY_NS))
        host = feed.params.endpoint.rstrip("/") or HOST
        folder, is_funding = f"v1/{exchange}/{dataset}", feed.kind == "funding"
        found = [_piece(folder, symbol, day, host, is_funding=is_funding) for day in days]
        if is_funding or end_ns != month_of(end_ns).start_ns:
            return found
        after = _piece(folder, symbol, days.stop, host, is_funding=False)
        return [*found, replace(after, when_missing="closed")]

    def decode(self, raw: bytes, piece: Piece, feed: Feed) -> Decoded:
        """Return the rows of a day's file, in its order.

        Raises
        ------
        DataError
            If the bytes are not what the venue serves.
        """
        if f"/{UPDATES}/" in piece.path:
            return book.updates(raw, piece, feed)
        return DECODERS[feed.kind](raw, piece, feed)


def _asked(feed: Feed) -> tuple[str, str]:
    exchange, _, dataset = market(feed.params).partition("/")
    if not EXCHANGE.fullmatch(exchange) or dataset not in ("", UPDATES) or (dataset and feed.kind != "book"):
        remedy = f"such as binance-futures; for books also binance-futures/{UPDATES}"
        raise ParamsError("data.market", "must be an exchange of tardis", feed.params.market, remedy)
    return exchange, dataset or DATASETS[feed.kind]


def _piece(folder: str, symbol: str, day: int, host: str, *, is_funding: bool) -> Piece:
    start_ns, end_ns = day * DAY_NS, (day + 1) * DAY_NS
    date = instant(start_ns)
    path = f"{folder}/{date:%Y/%m/%d}/{symbol}.csv.gz"
    is_last = end_ns == month_of(end_ns).start_ns and not is_funding
    return Piece(
        path,
        start_ns - DELAY_NS,
        end_ns if is_last else end_ns + DELAY_NS,
        f"{host}/{path}",
        secret="" if date.day == 1 else SECRET,
    )
