"""Which files there are to read."""

from __future__ import annotations

from pathlib import Path

from assay.errors import DataError
from assay.sources.decode.chunk import reading
from assay.sources.params import FeedParams

_TEXT = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz")
_JSON = (".jsonl", ".ndjson", ".json", ".jsonl.gz", ".ndjson.gz", ".json.gz")
ENDINGS = {"parquet": (".parquet",), "csv": _TEXT, "feather": (".feather", ".arrow", ".ipc"), "jsonl": _JSON}
"""Names of files in a folder, by format; others are left alone. A file that is named itself may end in anything."""


def paths(params: FeedParams) -> list[Path]:
    """Return the file that `data.path` names, or the files of the folder that it names, in the order of their names.

    Raises
    ------
    DataError
        If there is none.
    """
    path = Path(params.path)
    with reading(path):
        if params.path and path.is_file():
            return [path]
        listed = sorted(path.iterdir()) if params.path and path.is_dir() else None
    if listed is None:
        raise DataError(params.path or "data.path", "must be a file or a folder", "no such file", "set data.path")
    endings = tuple(ending for name, those in ENDINGS.items() if params.format in ("auto", name) for ending in those)
    found = [file for file in listed if file.name.lower().endswith(endings) and not file.name.startswith(".")]
    odd = [file for file in found if file.exists() and not file.is_file()]
    if odd:
        raise DataError(odd[0], "must be a file", "a folder, a pipe or a device", "take it away")
    if not found:
        raise DataError(path, f"must hold files ending in {', '.join(endings)}", "none", "set data.path or data.format")
    return found
