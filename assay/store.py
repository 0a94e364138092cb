"""The only reader and writer of artifacts: fixed settings, checked tables, and no half-written file."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl

from assay.errors import DataError, StoreError
from assay.tables.table import Table

ROWS_PER_GROUP = 1 << 18


def read_table(path: Path, table: Table) -> pl.DataFrame:
    """Read a Parquet file and check it against its contract."""
    return table.check(read_parquet(path), path)


def read_parquet(path: Path) -> pl.DataFrame:
    """Read a Parquet file; what cannot be read is one line that names it."""
    try:
        return pl.read_parquet(path, glob=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise _unreadable(path, "must be a Parquet file", error) from None


def ticks_of(folder: Path, symbol: str) -> list[Path]:
    """Return the tick files of one symbol in order of time, from ``<folder>/<source>/<symbol>/<YYYY-MM>.parquet``."""
    sources = sorted(folder.glob(f"*/{symbol}"))
    if len(sources) != 1:
        found = ", ".join(source.parent.name for source in sources) or "none"
        raise DataError(folder, f"must hold {symbol} from one source", found, "run the stage fetch: dvc repro fetch")
    return sorted(sources[0].glob("*.parquet"))


def write_table(path: Path, frame: pl.DataFrame, table: Table) -> None:
    """Check a frame and write it as Parquet with fixed settings, whole or not at all."""
    table.check(frame, path)
    try:
        with replacing(path) as part:
            frame.write_parquet(
                part, compression="zstd", compression_level=3, statistics=True, row_group_size=ROWS_PER_GROUP
            )
    except pl.exceptions.PolarsError as error:
        raise _unwritable(path, " ".join(str(error).split())) from None


def read_json(path: Path) -> Any:
    """Read a JSON file."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise _unreadable(path, "must be a JSON file", error) from None


def write_json(path: Path, content: Any) -> None:
    """Write JSON with sorted keys and shortest exact floats; NaN and infinity are refused."""
    try:
        text = json.dumps(content, sort_keys=True, indent=2, allow_nan=False, ensure_ascii=False)
    except ValueError as error:
        raise DataError(
            path, "holds finite numbers only", str(error), "write null where a number does not exist"
        ) from None
    write_bytes(path, f"{text}\n".encode())


def read_bytes(path: Path) -> bytes:
    """Read a file as it is."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(path, "must be readable", error) from None


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file, whole or not at all."""
    with replacing(path) as part:
        part.write_bytes(content)


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise _unreadable(path, "must be readable", error) from None


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a path to write beside, then put what was written in place of ``path``; on failure leave no trace.

    What is written may be one file or one folder; the old one is there until the new one is complete. A process that
    is killed leaves the old one, or a folder's old and new one under other names, which the next writer puts right.
    """
    part, old = path.with_name(f".{path.name}.part"), path.with_name(f".{path.name}.old")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _recover(path, part, old)
        yield part
        if path.is_dir():
            path.replace(old)
        part.replace(path)
        _remove(old)
    except OSError as error:
        raise _unwritable(path, error.strerror or str(error)) from None
    finally:
        _remove(part)


def _recover(path: Path, part: Path, old: Path) -> None:
    """Clear up after a writer that was killed."""
    _remove(part)
    if old.exists() and not path.exists():
        old.replace(path)
    _remove(old)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    elif path.exists():
        path.unlink()


def _unwritable(path: Path, found: str) -> StoreError:
    return StoreError(path, "must be writable", found, "free the disk or change the mode")


def _unreadable(path: Path, rule: str, error: Exception) -> StoreError | DataError:
    if isinstance(error, FileNotFoundError):
        return StoreError(path, "must exist", "no such file", "run the stage that writes it: dvc repro")
    found = getattr(error, "strerror", None) or str(error).partition("\n")[0]
    return DataError(path, rule, found, "fetch it again or restore it: dvc checkout")
