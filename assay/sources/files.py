"""Parquet and CSV files of ticks, one or a folder of them, with columns named in params."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from assay.compute.progress import counted
from assay.errors import DataError, ParamsError
from assay.market.instruments import Instrument
from assay.sources.chunk import Chunk, read_raw, reading
from assay.sources.columns import quotes, trades
from assay.sources.params import ColumnParams, DataParams

ENDINGS = {"parquet": (".parquet",), "csv": (".csv", ".csv.gz")}
GZIP = b"\x1f\x8b"
PACKED = (GZIP, b"\x28\xb5\x2f\xfd", b"\x78\x01", b"\x78\x9c", b"\x78\xda")
"""First bytes of gzip, zstd and zlib, which Polars would unpack without a bound."""
MOST = 100
"""Bytes that a byte of a gzip file may become. Text of ticks is packed to a tenth or so, and never to a hundredth."""
STEP = 1 << 24


def ticks(params: DataParams, instrument: Instrument) -> Iterator[Chunk]:  # noqa: ARG001 - every source has this form
    """Yield one chunk per file, in the order of their names.

    Whether the files hold quotes or trades is decided by the columns that `data.columns` names.

    Raises
    ------
    ParamsError
        If the columns name neither a price nor a bid and an ask, or both.
    DataError
        If there is no file, or one cannot be read whole.
    """
    decode = quotes if _are_quotes(params.columns) else trades
    paths = _paths(params)
    for path in counted(paths, len(paths), "files"):
        raw, sha256 = read_raw(path)
        frame, rules = decode(_read(raw, path, params), params, path)
        yield Chunk(str(path), path.name, sha256, frame, rules)


def _are_quotes(columns: ColumnParams) -> bool:
    sides = bool(columns.bid), bool(columns.ask)
    if columns.price and not any(sides):
        return False
    if all(sides) and not columns.price:
        return True
    found = f"price {columns.price!r}, bid {columns.bid!r}, ask {columns.ask!r}"
    raise ParamsError(
        "data.columns", "must name price for trades, or bid and ask for quotes", found, "name them as the files do"
    )


def _paths(params: DataParams) -> list[Path]:
    """Return the files to read, by name."""
    path = Path(params.path)
    with reading(path):
        if params.path and path.is_file():
            return [path]
        listed = sorted(path.iterdir()) if params.path and path.is_dir() else None
    if listed is None:
        raise DataError(params.path or "data.path", "must be a file or a folder", "no such file", "set data.path")
    endings = tuple(ending for name, those in ENDINGS.items() if params.format in ("auto", name) for ending in those)
    found = [file for file in listed if file.name.endswith(endings) and not file.name.startswith(".")]
    if not found:
        raise DataError(path, f"must hold files ending in {', '.join(endings)}", "none", "set data.path or data.format")
    return found


def _read(raw: bytes, path: Path, params: DataParams) -> pl.DataFrame:
    """Return the named columns of a file, as they are: all of it or an error."""
    if not raw:
        raise DataError(path, "must hold ticks", "an empty file", "restore it or take it away")
    wanted = [name for name in params.columns.model_dump().values() if name]
    content = _unzipped(raw, path)
    if _is_csv(path, params) and content.startswith(PACKED):
        raise DataError(path, "must be text, packed by gzip once at most", "packed bytes", "unpack it")
    try:
        frame = _csv(content) if _is_csv(path, params) else pl.read_parquet(io.BytesIO(content))
    except (OSError, pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise DataError(
            path, "must be readable whole", str(error).partition("\n")[0], "restore it or take it away"
        ) from None
    for name in wanted:
        if name not in frame.columns:
            raise DataError(path, f"needs column {name}", ", ".join(frame.columns), "set data.columns")
        if f"{name}_duplicated_0" in frame.columns:
            raise DataError(path, f"needs one column {name}", "more than one", "give each column its own name")
    return frame.select(sorted(set(wanted)))


def _csv(content: bytes) -> pl.DataFrame:
    """Read every field as text, so that types never depend on the first rows."""
    return pl.read_csv(io.BytesIO(content), infer_schema=False)


def _is_csv(path: Path, params: DataParams) -> bool:
    if params.format != "auto":
        return params.format == "csv"
    for name, endings in ENDINGS.items():
        if path.name.endswith(endings):
            return name == "csv"
    raise DataError(path, "must end in .parquet, .csv or .csv.gz", path.suffix or "no ending", "set data.format")


def _unzipped(raw: bytes, path: Path) -> bytes:
    """Return the content of a gzip file; other bytes as they are."""
    if not raw.startswith(GZIP):
        return raw
    content = bytearray()
    try:
        with gzip.open(io.BytesIO(raw)) as file:
            while len(content) <= MOST * len(raw) and (part := file.read(STEP)):
                content += part
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(path, "must be a whole gzip file", str(error).lower(), "restore it or take it away") from None
    if len(content) > MOST * len(raw):
        raise DataError(
            path, f"must unpack to {MOST} times its size at most", "more", "unpack it if it is what you want"
        )
    return bytes(content)
