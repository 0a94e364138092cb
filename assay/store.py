"""The only reader and writer of artifacts: fixed settings, checked tables, and no half-written file."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import polars as pl

from assay.errors import DataError, StoreError
from assay.tables.table import Table

ROWS_PER_GROUP = 1 << 18
MOST_ROWS = 1 << 28
"""Rows of one table. A file of some kilobytes can claim more than any memory holds; a month of ticks has far fewer."""


def read_table(path: Path, table: Table) -> pl.DataFrame:
    """Read a Parquet file and check it against its contract."""
    return table.check(read_parquet(path), path)


def read_parquet(path: Path) -> pl.DataFrame:
    """Read a Parquet file of :data:`MOST_ROWS` at most; what cannot be read is one line that names it."""
    try:
        stored = pl.scan_parquet(path, glob=False)
        n_rows = stored.select(pl.len()).collect().item()
        if n_rows > MOST_ROWS:
            raise DataError(path, f"must hold {MOST_ROWS:,} rows at most", f"{n_rows:,}", "cut it into several files")
        return stored.collect()
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
    table.check(frame, _place(path))
    try:
        with writing() as beside:
            frame.write_parquet(
                beside(path), compression="zstd", compression_level=3, statistics=True, row_group_size=ROWS_PER_GROUP
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
            _place(path), "holds finite numbers only", str(error), "write null where a number does not exist"
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
        raise _unreadable(path, "must be readable", error) from None


@contextmanager
def writing() -> Iterator[Callable[[Path], Path]]:
    """Give a function from the place of an output to a path beside it; at the end put all outputs in their places.

    What is written beside may be a file or a folder. On failure no output changes, and no trace of the new ones is
    left. A process that is killed leaves old ones under other names, which the next writer puts right.
    """
    places: list[Path] = []

    def beside(path: Path) -> Path:
        places.append(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        _recover(path)
        return _part(path)

    try:
        yield beside
        _replace(places)
    except OSError as error:
        if not places:
            raise
        raise _unwritable(Path(error.filename2 or places[-1]), error.strerror or str(error)) from None
    finally:
        for path in places:
            _remove(_part(path))


def _replace(places: Sequence[Path]) -> None:
    """Put what was written beside each place into it: all or nothing."""
    with ExitStack() as undo:
        for path in places:
            if path.is_file() and _part(path).is_dir():
                raise _unwritable(path, "a file where a folder goes")
            if path.exists():
                path.replace(_old(path))
            undo.callback(_restore, path)
            _part(path).replace(path)
        undo.pop_all()
    for path in places:
        _remove(_old(path))


def _restore(path: Path) -> None:
    _remove(path)
    if _old(path).exists():
        _old(path).replace(path)


def _recover(path: Path) -> None:
    """Clear up after a writer that was killed."""
    _remove(_part(path))
    if _old(path).exists() and not path.exists():
        _old(path).replace(path)
    _remove(_old(path))


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    elif path.exists():
        path.unlink()


def _part(path: Path) -> Path:
    return path.with_name(f".{path.name}.part")


def _old(path: Path) -> Path:
    return path.with_name(f".{path.name}.old")


def _place(path: Path) -> Path:
    """Return where a path will be when all is in its place, for messages."""
    return Path(*(re.sub(r"^\.(.+)\.(part|old)$", r"\1", name) for name in path.parts))


def _unwritable(path: Path, found: str) -> StoreError:
    return StoreError(_place(path), "must be writable", found, "free the disk or change the mode")


def _unreadable(path: Path, rule: str, error: Exception) -> StoreError | DataError:
    if isinstance(error, FileNotFoundError):
        return StoreError(path, "must exist", "no such file", "run the stage that writes it: dvc repro")
    found = getattr(error, "strerror", None) or str(error).partition("\n")[0]
    return DataError(path, rule, found, "fetch it again or restore it: dvc checkout")
