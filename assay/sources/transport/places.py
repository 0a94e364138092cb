"""Where the raw cache keeps what is its own: receipts, parts, the notes beside them, and what was put aside."""

from __future__ import annotations

from pathlib import Path, PurePath

RECEIPTS, PARTS, REVISIONS = ".receipts", ".parts", ".revisions"
FROM, RECEIPT = ".from", ".receipt.json"
"""Ends of the names of notes beside a part: where its bytes are from, and the receipt that it will have."""


def receipt_place(root: Path, path: PurePath) -> Path:
    """Return where the receipt of a path lies."""
    return root / RECEIPTS / path.parent / f"{path.name}.json"


def is_visible(path: PurePath) -> bool:
    """Return whether a path below the cache holds a venue's bytes, and not the cache's own."""
    return not any(name.startswith(".") for name in path.parts)


def part_of(path: Path) -> Path:
    """Return the part that a file below ``.parts`` belongs to: itself, or the one that it is a note of."""
    return path.with_name(path.name.removesuffix(FROM).removesuffix(RECEIPT))


def note_of(part: Path, end: str) -> Path:
    """Return the note beside a part whose name ends so."""
    return part.with_name(f"{part.name}{end}")
