"""What a feed gave: receipts of its months, what was done to its rows, and what a judgement of them needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assay.errors import DataError
from assay.sources.health.look_ahead import Finding
from assay.sources.labels import market
from assay.sources.venue import MAIN, Feed
from assay.tables.kinds import TABLES

_TOLD = ("n_rows", "first_at", "last_at", "sha256")


class NoRowError(DataError):
    """A range holds no row, of a kind that cannot be without."""


@dataclass
class Fetched:
    """What a feed gave.

    Parameters
    ----------
    feed
        The feed.
    files
        A receipt per month, in order of time: `file` (path below ``data``), `n_rows`, `first_at`, `last_at`, `origins`
        (raw file: SHA-256 of its bytes) and `sha256` of the table.
    rules
        How often each rule of the decoder and of the check was applied.
    found
        What was found out about files.
    parts
        What the report on the health of the data needs of each part.
    look_ahead
        Columns of files that know the future.
    instead
        Of a feed that stands in for another: `instead_of`, the other's source, and `because`, why that failed.
    """

    feed: Feed
    files: list[dict[str, Any]] = field(default_factory=list)
    rules: Counter[str] = field(default_factory=Counter)
    found: dict[str, Any] = field(default_factory=dict)
    parts: list[dict[str, Any]] = field(default_factory=list)
    look_ahead: list[Finding] = field(default_factory=list)
    instead: Mapping[str, str] = field(default_factory=dict)

    def add(self, notes: Mapping[str, Any], name: Path, origins: Mapping[str, str]) -> None:
        """Add a month, if it has rows."""
        self.parts += notes["parts"]
        if notes["n_rows"]:
            self.files.append({"file": name.as_posix(), **{key: notes[key] for key in _TOLD}, "origins": dict(origins)})

    def add_empty(self, name: Path, sha256: str) -> None:
        """Add the table without rows that stands for a range in which nothing happened, and count it."""
        notes = {"n_rows": 0, "first_at": None, "last_at": None, "sha256": sha256}
        self.files.append({"file": name.as_posix(), **notes, "origins": {}})
        self.rules["empty_tables"] += 1

    @property
    def last_at(self) -> str | None:
        """Time of the last row; None without rows."""
        return self.files[-1]["last_at"]

    def receipt(self) -> dict[str, Any]:
        """Return the feed's entry of the manifest.

        Returns
        -------
        dict
            `source` (the feed's label), `symbol`, `venue_symbol`, `kind`, `table`, `n_rows`, `first_at` and `last_at`
            (null without rows), and `rules`, `found`, `files` and what is in `instead` as above. Where the label says
            more or other than the source, `of` has the source and its market; of a feed of `data.more`, `entry` says
            which: bars are made of none that has it.
        """
        feed, files = self.feed, self.files
        return {
            "source": feed.label,
            "symbol": feed.symbol,
            "venue_symbol": feed.venue_symbol,
            "kind": feed.kind,
            "table": TABLES[feed.kind].name,
            "n_rows": sum(file["n_rows"] for file in files),
            "first_at": files[0]["first_at"],
            "last_at": self.last_at,
            "rules": dict(self.rules),
            "found": self.found,
            "files": files,
            **self.instead,
            **_origin(feed),
        }


def _origin(feed: Feed) -> dict[str, Any]:
    source = {"source": feed.params.source, "market": market(feed.params)}
    of = {"of": source} if feed.label != feed.params.source else {}
    return of if feed.entry == MAIN else {**of, "entry": feed.entry}
