"""What has arrived of an answer so far."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import BinaryIO

from assay.sources.transport.secrets import redacted

BLOCK = 1 << 20


class Part:
    """An answer on its way: bytes, and what is needed to go on with it after a cut.

    Parameters
    ----------
    file
        Where the bytes go, readable and writable.
    note
        Beside it, the address and version that the bytes belong to; None where nothing may outlive the process.
    """

    def __init__(self, file: BinaryIO, note: Path | None = None) -> None:
        self._file, self._note = file, note
        self._origin = _noted(note)

    @property
    def size(self) -> int:
        """Bytes that are there."""
        return self._file.seek(0, os.SEEK_END)

    def version(self, url: str) -> str:
        """Return the version of the address that the bytes belong to; empty if they cannot be gone on with."""
        return self._origin.get("version", "") if self.size and self._origin.get("url") == redacted(url) else ""

    def begin(self, url: str, version: str) -> None:
        """Start anew with a version of an address."""
        self.empty()
        self._origin = {"url": redacted(url), "version": version}
        if self._note:
            self._note.write_text(json.dumps(self._origin), encoding="utf-8")

    def write(self, block: bytes) -> None:
        """Add bytes at the end."""
        self._file.seek(0, os.SEEK_END)
        self._file.write(block)

    def empty(self) -> None:
        """Forget all bytes."""
        self._file.seek(0)
        self._file.truncate()
        self._origin = {}

    def replace(self, content: bytes) -> None:
        """Put other bytes in place of those that arrived."""
        self.empty()
        self.write(content)

    def flush(self) -> None:
        """Hand all bytes to the system."""
        self._file.flush()

    def read(self) -> bytes:
        """Return all bytes."""
        self._file.seek(0)
        return self._file.read()

    def sha256(self) -> str:
        """Return the SHA-256 of all bytes, in hexadecimal."""
        self._file.seek(0)
        found = hashlib.sha256()
        while block := self._file.read(BLOCK):
            found.update(block)
        return found.hexdigest()


def _noted(note: Path | None) -> dict[str, str]:
    """Return what was written beside an older part; nothing if it is not whole."""
    try:
        found = json.loads(note.read_text(encoding="utf-8")) if note else {}
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
