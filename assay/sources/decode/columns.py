"""How much a file of columns, Parquet or Arrow IPC, says that it unpacks to, known before anything is unpacked.

Notes
-----
Parquet's footer has the bytes and the values of every column. An Arrow IPC file ends with a footer, its length and
`ARROW1`. The footer says where the batches lie, and a batch's metadata where its buffers do; if they are compressed,
each begins with its length unpacked, 8 bytes, -1 where it is not. Footer and metadata are flatbuffers: a table begins
with the distance back to its vtable, which has its own size and the table's and then the place of each field, two bytes
each; 0 stands for none (arrow.apache.org, "Columnar Format", File.fbs and Message.fbs).
"""

from __future__ import annotations

import struct

import pyarrow as pa
from pyarrow import parquet as pq

from assay.errors import DataError

RATIO = 1_000
"""Bytes per byte that a file of columns may unpack to: its times are not all alike, so few unpack to 100."""
SPARE = 1 << 26
"""Bytes that any file may unpack to, however small."""
WORD = 8
MAGIC = b"ARROW1"
GOES_ON = 0xFFFFFFFF
"""What stands before the length of a message, in files that are not very old."""
DICTIONARY = 2
"""Type of a message that holds a dictionary, whose values are a batch."""
_TYPE, _HEADER, _DATA, _BUFFERS, _COMPRESSION = 1, 2, 1, 2, 3
_BLOCKS = 2, 3
"""Fields by their number: of a message, of a dictionary, of a batch; and of the footer, dictionaries and batches."""


def refuse_bomb(n_bytes: int, size: int, where: object) -> None:
    """Refuse a file of a size that unpacks to more than it may.

    Raises
    ------
    DataError
        With the bound.
    """
    most = RATIO * size + SPARE
    if n_bytes > most:
        rule = f"must unpack to {most:,} bytes at most, being as long as it is"
        raise DataError(where, rule, f"{n_bytes:,}", "restore it or take it away")


def parquet_bytes(metadata: pq.FileMetaData) -> int:
    """Return the bytes that a Parquet file says it unpacks to, 8 a value at least.

    Raises
    ------
    pyarrow.ArrowInvalid
        If a group has other columns than the file; Arrow would end the process.
    """
    groups = [metadata.row_group(i) for i in range(metadata.num_row_groups)]
    if any(group.num_columns != metadata.num_columns for group in groups):
        raise pa.ArrowInvalid("groups must have the columns of the file")
    chunks = (group.column(i) for group in groups for i in range(metadata.num_columns))
    return sum(max(chunk.total_uncompressed_size, WORD * chunk.num_values) for chunk in chunks)


def arrow_bytes(content: pa.Buffer) -> int:
    """Return the bytes that the compressed buffers of an Arrow IPC file say they unpack to.

    Raises
    ------
    ValueError, struct.error
        If a place that it names does not lie in it.
    """
    tail = content.size - len(MAGIC) - 4
    footer = _part(content, tail - _number("<i", content, tail), tail)
    root = _number("<I", footer, 0)
    blocks = [block for number in _BLOCKS if _field(footer, root, number) for block in _blocks(footer, root, number)]
    return sum(max(n_bytes, 0) for block in blocks for n_bytes in _unpacked(content, *block))


def _blocks(footer: bytes, root: int, number: int) -> list[tuple[int, int]]:
    """Return where messages lie, and how long they are before their buffers."""
    start = _table(footer, root, number)
    listed = footer[start + 4 : start + 4 + 24 * _number("<I", footer, start)]
    return [(offset, length) for offset, length, _ in struct.iter_unpack("<qi4xq", listed)]


def _unpacked(content: pa.Buffer, offset: int, length: int) -> list[int]:
    """Return the lengths, unpacked, of the compressed buffers of a message."""
    before = 2 * 4 if _number("<I", content, offset) == GOES_ON else 4
    meta = _part(content, offset + before, offset + length)
    root = _number("<I", meta, 0)
    header, kind = _table(meta, root, _HEADER), _number("<B", meta, _field(meta, root, _TYPE))
    batch = _table(meta, header, _DATA) if kind == DICTIONARY else header
    if not _field(meta, batch, _COMPRESSION):
        return []
    buffers = _table(meta, batch, _BUFFERS)
    places = struct.iter_unpack("<qq", meta[buffers + 4 : buffers + 4 + 16 * _number("<I", meta, buffers)])
    return [_number("<q", content, offset + length + at) for at, n_bytes in places if n_bytes >= WORD]


def _part(content: pa.Buffer, first: int, end: int) -> bytes:
    if not 0 <= first <= end <= content.size:
        raise ValueError("parts must lie in the file")
    part: bytes = content.slice(first, end - first).to_pybytes()
    return part


def _table(meta: bytes, table: int, number: int) -> int:
    """Return where the table or vector lies that a field of a table refers to."""
    place = _field(meta, table, number)
    return place + _number("<I", meta, place)


def _field(meta: bytes, table: int, number: int) -> int:
    """Return the place of a field of a table; 0 if it has none."""
    vtable = table - _number("<i", meta, table)
    entry = 4 + 2 * number
    known = entry < _number("<H", meta, vtable)
    distance = _number("<H", meta, vtable + entry) if known else 0
    return table + distance if distance else 0


def _number(form: str, content: bytes | pa.Buffer, at: int) -> int:
    if at < 0:
        raise ValueError("parts must lie in the file")
    return int(struct.unpack_from(form, content, at)[0])
