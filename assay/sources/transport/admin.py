"""What ``assay cache`` shows and does: list, verify, prune. Functions return lines of text."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assay.errors import AssayError, ParamsError
from assay.market.zones import DAY_NS
from assay.sources.transport import receipts
from assay.sources.transport.cache import PARTS, RECEIPTS, Cache, is_visible, receipt_place, refuse_corrupt
from assay.sources.transport.crypt import Cipher
from assay.sources.transport.disk import is_idle
from assay.sources.transport.receipts import Receipt


@dataclass(frozen=True)
class Entry:
    """One receipt of a cache, and whether its bytes are there."""

    cache: Cache
    path: str
    receipt: Receipt

    @property
    def place(self) -> Path:
        """Where its bytes lie."""
        return self.cache.place(self.path)


def entries(roots: Iterable[Path], cipher: Cipher) -> Iterator[Entry]:
    """Yield what has a receipt, cache by cache, in order of the paths.

    Raises
    ------
    DataError
        If a receipt cannot be read.
    """
    for root in roots:
        folder, cache = root / RECEIPTS, Cache(root, cipher)
        for place in sorted(folder.rglob("*.json")):
            receipt = receipts.read(place)
            if receipt and not place.name.startswith("."):
                yield Entry(cache, place.relative_to(folder).as_posix().removesuffix(".json"), receipt)


def ls(roots: Iterable[Path], cipher: Cipher) -> list[str]:
    """Return a line per source, symbol and kind: files, bytes, period; and one per cache for files never used yet."""
    roots = list(roots)
    groups: dict[tuple[str, str, str], list[Entry]] = defaultdict(list)
    for entry in entries(roots, cipher):
        groups[entry.receipt.source, entry.receipt.symbol, entry.receipt.kind].append(entry)
    lines = [_line(*name, group) for name, group in sorted(groups.items())]
    return [*lines, *(line for root in roots if (line := _unused(root)))] or ["the raw cache is empty"]


def verify(roots: Iterable[Path], cipher: Cipher) -> tuple[list[str], bool]:
    """Compare all bytes with their receipts.

    Returns
    -------
    tuple
        What is wrong, with a last line that counts, and whether all is right. Bytes that were pruned are no fault.

    Raises
    ------
    ParamsError
        If bytes are encrypted and there is no key: nothing is known of them, and nothing is to be had again.
    """
    held = [entry for entry in entries(roots, cipher) if entry.place.is_file()]
    wrong = [line for entry in held if (line := _fault(entry))]
    return [*wrong, f"{len(held)} files, {len(wrong)} wrong"], not wrong


def prune(
    roots: Iterable[Path], cipher: Cipher, now_ns: int, *, older_than_days: float | None = None, source: str = ""
) -> list[str]:
    """Remove parts of downloads that were cut, and, if asked, bytes that the venue can be asked for again.

    Receipts stay, so that a revision is still seen. What was put there by hand is never removed.

    Parameters
    ----------
    roots
        The caches.
    cipher
        How they are stored.
    now_ns
        The time, nanoseconds since 1970-01-01 UTC.
    older_than_days
        Remove what was asked longer ago than this.
    source
        Remove what comes from this source; with `older_than_days`, only that.
    """
    roots = list(roots)
    chosen = [] if older_than_days is None and not source else list(entries(roots, cipher))
    before_ns = now_ns - (older_than_days or 0.0) * DAY_NS
    bytes_of = [entry.place for entry in chosen if _may_go(entry, source, before_ns)]
    parts = [path for root in roots for path in sorted((root / PARTS).rglob("*")) if is_idle(path)]
    return [_removed(bytes_of, "files"), _removed(parts, "parts of downloads")]


def _unused(root: Path) -> str:
    """Return how many files have no receipt yet; nothing if all have one."""
    paths = [path for path in root.rglob("[!.]*") if path.is_file() and is_visible(path.relative_to(root))]
    bare = [path for path in paths if not receipt_place(root, path.relative_to(root)).exists()]
    n_bytes = sum(path.stat().st_size for path in bare)
    return f"{root}: {len(bare):,} files, {n_bytes:,} bytes, not used yet" if bare else ""


def _may_go(entry: Entry, source: str, before_ns: float) -> bool:
    receipt = entry.receipt
    is_chosen = source in ("", receipt.source) and receipt.asked_ns <= before_ns
    return is_chosen and not receipt.by_hand and entry.place.is_file()


def _removed(paths: Sequence[Path], what: str) -> str:
    n_bytes = sum(path.stat().st_size for path in paths)
    for path in paths:
        path.unlink()
    return f"{len(paths)} {what} removed, {n_bytes:,} bytes"


def _line(source: str, symbol: str, kind: str, group: Sequence[Entry]) -> str:
    held = [entry.receipt for entry in group if entry.place.is_file()]
    first, last = min(e.receipt.start_at for e in group), max(e.receipt.end_at for e in group)
    n_bytes = sum(receipt.n_bytes for receipt in held)
    pruned = f", {len(group) - len(held)} pruned" if len(held) < len(group) else ""
    return f"{source} {symbol} {kind}: {len(held):,} files, {n_bytes:,} bytes, {first} to {last}{pruned}"


def _fault(entry: Entry) -> str:
    """Return what is wrong with the bytes of an entry; nothing if they are right."""
    try:
        found = hashlib.sha256(entry.cache.plain(entry.path)).hexdigest()
        refuse_corrupt(entry.place, found, entry.receipt.sha256)
    except ParamsError:
        raise
    except (AssayError, OSError) as error:
        return str(error)
    return ""
