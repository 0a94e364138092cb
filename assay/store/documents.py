"""JSON reports, folders and other files, as they are."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assay.errors import DataError
from assay.store.writing import place, unreadable, writing


def read_json(path: Path) -> Any:
    """Read a JSON file."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise unreadable(path, "must be a JSON file", error) from None


def write_json(path: Path, content: Any) -> None:
    """Write JSON with sorted keys and shortest exact floats; NaN and infinity are refused."""
    try:
        text = json.dumps(content, sort_keys=True, indent=2, allow_nan=False, ensure_ascii=False)
    except ValueError as error:
        raise DataError(
            place(path), "holds finite numbers only", str(error), "write null where a number does not exist"
        ) from None
    write_bytes(path, f"{text}\n".encode())


def read_bytes(path: Path) -> bytes:
    """Read a file as it is."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise unreadable(path, "must be readable", error) from None


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file, whole or not at all."""
    with writing() as beside:
        beside(path).write_bytes(content)


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write a folder of these files and no other, whole or not at all."""
    with writing() as beside:
        part = beside(folder)
        part.mkdir()
        for name, content in files.items():
            (part / name).write_bytes(content)


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise unreadable(path, "must be readable", error) from None
