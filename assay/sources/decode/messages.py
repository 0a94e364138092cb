"""The lines of a capture: when each message was received, and its JSON.

Two forms: "time JSON", the time in nanoseconds, microseconds or milliseconds by its length (hftbacktest's collector),
and "seconds.fraction: JSON" with addresses in between, "address -> seconds.fraction: JSON" for answers to questions
(cryptofeed).
"""

from __future__ import annotations

import io
from typing import Any

import polars as pl

from assay.errors import DataError
from assay.sources.decode.packed import unpacked
from assay.sources.decode.refusals import refuse, refuse_outside
from assay.sources.decode.times import SLACK_NS
from assay.sources.venue import Piece

OTHERS = "messages_of_other_symbols"
"""Count of what a capture holds of other symbols."""
OBJECT, ANY = r"\{.*\}", r"[\[{].*[\]}]"
"""What a message may be: an object, or an array too."""
LINE = r"^(?:(\S+) -> )?(\d{10,19})(?:\.(\d{1,9}))?:? (%s)\r?$"
ADDRESS = r"^(?:https?://|wss?://|configuration: )"
SECONDS_DIGITS, NANOSECONDS_DIGITS = 10, 19
FIRSTS = tuple(bytes([byte]) for byte in b"0123456789hcw\r\n")
"""How a line may begin; no magic number does, so the CSV reader, which would unpack without a bound, sees text only."""

_AGAIN = "record it again, or take the line out"


def lines(raw: bytes, piece: Piece, form: str = OBJECT) -> pl.DataFrame:
    """Return the messages in order: address (of an answer, else null), received_ns, json.

    Raises
    ------
    DataError
        If a line is neither a message nor an address, or if a time is not of 10, 13, 16 or 19 digits.
    """
    written = _written(unpacked(raw, piece.path), piece)
    parts = written.str.extract_groups(LINE % form).struct.unnest()
    parts.columns = ["address", "whole", "fraction", "json"]
    stray = parts["json"].is_null() & ~written.str.contains(ADDRESS)
    refuse(stray, written, "lines are time and message", piece.path, _AGAIN)
    return _timed(parts.filter(pl.col("json").is_not_null()), piece)


def within(piece: Piece) -> tuple[int, int]:
    """Return the first and the last nanosecond that a message of a capture may name."""
    return piece.start_ns - SLACK_NS, piece.end_ns + SLACK_NS


def parsed(texts: pl.Series, dtype: Any, piece: Piece) -> pl.Series:
    """Return JSON texts as values of a type; what a message does not have is null.

    Raises
    ------
    DataError
        If a text is not JSON, or a value cannot be of its type.
    """
    try:
        return texts.str.json_decode(dtype)
    except pl.exceptions.PolarsError as error:
        found = str(error).partition("\n")[0][:200]
        raise DataError(piece.path, "messages must be the venue's JSON", found, _AGAIN) from None


def _written(content: bytes, piece: Piece) -> pl.Series:
    if content and content[:1] not in FIRSTS:
        raise DataError(piece.path, "must be lines of text", repr(content[:20]), _AGAIN)
    try:
        return pl.read_csv(
            io.BytesIO(content), has_header=False, separator="\x01", quote_char=None, schema={"line": pl.String}
        )["line"].drop_nulls()
    except pl.exceptions.NoDataError:
        return pl.Series("line", dtype=pl.String)
    except pl.exceptions.PolarsError as error:
        found = str(error).partition("\n")[0][:200]
        raise DataError(piece.path, "must be lines of text", found, _AGAIN) from None


def _timed(parts: pl.DataFrame, piece: Piece) -> pl.DataFrame:
    is_seconds = pl.col("whole").str.len_chars() == SECONDS_DIGITS
    digits = pl.col("whole") + pl.when(is_seconds).then(pl.col("fraction").fill_null("")).otherwise(pl.lit(""))
    received = digits.str.pad_end(NANOSECONDS_DIGITS, "0").cast(pl.Int64, strict=False)
    timed = parts.select("address", received.alias("received_ns"), "json")
    wrong = ~parts["whole"].str.len_chars().is_in([10, 13, 16, 19]) | timed["received_ns"].is_null()
    refuse(wrong, parts["whole"], "times are of 10, 13, 16 or 19 digits", piece.path, _AGAIN)
    return refuse_outside(timed, "received_ns", *within(piece), piece.path)
