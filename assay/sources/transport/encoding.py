"""Answers that a venue compresses on the way although it was asked not to."""

from __future__ import annotations

import zlib

from assay.errors import TransportError
from assay.sources.transport.faults import AGAIN
from assay.sources.transport.part import Part

AUTO = zlib.MAX_WBITS | 32
"""zlib's word for: gzip or zlib, as the header says."""
PLAIN = ("", "identity")
UNWRAPPED = ("gzip", "x-gzip", "deflate")


def unwrap(part: Part, encoding: str, url: str, limit: int) -> None:
    """Leave in the part what the venue serves, without what was only for the way.

    A file whose address ends with ``.gz`` is kept as it is: venues call its own compression an encoding.

    Raises
    ------
    TransportError
        If the encoding is another one, the bytes are broken, or there are more of them than the limit.
    """
    if encoding in PLAIN or (encoding != "deflate" and url.partition("?")[0].endswith(".gz")):
        return
    if encoding not in UNWRAPPED:
        raise TransportError(url, "must be sent as it is", f"encoding {encoding}", "give another endpoint", final=True)
    try:
        part.replace(_unpacked(part.read(), url, limit))
    except zlib.error as error:
        part.empty()
        raise TransportError(url, f"must be {encoding}", str(error), AGAIN) from None


def _unpacked(packed: bytes, url: str, limit: int) -> bytes:
    """Return what is packed, member by member."""
    content = b""
    while packed:
        unpacker = zlib.decompressobj(AUTO)
        content += unpacker.decompress(packed, limit - len(content) + 1)
        if len(content) > limit:
            remedy = "set transport.largest_answer_mb higher if that is right"
            rule, found = "must not unpack to more than transport.largest_answer_mb", f"over {limit:,} bytes"
            raise TransportError(url, rule, found, remedy, final=True)
        if not unpacker.eof:
            raise zlib.error("its end is missing")
        packed = unpacker.unused_data
    return content
