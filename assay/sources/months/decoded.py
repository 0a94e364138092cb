"""Decoded months, kept beside the raw cache: what has not changed is not decoded again.

A month is found by a key that covers all it is made of: the hashes of its raw bytes, the parameters, and the code.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from assay import store
from assay.errors import AssayError, StoreError
from assay.sources.months.month import Month
from assay.sources.transport.disk import copied, if_writable, write_whole
from assay.sources.transport.raw import Raw
from assay.sources.venue import Feed

FOLDER = ".decoded"
ELSEWHERE = {
    "cache",
    "endpoint",
    "symbols",
    "universe",
    "start",
    "end",
    "more",
    "on_failure",
    "synthetic",
    "path",
    "fallback",
    "fallback_names",
    "label",
}
"""Parameters that a month does not depend on, but through its raw bytes and its range."""
_ROOT = Path(__file__).resolve().parents[2]
_CODE = ("*.py", "sources/**/*.py", "tables/**/*.py", "market/**/*.py", "store/**/*.py")
"""What a month's bytes come of, below the package."""
_LIBRARIES = ("polars", "numpy", "numba", "pyarrow", "pandera", "pydantic", "exchange_calendars", "tzdata")


class DecodedMonths:
    """The decoded months of one feed, in a folder per version of the code.

    Parameters
    ----------
    feed
        The feed.
    is_kept
        Whether months are kept; where the raw cache is sealed, they are not.
    """

    def __init__(self, feed: Feed, *, is_kept: bool) -> None:
        self._folder, self._is_kept = feed.root / FOLDER / code(), is_kept
        params = feed.params.model_dump(mode="json", exclude=ELSEWHERE)
        instrument = feed.instrument.model_dump(mode="json") if feed.instrument else None
        self._feed = [feed.kind, feed.symbol, feed.venue_symbol, params, instrument]

    def key(self, raws: Sequence[Raw], wanted: Month) -> str:
        """Return the name of what these bytes give of a month."""
        said = [self._feed, [(raw.piece.path, raw.sha256, raw.closed, raw.asked_ns) for raw in raws], wanted]
        return _digest(said)

    def find(self, key: str, table: Path) -> dict[str, Any] | None:
        """Return what was noted of a month, and put its table in place; None if it is not there or not whole."""
        notes = self._noted(key)
        if notes is None or notes["sha256"] is None:
            return notes
        kept = self._folder / f"{key}.parquet"
        if not kept.is_file() or store.sha256(kept) != notes["sha256"]:
            return None
        with store.writing() as beside:
            shutil.copyfile(kept, beside(table))
        return notes

    def keep(self, key: str, table: Path, notes: dict[str, Any]) -> None:
        """Keep a month: its table first, what is noted of it last."""
        if not self._is_kept:
            return
        said = json.dumps({"digest": _digest(notes), "notes": notes}).encode()
        try:
            with if_writable():
                if notes["sha256"] is not None:
                    copied(table, self._folder / f"{key}.parquet")
                write_whole(self._folder / f"{key}.json", said)
        except OSError as error:
            remedy = "free the disk or change the mode"
            raise StoreError(self._folder, "must be writable", error.strerror, remedy) from None

    def _noted(self, key: str) -> dict[str, Any] | None:
        """Return what was noted of a month; None if there is nothing, or if it was damaged."""
        path = self._folder / f"{key}.json"
        try:
            found = store.read_json(path) if self._is_kept and path.is_file() else {}
        except AssayError:
            return None
        whole = isinstance(found, dict) and found.get("digest") == _digest(found.get("notes"))
        return found["notes"] if whole else None


def prune(roots: Iterable[Path]) -> str:
    """Remove the months that other versions of the code have decoded; return a line that counts them."""
    folders = [folder for root in roots for folder in sorted((root / FOLDER).glob("*")) if folder.name != code()]
    n_months = sum(len(list(folder.glob("*.json"))) for folder in folders)
    for folder in folders:
        shutil.rmtree(folder)
    return f"{n_months} decoded months of other versions removed"


@cache
def code() -> str:
    """Return a name of the code that decodes and checks, and of the versions of its libraries."""
    digest = hashlib.sha256(_digest([version(name) for name in _LIBRARIES]).encode())
    for path in sorted(path for pattern in _CODE for path in _ROOT.glob(pattern)):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _digest(said: object) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
