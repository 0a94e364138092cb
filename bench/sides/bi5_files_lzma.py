"""LZMA alone: bytes as served to unread records."""

from __future__ import annotations

from pathlib import Path

from bench.bi5_input import read, unpacked

PACKAGES = ()
_RECORD = 20


def prepare(folder: Path) -> list[bytes]:
    """Read the files."""
    return read(folder)


def work(files: list[bytes]) -> list[bytes]:
    """Unpack each hour."""
    return [unpacked(raw) for raw in files]


def answer(contents: list[bytes]) -> dict[str, float]:
    """Return the number of records."""
    return {"n_rows": sum(map(len, contents)) // _RECORD}
