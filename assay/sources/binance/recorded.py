"""Captures that are kept as Parquet: books of many levels, or trades, one row each.

Columns: `ts_ms` (received) and `exch_ts_ms` (the venue's time), milliseconds; `symbol`; and either `bids_px`,
`bids_qty`, `asks_px`, `asks_qty`, lists from the best on, or `price`, `qty` and `side`, the aggressor, buy or sell.
"""

from __future__ import annotations

import io

import polars as pl
import pyarrow as pa
from pyarrow import parquet

from assay.errors import DataError
from assay.sources.decode.arranged import arranged
from assay.sources.decode.columns import parquet_bytes, refuse_bomb
from assay.sources.decode.depth import LEVELS, PACE_NS, THINNED, paced
from assay.sources.decode.messages import OTHERS, within
from assay.sources.decode.refusals import refuse_holes, refuse_outside
from assay.sources.decode.times import MILLISECOND_NS
from assay.sources.venue import Decoded, Feed, Piece
from assay.tables.kinds import TABLES, Kind
from assay.tables.table import DType

MAGIC = b"PAR1"
KINDS: tuple[Kind, ...] = ("book", "trades")
KEYS: dict[str, DType] = {"ts_ms": pl.Int64, "exch_ts_ms": pl.Int64, "symbol": pl.String}
TRADE: dict[str, DType] = {"price": pl.Float64, "qty": pl.Float64, "side": pl.String}
BOOK = {"bids_px": "bid_prices", "bids_qty": "bid_sizes", "asks_px": "ask_prices", "asks_qty": "ask_sizes"}
BOOK_TYPES: dict[str, DType] = dict.fromkeys(BOOK, pl.List(pl.Float64))
MOST_ROWS = 10**7
_AGAIN = "record it again"


def rows(raw: bytes, piece: Piece, feed: Feed) -> Decoded:
    """Return the books or the trades of a file; of a file of the other kind, none.

    Counts `messages_of_other_symbols`, and of books `books_thinned`.

    Raises
    ------
    DataError
        If the file is not whole Parquet, or a value is missing or lies outside what it can be.
    """
    wanted = list(BOOK) if feed.kind == "book" else list(TRADE)
    frame = _read(raw, {**KEYS, **(BOOK_TYPES if feed.kind == "book" else TRADE)}, piece)
    if frame is None:
        return TABLES[feed.kind].empty(), {"files_of_other_kinds": 1}
    ours = frame.filter(pl.col("symbol").str.to_uppercase() == feed.venue_symbol.upper())
    refuse_holes(ours, ("ts_ms", "exch_ts_ms", *wanted), piece.path)
    first_ns, last_ns = within(piece)
    for name in ("ts_ms", "exch_ts_ms"):
        refuse_outside(ours, name, first_ns // MILLISECOND_NS, last_ns // MILLISECOND_NS, piece.path)
    known_ms = pl.max_horizontal("ts_ms", "exch_ts_ms")
    times = {"time": pl.col("exch_ts_ms") * MILLISECOND_NS, "known_at": known_ms * MILLISECOND_NS}
    timed = ours.with_columns(**times)
    told = _books(timed) if feed.kind == "book" else _trades(timed, piece)
    counts = {OTHERS: frame.height - ours.height}
    thinned = {THINNED: ours.height - told.height} if feed.kind == "book" else {}
    return arranged(told, feed.kind), counts | thinned


def _books(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the last book of each second, its best levels."""
    tells = paced(frame["time"].to_numpy(), PACE_NS)
    return frame.filter(tells).rename(BOOK).with_columns(pl.col(*BOOK.values()).list.head(LEVELS))


def _trades(frame: pl.DataFrame, piece: Piece) -> pl.DataFrame:
    side = pl.col("side").replace_strict({"buy": 1, "sell": -1}, default=None, return_dtype=pl.Int8)
    return refuse_holes(frame.with_columns(side, size=pl.col("qty")), ("side",), piece.path)


def _read(raw: bytes, types: dict[str, DType], piece: Piece) -> pl.DataFrame | None:
    """Return the named columns, or None if the file has other ones; Arrow reads, which damage does not make panic."""
    try:
        file = parquet.ParquetFile(io.BytesIO(raw))
        if not set(types) <= set(file.schema_arrow.names):
            return None
        if file.metadata.num_rows > MOST_ROWS:
            raise DataError(piece.path, f"must hold {MOST_ROWS} rows at most", file.metadata.num_rows, _AGAIN)
        refuse_bomb(parquet_bytes(file.metadata), len(raw), piece.path)
        there = file.read(list(types), use_threads=False)
        there.validate(full=True)
        return pl.DataFrame(there).select(pl.col(name).cast(dtype) for name, dtype in types.items())
    except (pa.ArrowException, pl.exceptions.PolarsError, OSError, UnicodeDecodeError) as error:
        found = str(error).partition("\n")[0][:200]
        raise DataError(piece.path, "must be whole Parquet", found, _AGAIN) from None
