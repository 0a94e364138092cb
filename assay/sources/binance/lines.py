"""The messages of a capture, whether or not they came through a combined stream, which wraps them."""

from __future__ import annotations

import polars as pl

from assay.sources.decode.messages import parsed
from assay.sources.venue import Piece
from assay.tables.table import DType

WRAPPED = '{"stream"'


def entries(messages: pl.DataFrame, types: dict[str, DType], piece: Piece) -> pl.DataFrame:
    """Return address, received_ns, and the named entries of the messages; what a message does not have is null.

    Raises
    ------
    DataError
        If a message is not JSON, or an entry cannot be of its type.
    """
    json = pl.col("json")
    wrapped = pl.when(json.str.starts_with(WRAPPED)).then(json).otherwise('{"data":' + json + "}")
    data = parsed(messages.select(wrapped.alias("json"))["json"], pl.Struct({"data": pl.Struct(types)}), piece)
    return messages.select("address", "received_ns").hstack(data.struct.field("data").struct.unnest())
