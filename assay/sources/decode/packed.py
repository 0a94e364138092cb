"""Packed files of venues, ``.gz`` and ``.zip``, unpacked within a bound that is set before the first byte is."""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib

from assay.errors import DataError
from assay.sources.decode.refusals import AGAIN

MOST = 4 << 30
"""Bytes that one file may unpack to."""
RATIO = 250
"""Bytes per packed byte that market data may unpack to: text shrinks 3 to 50 times, a bomb 1,000 times."""
SPARE = 1 << 20
"""Bytes that any file may unpack to, however small."""
MEMBERS = 1_000
"""Gzip streams that may be joined in one file: a recorder begins a new one whenever it connects."""
GZIP = b"\x1f\x8b"
MAGIC = (GZIP, b"\x28\xb5\x2f\xfd", b"\x78\x01", b"\x78\x9c", b"\x78\xda", b"PK\x03\x04", b"BZh", b"\xfd7zXZ")
"""First bytes of gzip, zstd, zlib, zip, bzip2 and xz: what a reader of text would unpack without a bound."""

_BROKEN = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
    OSError,
)


def unpacked(raw: bytes, where: object) -> bytes:
    """Return what a file holds, unpacked if it is gzip.

    Raises
    ------
    DataError
        As in :func:`gunzip`.
    """
    return gunzip(raw, where) if raw.startswith(GZIP) else raw


def gunzip(raw: bytes, where: object) -> bytes:
    """Return what a gzip file holds, all of its joined streams.

    Raises
    ------
    DataError
        If a stream is damaged, unfinished or followed by something else, or if it unpacks to more than the bound.
    """
    bound, parts, size = _bound(raw), list[bytes](), 0
    for _ in range(MEMBERS):
        unpacker = zlib.decompressobj(wbits=31)
        try:
            parts.append(unpacker.decompress(raw, bound + 1 - size))
        except zlib.error as error:
            raise DataError(where, "must be whole gzip", str(error).lower(), AGAIN) from None
        size += len(parts[-1])
        if size > bound:
            raise DataError(where, f"must unpack to {bound} bytes at most", "more", AGAIN)
        if not unpacker.eof:
            raise DataError(where, "must be whole gzip", f"its end is missing after {size} bytes", AGAIN)
        raw = unpacker.unused_data
        if not raw:
            return b"".join(parts)
    raise DataError(where, f"must hold {MEMBERS} gzip streams at most", "more", AGAIN)


def unzip(raw: bytes, where: object) -> bytes:
    """Return what the only file in a zip holds.

    Raises
    ------
    DataError
        If the zip is damaged, holds none or several, or unpacks to more than the bound.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            return _only(archive, _bound(raw), where)
    except _BROKEN as error:
        raise DataError(where, "must be a whole zip", str(error)[:120] or type(error).__name__, AGAIN) from None


def _only(archive: zipfile.ZipFile, bound: int, where: object) -> bytes:
    entries = archive.infolist()
    if len(entries) != 1:
        raise DataError(where, "must hold one file", f"{len(entries)}", AGAIN)
    if entries[0].compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise DataError(where, "must be stored or deflated", f"method {entries[0].compress_type}", AGAIN)
    if entries[0].file_size > bound:
        raise DataError(where, f"must unpack to {bound} bytes at most", entries[0].file_size, AGAIN)
    with archive.open(entries[0]) as packed:
        content = packed.read(entries[0].file_size)
        if len(content) != entries[0].file_size or packed.read(1):
            raise DataError(where, "must hold as many bytes as it says", len(content), AGAIN)
    return content


def _bound(raw: bytes) -> int:
    return min(MOST, SPARE + RATIO * len(raw))
