"""The lines of a capture: when each message was received, and its JSON.

Two forms: "time JSON", the time in nanoseconds, microseconds or milliseconds by its length (hftbacktest's collector),
and "seconds.fraction: JSON" with addresses in between, "address -> seconds.fraction: JSON" for answers to questions
(cryptofeed).
"""

from __future__ import annotations

import io

import polars as pl

from assay.errors import DataError
from assay.sources.binance.clocks import SLACK_NS
from assay.sources.decode.packed import unpacked
from assay.sources.decode.refusals import refuse, refuse_outside
from assay.sources.venue import Piece
from assay.tables.table import DType

LINE = r"^(?:(\S+) -> )?(\d{10,19})(?:\.(\d{1,9}))?:? (\{.*\})\r?$"
ADDRESS = r"^(?:https?://|wss?://|configuration: )"
SECONDS_DIGITS, NANOSECONDS_DIGITS = 10, 19
FIRSTS = tuple(bytes([byte]) for byte in b"0123456789hcw\r\n")
"""How a line may begin; no magic number does, so the CSV reader, which would unpack without a bound, sees text only."""

_AGAIN = "record it again, or take the line out"


def lines(raw: bytes, piece: Piece) -> pl.DataFrame:
    """Return the messages in order: address (of an answer, else null), received_ns, json.

    `json` is an object whose entry `data` is the message, whether or not it came through a combined stream.

    Raises
    ------
    DataError
        If a line is neither a message nor an address, or if a time is not of 10, 13, 16 or 19 digits.
    """
    content = unpacked(raw, piece.path)
    if content and content[:1] not in FIRSTS:
        raise DataError(piece.path, "must be lines of text", repr(content[:20]), _AGAIN)
    try:
        written = pl.read_csv(
            io.BytesIO(content), has_header=False, separator="\x01", quote_char=None, schema={"line": pl.String}
        )["line"].drop_nulls()
    except pl.exceptions.NoDataError:
        written = pl.Series("line", dtype=pl.String)
    except pl.exceptions.PolarsError as error:
        found = str(error).partition("\n")[0][:200]
        raise DataError(piece.path, "must be lines of text", found, _AGAIN) from None
    parts = written.str.extract_groups(LINE).struct.unnest()
    parts.columns = ["address", "whole", "fraction", "message"]
    stray = parts["message"].is_null() & ~written.str.contains(ADDRESS)
    refuse(stray, written, "lines are time and message", piece.path, _AGAIN)
    return _timed(parts.filter(pl.col("message").is_not_null()), piece)


def _timed(parts: pl.DataFrame, piece: Piece) -> pl.DataFrame:
    n_digits = pl.col("whole").str.len_chars()
    digits = pl.col("whole") + pl.when(n_digits == SECONDS_DIGITS).then(pl.col("fraction").fill_null("")).otherwise(
        pl.lit("")
    )
    timed = parts.select(
        "address",
        digits.str.pad_end(NANOSECONDS_DIGITS, "0").cast(pl.Int64, strict=False).alias("received_ns"),
        pl.when(pl.col("message").str.starts_with('{"stream"'))
        .then(pl.col("message"))
        .otherwise('{"data":' + pl.col("message") + "}")
        .alias("json"),
    )
    wrong = ~parts["whole"].str.len_chars().is_in([10, 13, 16, 19]) | timed["received_ns"].is_null()
    refuse(wrong, parts["whole"], "times are of 10, 13, 16 or 19 digits", piece.path, _AGAIN)
    return refuse_outside(timed, "received_ns", *within(piece), piece.path)


def within(piece: Piece) -> tuple[int, int]:
    """Return the first and the last nanosecond that a message of a capture may name."""
    return piece.start_ns - SLACK_NS, piece.end_ns + SLACK_NS


def entries(messages: pl.DataFrame, types: dict[str, DType], piece: Piece) -> pl.DataFrame:
    """Return received_ns, and the named entries of the messages; what a message does not have is null.

    Raises
    ------
    DataError
        If a message is not JSON, or an entry cannot be of its type.
    """
    try:
        data = messages["json"].str.json_decode(pl.Struct({"data": pl.Struct(types)}))
    except pl.exceptions.PolarsError as error:
        found = str(error).partition("\n")[0][:200]
        raise DataError(piece.path, "messages must be the venue's JSON", found, _AGAIN) from None
    return messages.select("address", "received_ns").hstack(data.struct.field("data").struct.unnest())
