"""The order book of a capture: a snapshot asked for over REST, and the updates of the stream from there on.

Notes
-----
The venue's own rules ("How to manage a local order book correctly", developers.binance.com). Spot: the first update to
apply is the one with U <= lastUpdateId + 1 <= u, and each next one has U = u + 1 of the one before. Futures: the first
has U <= lastUpdateId <= u, and each next one has pu = u of the one before. After a break the book is unknown until the
next snapshot. A capture must hold a snapshot: hftbacktest's collector asks for one when it connects, so files that it
begins at midnight without a new connection have none and give no rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from assay.errors import DataError
from assay.sources.binance.lines import entries
from assay.sources.binance.markets import market_of
from assay.sources.decode.arranged import arranged
from assay.sources.decode.depth import PACE_NS, THINNED, Side, tells, told
from assay.sources.decode.messages import OTHERS, lines, within
from assay.sources.decode.refusals import refuse_holes, refuse_outside
from assay.sources.decode.times import MILLISECOND_NS
from assay.sources.venue import Decoded, Feed, Piece
from assay.tables.table import DType
from assay.types import Ints

LEVELS_TYPE = pl.List(pl.List(pl.String))
MOST_SIZE = 1e18
IDS = ("U", "u")
SIDES = ("bid_prices", "bid_sizes", "ask_prices", "ask_sizes")
_AGAIN = "record it again"


@dataclass(frozen=True)
class Chain:
    """Updates `first` up to `last`, not included, which follow on the snapshot `snapshot`."""

    snapshot: int
    first: int
    last: int


def books(raw: bytes, piece: Piece, feed: Feed, pace_ns: int = PACE_NS) -> Decoded:
    """Return the book at the venue's time of the last update of each second, known when that update was received.

    Counts `depth_updates_without_a_book`, `depth_sequence_gaps` and `books_thinned`.
    """
    messages = lines(raw, piece)
    updates, others = _updates(messages, piece, feed)
    snapshots = _snapshots(messages, piece, feed)
    spot = market_of(feed).name == "spot"
    parts, n_gaps = chains(updates, snapshots["lastUpdateId"].to_numpy(), spot=spot)
    n_used = sum(part.last - part.first for part in parts)
    counts = {OTHERS: others, "depth_updates_without_a_book": updates.height - n_used, "depth_sequence_gaps": n_gaps}
    rows = _told(updates, snapshots, parts, piece, pace_ns)
    return arranged(rows, "book"), {**counts, THINNED: n_used - rows.height}


def chains(updates: pl.DataFrame, snapshot_ids: Ints, *, spot: bool) -> tuple[list[Chain], int]:
    """Return the runs of updates that follow on a snapshot without a gap, and the number of gaps between updates."""
    first_id, last_id = (updates[name].to_numpy() for name in IDS)
    before = first_id - 1 if spot else updates["pu"].to_numpy()
    follows = before[1:] == last_id[:-1]
    breaks = np.append(np.flatnonzero(~follows) + 1, updates.height)
    starts = np.searchsorted(last_id, snapshot_ids, side="right" if spot else "left")
    found = list[Chain]()
    for snapshot, start in enumerate(starts.tolist()):
        if start == updates.height or first_id[start] > snapshot_ids[snapshot] + spot:
            continue
        last = int(breaks[np.searchsorted(breaks, start, side="right")])
        if found and found[-1].last > start:
            found[-1] = Chain(found[-1].snapshot, found[-1].first, max(start, found[-1].first))
        found.append(Chain(snapshot, start, last))
    return found, breaks.size - 1


def _updates(messages: pl.DataFrame, piece: Piece, feed: Feed) -> tuple[pl.DataFrame, int]:
    types: dict[str, DType] = {"s": pl.String, "E": pl.Int64, "T": pl.Int64, "U": pl.Int64, "u": pl.Int64}
    types |= {"pu": pl.Int64, "b": LEVELS_TYPE, "a": LEVELS_TYPE}
    frame = entries(messages.filter(pl.col("json").str.contains('"e": ?"depthUpdate"')), types, piece)
    ours = frame.filter(pl.col("s").str.to_uppercase() == feed.venue_symbol.upper())
    others = frame.height - ours.height
    ours = ours.with_columns(pl.coalesce("T", "E").alias("T"))
    needed = ["T", "U", "u", "b", "a", *(["pu"] if market_of(feed).name != "spot" else [])]
    refuse_holes(ours, needed, piece.path)
    first_ns, last_ns = within(piece)
    refuse_outside(ours, "T", first_ns // MILLISECOND_NS, last_ns // MILLISECOND_NS, piece.path)
    if (ours["u"].diff() < 0).any():
        raise DataError(piece.path, "update ids never fall", "they do", _AGAIN)
    return ours, others


def _snapshots(messages: pl.DataFrame, piece: Piece, feed: Feed) -> pl.DataFrame:
    types: dict[str, DType] = {"lastUpdateId": pl.Int64, "symbol": pl.String, "bids": LEVELS_TYPE, "asks": LEVELS_TYPE}
    frame = entries(messages.filter(pl.col("json").str.contains('"lastUpdateId"', literal=True)), types, piece)
    asked = pl.col("address").str.extract(r"[?&]symbol=(\w+)")
    symbol = pl.coalesce("symbol", asked, pl.lit(feed.venue_symbol)).str.to_uppercase()
    ours = frame.filter(symbol == feed.venue_symbol.upper())
    return refuse_holes(ours, ("lastUpdateId", "bids", "asks"), piece.path)


def _told(
    updates: pl.DataFrame, snapshots: pl.DataFrame, parts: list[Chain], piece: Piece, pace_ns: int
) -> pl.DataFrame:
    """Return the rows of all chains: each begins with its snapshot, and rows are told after updates only."""
    events = [_chain(updates, snapshots, part) for part in parts if part.last > part.first]
    if not events:
        return pl.DataFrame(schema=dict.fromkeys(("time", "known_at", *SIDES), pl.Null))
    frame = pl.concat(events)
    begins = frame["begins"].to_numpy()
    time_ns = (frame["T"] * MILLISECOND_NS).to_numpy()
    shown = tells(time_ns, begins, pace_ns)
    rows = told(_levels(frame["b"], piece), _levels(frame["a"], piece), begins, shown)
    at = frame.filter(shown).select((pl.col("T") * MILLISECOND_NS).alias("time"), "known_ns")
    return at.with_columns(pl.max_horizontal("time", "known_ns").alias("known_at")).hstack(rows)


def _chain(updates: pl.DataFrame, snapshots: pl.DataFrame, part: Chain) -> pl.DataFrame:
    snapshot = snapshots[part.snapshot]
    received = snapshot["received_ns"][0]
    run = updates[part.first : part.last]
    run = run.select("T", pl.max_horizontal("received_ns", pl.lit(received)).alias("known_ns"), "b", "a", begins=False)
    begin = snapshot.select(
        pl.lit(run["T"][0]).alias("T"), known_ns="received_ns", b="bids", a="asks", begins=pl.lit(value=True)
    )
    return pl.concat([begin, run])


def _levels(side: pl.Series, piece: Piece) -> Side:
    """Return one side's levels, flat."""
    counts = side.list.len().to_numpy().astype(np.int64)
    pairs = side.explode(empty_as_null=False)
    frame = pl.DataFrame({"price": pairs.list.get(0, null_on_oob=True), "size": pairs.list.get(1, null_on_oob=True)})
    frame = frame.select(pl.all().cast(pl.Float64, strict=False))
    refuse_holes(frame, ("price", "size"), piece.path)
    sound = frame["price"].is_between(0, MOST_SIZE) & frame["size"].is_between(0, MOST_SIZE)
    if not sound.all():
        raise DataError(piece.path, "prices and sizes are finite numbers, 0 or more", "others", _AGAIN)
    first = np.concatenate(([0], np.cumsum(counts)))
    return Side(first, frame["price"].to_numpy(), frame["size"].to_numpy())
