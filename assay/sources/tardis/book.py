"""Order books of Tardis: snapshots of 25 levels, or the updates that every book can be made of."""

from __future__ import annotations

import numpy as np
import polars as pl

from assay.sources.decode.arranged import arranged
from assay.sources.decode.depth import LEVELS, PACE_NS, THINNED, Side, paced, told
from assay.sources.decode.refusals import refuse, refuse_holes
from assay.sources.decode.times import MICROSECOND_NS
from assay.sources.tardis.rows import table
from assay.sources.venue import Decoded, Feed, Piece
from assay.tables.table import DType
from assay.types import Ints

MOST = 1e18
SIDES = ("bids", "asks")


def snapshots(raw: bytes, piece: Piece, feed: Feed, pace_ns: int = PACE_NS) -> Decoded:
    """Return the last snapshot of each second, its best 20 levels; a book of fewer levels has shorter lists.

    Counts `books_thinned`: the other snapshots.
    """
    names = [f"{side}[{i}].{of}" for side in SIDES for of in ("price", "amount") for i in range(LEVELS)]
    frame = table(raw, dict.fromkeys(names, pl.Float64), piece, feed)
    last = frame.filter(paced((frame["timestamp"] * MICROSECOND_NS).to_numpy(), pace_ns))
    lists = {
        f"{side[:-1]}_{ours}": pl.concat_list(f"{side}[{i}].{theirs}" for i in range(LEVELS)).list.drop_nulls()
        for side in SIDES
        for ours, theirs in (("prices", "price"), ("sizes", "amount"))
    }
    return arranged(last.select("time", "known_at", **lists), "book"), {THINNED: frame.height - last.height}


def updates(raw: bytes, piece: Piece, feed: Feed, pace_ns: int = PACE_NS) -> Decoded:
    """Return the book at the exchange's time of the last message of each second, 20 levels a side.

    Rows of one receipt are one message; `is_snapshot` after updates begins the book anew. Counts
    `depth_updates_without_a_book`, rows before the first snapshot, and `books_thinned`, messages after which the book
    is not told.
    """
    types: dict[str, DType] = {"is_snapshot": pl.String, "side": pl.String, "price": pl.Float64, "amount": pl.Float64}
    frame = refuse_holes(table(raw, types, piece, feed), list(types), piece.path)
    wrong = ~(frame["side"].is_in(["bid", "ask"]) & frame["is_snapshot"].is_in(["true", "false"]))
    wrong |= ~(frame["price"].is_between(0, MOST) & frame["amount"].is_between(0, MOST))
    refuse(wrong, frame, "must be an update of a book", piece.path)
    whole = frame["is_snapshot"] == "true"
    before = int(whole.arg_max() or 0) if whole.any() else frame.height
    rows, n_thinned = _told(frame[before:], whole[before:], pace_ns)
    return arranged(rows, "book"), {"depth_updates_without_a_book": before, THINNED: n_thinned}


def _told(frame: pl.DataFrame, whole: pl.Series, pace_ns: int) -> tuple[pl.DataFrame, int]:
    """Return the book after the messages that are told, and how many are not."""
    starts = (frame["local_timestamp"] != frame["local_timestamp"].shift(1)) | (whole != whole.shift(1))
    message = starts.fill_null(value=True).cast(pl.Int64).cum_sum() - 1
    firsts = np.append(np.flatnonzero(message.diff().fill_null(1).to_numpy()), frame.height)
    first = frame[firsts[:-1]]
    snapshot = whole.to_numpy()[firsts[:-1]]
    begins = snapshot & ~np.append(False, snapshot[:-1]) if snapshot.size else snapshot
    tells = paced((first["timestamp"] * MICROSECOND_NS).to_numpy(), pace_ns)
    bids, asks = (_side(frame, message, firsts.size - 1, side) for side in ("bid", "ask"))
    rows = first.filter(tells).select("time", "known_at").hstack(told(bids, asks, begins, tells))
    return rows, first.height - rows.height


def _side(frame: pl.DataFrame, message: pl.Series, n_messages: int, side: str) -> Side:
    of_side = frame["side"] == side
    rows = frame.filter(of_side)
    first: Ints = np.searchsorted(message.filter(of_side).to_numpy(), np.arange(n_messages + 1))
    return Side(first, rows["price"].to_numpy(), rows["amount"].to_numpy())
