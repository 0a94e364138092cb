"""BitMEX's order book of a capture: a snapshot, and what was inserted, updated and deleted from there on.

Notes
-----
A level is named by its number and side; an update or a deletion may leave its price out, which is then the one that it
was inserted with. The messages have no numbers, so a gap shows where a level is changed that is not there, or inserted
that is: from then on the book is unknown until the next snapshot.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from assay.sources.decode.arranged import arranged
from assay.sources.decode.depth import PACE_NS, THINNED, Side, tells, told
from assay.sources.decode.messages import OTHERS, within
from assay.sources.decode.refusals import refuse, refuse_holes, refuse_outside
from assay.sources.exchanges.bitmex import SIDES, nanoseconds, rows
from assay.sources.venue import Decoded, Feed, Piece
from assay.tables.table import DType

TABLES = ("orderBookL2", "orderBookL2_25")
"""The whole book, and its best 25 levels: a capture's book is of the first that it has."""
TYPES: dict[str, DType] = {"id": pl.Int64, "side": pl.String, "size": pl.Float64, "price": pl.Float64}
MOST = 1e18
LEVEL = ("run", "id", "side")


def books(raw: bytes, piece: Piece, feed: Feed, pace_ns: int = PACE_NS) -> Decoded:
    """Return the book after the last change of each second, known when that was received.

    Its time is the exchange's where messages tell one, which they did not always, else that of receipt. Sizes are
    contracts. Counts `depth_updates_without_a_book`, `depth_sequence_gaps` and `books_thinned`.
    """
    frame, others = rows(raw, piece, feed, TABLES[0], TYPES)
    if frame.is_empty():
        frame, others = rows(raw, piece, feed, TABLES[1], TYPES)
    events = _events(frame, piece)
    levels = _levels(frame.join(events.select("event", "run"), "event", how="left", maintain_order="left"), piece)
    broken = pl.col("event").is_in(levels.filter("broken")["event"].implode())
    runs = events.filter(pl.col("run") > 0).with_columns(n_broken=broken.cum_sum().over("run"))
    known = runs.filter(pl.col("n_broken") == 0)
    counts = {OTHERS: others, "depth_updates_without_a_book": events.height - known.height}
    counts["depth_sequence_gaps"] = runs.filter(pl.col("n_broken") > 0)["run"].n_unique()
    found = _told(known, levels, pace_ns)
    n_known = int(np.count_nonzero(~known["begins"].to_numpy()))
    return arranged(found, "book"), {**counts, THINNED: n_known - found.height}


def _events(frame: pl.DataFrame, piece: Piece) -> pl.DataFrame:
    """Return the messages: event, run (how many snapshots there were so far), begins, time, known_at."""
    told_at = frame.with_columns(nanoseconds("timestamp").alias("time"))
    wrong = told_at["time"].is_null() & frame["timestamp"].is_not_null()
    refuse(wrong, frame["timestamp"], "timestamp is a time", piece.path)
    events = told_at.group_by("event", maintain_order=True).agg(
        (pl.first("action") == "partial").alias("begins"), pl.first("received_ns"), pl.max("time")
    )
    time, run = pl.coalesce("time", "received_ns"), pl.col("begins").cum_sum()
    timed = events.with_columns(time.alias("time"), run.alias("run"))
    refuse_outside(timed, "time", *within(piece), piece.path)
    return timed.with_columns(pl.max_horizontal("time", "received_ns").alias("known_at"))


def _levels(frame: pl.DataFrame, piece: Piece) -> pl.DataFrame:
    """Return what messages say of levels, with price, size (0 for none), and whether it cannot be so."""
    said = frame.filter(~((pl.col("action") == "partial") & pl.col("id").is_null()))
    gone = pl.col("action") == "delete"
    price = pl.col("price").forward_fill().over("run", "id")
    sized = said.with_columns(price, pl.when(gone).then(0.0).otherwise("size").alias("size"))
    refuse_holes(sized, ("id", "size"), piece.path)
    refuse(~sized["side"].is_in(list(SIDES)).fill_null(value=False), sized["side"], "side is Buy or Sell", piece.path)
    before = pl.col("action").shift(1).over(LEVEL)
    there = before.is_not_null() & (before != "delete")
    changes = pl.col("action").is_in(["update", "delete"])
    levels = sized.with_columns(broken=(changes != there) | pl.col("price").is_null())
    for name in ("price", "size"):
        refuse(~levels[name].is_between(0, MOST), levels[name], f"{name} is a finite number, 0 or more", piece.path)
    return levels


def _told(known: pl.DataFrame, levels: pl.DataFrame, pace_ns: int) -> pl.DataFrame:
    begins, time_ns = known["begins"].to_numpy(), known["time"].to_numpy()
    shown = tells(time_ns, begins, pace_ns) if known.height else begins
    bids, asks = (_side(known, levels.filter(side=side)) for side in SIDES)
    return known.filter(shown).select("time", "known_at").hstack(told(bids, asks, begins, shown))


def _side(known: pl.DataFrame, levels: pl.DataFrame) -> Side:
    mine = levels.filter(pl.col("event").is_in(known["event"].implode()))
    first = np.append(np.searchsorted(mine["event"].to_numpy(), known["event"].to_numpy()), mine.height)
    return Side(first, mine["price"].to_numpy(), mine["size"].to_numpy())
