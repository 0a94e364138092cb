"""Kraken's order book of a capture: a snapshot, the changes from there on, and the exchange's checksum after each.

Notes
-----
After each change the book is cut to the levels that are subscribed to: the exchange does not tell of what falls behind
them, and tells of it anew when it comes back (docs.kraken.com, "Book checksum (WebSocket v1)"). The stream has no
numbers, so the checksum is what shows a gap: after one that differs the book is unknown until the next snapshot.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from assay.sources.decode.arranged import arranged
from assay.sources.decode.depth import PACE_NS, THINNED, Side, tells, told
from assay.sources.decode.messages import OTHERS, parsed, within
from assay.sources.decode.refusals import refuse, refuse_holes, refuse_outside
from assay.sources.decode.times import from_decimal_seconds
from assay.sources.exchanges.checksum import UNCHECKED, Digits, sound
from assay.sources.exchanges.kraken import CELLS, of
from assay.sources.venue import Decoded, Feed, Piece
from assay.types import Flags, Ints

LEVELS = pl.List(CELLS)
SAID = pl.List(pl.Struct({"as": LEVELS, "bs": LEVELS, "a": LEVELS, "b": LEVELS, "c": pl.String}))
NUMBER = r"^\d{1,17}\.\d{1,17}$"
MOST_CHECKSUM = 0xFFFFFFFF


def books(raw: bytes, piece: Piece, feed: Feed, pace_ns: int = PACE_NS) -> Decoded:
    """Return the book after the last change of each second, known when that was received.

    Its time is the exchange's, of the latest change so far. Counts `depth_updates_without_a_book`,
    `depth_checksums_wrong` and `books_thinned`. Where a capture has several depths, the deepest is taken.
    """
    messages, others = of(raw, piece, feed, "book")
    messages = messages.with_columns(pl.col("depth").cast(pl.Int64, strict=False).fill_null(0))
    messages = messages.filter(pl.col("depth") == pl.col("depth").max())
    n_kept = messages["depth"][0] if messages.height else 0
    parts = _parts(messages, piece)
    sides = {name: _rows(parts, name, piece) for name in ("bids", "asks")}
    events, checksums = _events(parts, sides, messages["received_ns"], piece)
    begins = events["begins"].to_numpy()
    bids, asks = (_digits(side, events.height) for side in sides.values())
    known = sound(bids, asks, begins, checksums, n_kept)
    breaks = ~known[1:] & known[:-1]
    counts = {OTHERS: others, "depth_updates_without_a_book": int(np.count_nonzero(~known))}
    counts["depth_checksums_wrong"] = int(np.count_nonzero(breaks))
    rows = _told(events, sides, known, n_kept, pace_ns)
    n_known = int(np.count_nonzero(known & ~begins))
    return arranged(rows, "book"), {**counts, THINNED: n_known - rows.height}


def _parts(messages: pl.DataFrame, piece: Piece) -> pl.DataFrame:
    """Return what was said, one row per object, of which a message has one or two, with the message's number."""
    wrapped = messages.select(("[" + pl.col("said") + "]").alias("said"))["said"]
    said = parsed(wrapped, SAID, piece)
    numbered = pl.DataFrame({"event": pl.int_range(messages.height, eager=True), "said": said})
    parts = numbered.explode("said", empty_as_null=False).unnest("said")
    whole = parts["as"].is_not_null() | parts["bs"].is_not_null()
    changes = parts["a"].is_not_null() | parts["b"].is_not_null()
    refuse(whole == changes, parts["event"], "messages hold a snapshot or changes of a book", piece.path)
    return parts.with_columns(
        pl.coalesce("as", "a").alias("asks"), pl.coalesce("bs", "b").alias("bids"), whole.alias("whole")
    )


def _rows(parts: pl.DataFrame, name: str, piece: Piece) -> pl.DataFrame:
    """Return the levels of a side: event, price, size, their digits, and time."""
    rows = parts.select("event", name).drop_nulls().explode(name, empty_as_null=False)
    cells = rows[name].list
    refuse(~cells.len().is_between(3, 4), rows[name], "levels are price, size, time", piece.path)
    text = pl.DataFrame({"event": rows["event"], "price": cells.get(0), "size": cells.get(1), "time": cells.get(2)})
    for column in ("price", "size"):
        is_number = text[column].str.contains(NUMBER).fill_null(value=False)
        decimals = text[column].str.extract(r"\.(\d+)$").str.len_chars()
        refuse(~is_number, text[column], f"{column} is a decimal", piece.path)
        refuse(decimals.diff() != 0, text[column], f"{column} has as many decimals as the one before", piece.path)
    digits = pl.col("price", "size").str.replace(".", "", literal=True).cast(pl.Int64, strict=False)
    timed = text.with_columns(digits.name.suffix("_digits"), from_decimal_seconds(pl.col("time")).alias("time"))
    refuse_holes(timed, ("price_digits", "size_digits", "time"), piece.path)
    refuse_outside(timed, "price_digits", 1, (1 << 63) - 1, piece.path)
    return timed.with_columns(pl.col("price", "size").cast(pl.Float64))


def _events(
    parts: pl.DataFrame, sides: dict[str, pl.DataFrame], received_ns: pl.Series, piece: Piece
) -> tuple[pl.DataFrame, Ints]:
    """Return begins, time and known_at of each message, and its checksum, or `UNCHECKED` where it has none."""
    latest = pl.concat([side.select("event", "time") for side in sides.values()]).group_by("event").agg(pl.max("time"))
    said = parts.group_by("event", maintain_order=True).agg(pl.any("whole"), pl.col("c").drop_nulls().last())
    time = pl.col("time").cum_max().forward_fill()
    joined = said.join(latest, "event", how="left", maintain_order="left").with_columns(time)
    timed = joined.select(pl.col("whole").alias("begins"), pl.coalesce("time", received_ns).alias("time"), "c")
    refuse_outside(timed, "time", *within(piece), piece.path)
    sums = timed["c"].cast(pl.Int64, strict=False)
    wrong = timed["c"].is_not_null() & ~sums.is_between(0, MOST_CHECKSUM).fill_null(value=False)
    refuse(wrong, timed["c"], "checksums are whole numbers of 32 bits", piece.path)
    known = timed.with_columns(pl.max_horizontal("time", received_ns).alias("known_at"))
    return known, sums.fill_null(UNCHECKED).to_numpy()


def _digits(side: pl.DataFrame, n_events: int) -> Digits:
    return Digits(_first(side, n_events), side["price_digits"].to_numpy(), side["size_digits"].to_numpy())


def _first(side: pl.DataFrame, n_events: int) -> Ints:
    return np.searchsorted(side["event"].to_numpy(), np.arange(n_events + 1))


def _told(
    events: pl.DataFrame, sides: dict[str, pl.DataFrame], known: Flags, n_kept: int, pace_ns: int
) -> pl.DataFrame:
    """Return the rows of the book over the updates that it is known after; the others change nothing in it."""
    begins = events["begins"].to_numpy()
    runs = events.filter(known)
    shown = np.zeros(known.size, np.bool_)
    shown[known] = tells(runs["time"].to_numpy(), runs["begins"].to_numpy(), pace_ns) if runs.height else False
    bids, asks = (
        Side(_first(side, known.size), side["price"].to_numpy(), side["size"].to_numpy()) for side in sides.values()
    )
    return events.filter(shown).select("time", "known_at").hstack(told(bids, asks, begins, shown, n_kept=n_kept))
