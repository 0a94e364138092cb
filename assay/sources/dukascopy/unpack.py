"""The container of a ``.bi5`` file: LZMA -> the bytes of its records."""

from __future__ import annotations

import lzma

from assay.errors import DataError
from assay.sources.decode.refusals import AGAIN

MEMORY = 1 << 28
"""Bytes that unpacking may take; a damaged header can ask for gigabytes."""


def unpacked(raw: bytes, record_bytes: int, most: int, rows: str, where: object) -> bytes:
    """Return the bytes of a file's records; nothing for an empty file.

    Parameters
    ----------
    raw
        The file: nothing, or LZMA (the "alone" container).
    record_bytes
        Bytes of a record.
    most
        Records that a file may hold; a damaged one can unpack to thousands of times its size.
    rows, where
        What the records are, and the file, for messages.

    Raises
    ------
    DataError
        If the bytes are not a whole number of records in one whole stream, or too many.
    """
    if not raw:
        return b""
    unpacker = lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=MEMORY)
    try:
        content = unpacker.decompress(raw, most * record_bytes + 1)
    except lzma.LZMAError as error:
        raise DataError(where, "must be LZMA", str(error).lower(), AGAIN) from None
    if len(content) > most * record_bytes:
        raise DataError(where, f"must hold {most} {rows} at most", "more", AGAIN)
    if not unpacker.eof:
        raise DataError(
            where, "must be a whole file", f"its end is missing after {len(content)} bytes of records", AGAIN
        )
    if unpacker.unused_data:
        raise DataError(where, "must end with its records", f"{len(unpacker.unused_data)} bytes more", AGAIN)
    if len(content) % record_bytes:
        raise DataError(where, f"must hold records of {record_bytes} bytes", f"{len(content)} bytes", AGAIN)
    return content
