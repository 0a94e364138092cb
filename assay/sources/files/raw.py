"""Bytes of a file: what they are, and text in blocks of whole lines, unpacked within a bound."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Literal, TypeAlias, cast

import numpy as np

from assay.errors import DataError
from assay.sources.decode.chunk import reading
from assay.sources.decode.packed import GZIP, MAGIC
from assay.sources.files.recorded import refuse_recorded
from assay.sources.params import FeedParams

Format: TypeAlias = Literal["parquet", "feather", "csv", "jsonl", "json"]

BOM = b"\xef\xbb\xbf"
MOST = 100
"""Bytes that a byte of a gzip file may become. Text of ticks is packed to a tenth or so, and never to a hundredth."""
STEP = 1 << 22
"""Bytes of a block of text: few enough to stay near the processor until they are a table."""
SIP = 1 << 18
"""Bytes that are read, hashed and looked through at a time."""
LINE = 1 << 24
"""Bytes of a line."""
HEAD = 1 << 18
"""Bytes by which a file is judged."""
Seen: TypeAlias = Callable[[bytes], object]
"""What is told of the bytes of a file as they are read, such as ``hashlib.sha256().update``."""
_BLANKS = b"\n\n", b"\n\r\n"


def format_of(path: Path, params: FeedParams) -> Format:
    """Return the format of a file by its first bytes; a format that params name is believed.

    Raises
    ------
    DataError
        If the file is empty, or a recorded websocket.
    """
    first = next(steps(path, HEAD), b"")
    if not first:
        raise DataError(path, "must hold rows", "an empty file", "restore it or take it away")
    refuse_recorded(first, path)
    text = first.removeprefix(BOM).lstrip()
    if params.format in ("parquet", "feather", "csv"):
        return cast("Format", params.format)
    if params.format == "jsonl" or text.startswith((b"{", b"[")):
        return "json" if text.startswith(b"[") else "jsonl"
    if first.startswith((b"PAR1", b"ARROW1")):
        return "parquet" if first.startswith(b"PAR1") else "feather"
    return "csv"


def steps(path: Path, size: int, seen: Seen = len) -> Iterator[bytes]:
    """Yield the content of a text file, unpacked if it is a gzip file, in parts of a size.

    ``seen`` is told all bytes of the file as they lie there, when the last part has been taken.

    Raises
    ------
    DataError
        If it cannot be read, is no whole gzip file, or unpacks to more than :data:`MOST` times its size.
    """
    with reading(path), path.open("rb") as file:
        is_packed = file.read(2) == GZIP
        file.seek(0)
        told, n_bytes = _Told(file, seen), 0
        for part in _unpacked(told, size, path) if is_packed else iter(lambda: told.read(size), b""):
            if n_bytes == 0 and part.startswith(MAGIC):
                raise DataError(path, "must be text, packed by gzip once at most", "packed bytes", "unpack it")
            n_bytes += len(part)
            if is_packed and n_bytes > MOST * path.stat().st_size:
                rule = f"must unpack to {MOST} times its size at most"
                raise DataError(path, rule, "more", "unpack it if it is what you want")
            yield part


class _Told:
    """A file that tells what is read of it."""

    def __init__(self, file: BinaryIO, seen: Seen) -> None:
        self._file, self._seen = file, seen

    def read(self, size: int) -> bytes:
        part = self._file.read(size)
        self._seen(part)
        return part


def _unpacked(file: _Told, size: int, path: Path) -> Iterator[bytes]:
    with _whole(path), gzip.open(cast("BinaryIO", file)) as stream:
        while part := stream.read(size):
            yield part


@contextmanager
def _whole(path: Path) -> Iterator[None]:
    try:
        yield
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataError(path, "must be a whole gzip file", str(error).lower(), "restore it or take it away") from None


def blocks(path: Path, seen: Seen = len) -> Iterator[bytes]:
    """Yield a text file in blocks of whole lines, without byte order mark; the last line gets an end if it has none.

    A line end between double quotes does not end a line. ``seen`` is told as by :func:`steps`.

    Raises
    ------
    DataError
        As :func:`steps`; and if there is a NUL byte, or a line longer than :data:`LINE`.
    """
    waiting, has_quotes = [b""], False
    for number, part in enumerate(steps(path, min(SIP, STEP), seen)):
        if b"\0" in part:
            raise DataError(path, "must be text", "a NUL byte", "write it as UTF-8, or restore it")
        has_quotes = has_quotes or b'"' in part
        waiting.append(part if number else part.removeprefix(BOM))
        if sum(map(len, waiting)) >= STEP:
            lines, rest = _whole_lines(waiting, has_quotes=has_quotes)
            waiting, has_quotes = [rest], b'"' in rest
            if len(rest) > LINE:
                raise DataError(path, f"must hold lines of {LINE} bytes at most", "a longer one", "check its quotes")
            yield from [lines] * bool(lines)
    last = b"".join(waiting).rstrip(b"\r\n")
    if last:
        yield last + b"\n"


def _whole_lines(parts: list[bytes], *, has_quotes: bool) -> tuple[bytes, bytes]:
    """Return the whole lines of parts of a text, and what follows them; blank lines at their end follow them."""
    *before, last = parts
    end = last.rfind(b"\n") + 1
    if end >= len(_BLANKS[-1]) and not last.endswith(_BLANKS, 0, end) and not has_quotes:
        return b"".join((*before, memoryview(last)[:end])), last[end:]
    text = b"".join(parts)
    end = _before_blanks(text, last_end(text))
    return text[:end], text[end:]


def _before_blanks(text: bytes, end: int) -> int:
    """Return where the last line ends that is not empty, among lines that end at a place: a file may end in others."""
    n_filled = len(text[:end].rstrip(b"\r\n"))
    return text.find(b"\n", n_filled, end) + 1 if n_filled else 0


def last_end(text: bytes) -> int:
    """Return where the last whole line ends."""
    if b'"' not in text:
        return text.rfind(b"\n") + 1
    ends = np.flatnonzero(outside(text) & (np.frombuffer(text, np.uint8) == ord("\n")))
    return int(ends[-1]) + 1 if ends.size else 0


def outside(text: bytes) -> np.ndarray:
    """Return for each byte whether an even number of double quotes stands before it."""
    quotes = np.frombuffer(text, np.uint8) == ord('"')
    return ~np.logical_xor.accumulate(quotes)
