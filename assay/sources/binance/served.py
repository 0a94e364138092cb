"""Answers of Binance's REST interface: JSON -> rows, nothing guessed."""

from __future__ import annotations

import polars as pl

from assay.errors import DataError
from assay.sources.decode.refusals import AGAIN, UnwantedError
from assay.sources.venue import Piece
from assay.tables.table import DType


def rows(raw: bytes, types: dict[str, DType], piece: Piece, *, listed: list[str] | None = None) -> pl.DataFrame:
    """Return the rows of an answer.

    Parameters
    ----------
    raw
        JSON: a list of objects, or of lists.
    types
        The columns that are wanted; text that holds numbers is text here.
    piece
        The question.
    listed
        Names of the entries, where each row is a list.

    Raises
    ------
    DataError
        If it is something else, such as the venue's complaint.
    """
    text = raw.strip()
    if not (text.startswith(b"[") and text.endswith(b"]")):
        raise DataError(piece.path, "must be a JSON list", repr(text[:120]), AGAIN)
    if text[1:-1].strip() == b"":
        return pl.DataFrame(schema=types)
    try:
        return _lists(text, types, listed) if listed else _objects(text, types)
    except (pl.exceptions.PolarsError, UnicodeDecodeError) as error:
        found = str(error).partition("\n")[0][:200]
        raise DataError(piece.path, "must be a JSON list of rows", found, AGAIN) from None


def refuse_full(frame: pl.DataFrame, limit: int, rule: str, piece: Piece) -> pl.DataFrame:
    """Return the rows of an answer that is not full; a full one may lack some.

    Raises
    ------
    UnwantedError
        If it has as many rows as an answer may have.
    """
    if frame.height >= limit:
        raise UnwantedError(piece.path, rule, frame.height, "leave data.endpoint empty for the archives")
    return frame


def _objects(text: bytes, types: dict[str, DType]) -> pl.DataFrame:
    return pl.Series([text.decode()]).str.json_decode(pl.List(pl.Struct(types))).explode().struct.unnest()


def _lists(text: bytes, types: dict[str, DType], listed: list[str]) -> pl.DataFrame:
    rows = pl.Series([text.decode()]).str.json_decode(pl.List(pl.List(pl.String))).explode()
    if (rows.list.len() != len(listed)).any():
        raise pl.exceptions.SchemaError(f"rows have {len(listed)} entries")
    cells = [rows.list.get(listed.index(name)).cast(dtype, strict=True).alias(name) for name, dtype in types.items()]
    return pl.DataFrame(cells)
