"""What ``assay cache`` shows and does: list, verify, prune. Functions return lines of text."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assay.errors import AssayError, ParamsError, StoreError
from assay.market.zones import DAY_NS
from assay.sources.transport import receipts
from assay.sources.transport.cache import Cache, refuse_corrupt
from assay.sources.transport.crypt import Cipher
from assay.sources.transport.disk import is_idle
from assay.sources.transport.places import PARTS, RECEIPT, RECEIPTS, is_visible, part_of, receipt_place
from assay.sources.transport.receipts import Receipt

SOON_NS = DAY_NS
"""What the venue will not serve so far from now counts as no longer served: time to fetch it once more."""
UNSERVED, BY_HAND = "the venue no longer serves them", "they were put there by hand"


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
    roots: Iterable[Path],
    cipher: Cipher,
    now_ns: int,
    *,
    older_than_days: float | None = None,
    source: str = "",
    also_unserved: bool = False,
) -> list[str]:
    """Remove parts of downloads that were cut, and, if asked, bytes that the venue can be asked for again.

    Receipts stay, so that a revision is still seen. Spared, and counted, is what could not be had again: what the
    venue no longer serves, or will not a day from now, and what was put there by hand.

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
    also_unserved
        Remove what the venue no longer serves too, for good; never what was put there by hand.

    Raises
    ------
    StoreError
        If a file cannot be removed; those before it are gone.
    """
    roots = list(roots)
    listed = [] if older_than_days is None and not source else list(entries(roots, cipher))
    before_ns = now_ns - (older_than_days or 0.0) * DAY_NS
    chosen = [entry for entry in listed if _is_chosen(entry, source, before_ns)]
    fates = [(entry, _spared(entry, now_ns, also_unserved=also_unserved)) for entry in chosen]
    n_spared = Counter(why for _, why in fates if why)
    spared = "".join(f"; {n} spared: {why}" for why, n in sorted(n_spared.items()))
    parts = [path for path in _below_parts(roots) if path == part_of(path) and is_idle(path)]
    going = [entry.place for entry, why in fates if not why]
    _removed(_notes(roots, set(parts)), "notes")
    return [_removed(going, "files") + spared, _removed(parts, "parts of downloads")]


def _notes(roots: Sequence[Path], parts: set[Path]) -> list[Path]:
    """Return what was noted of parts that go or are gone; not the receipts of bytes that were moved to their places."""
    notes = {path: part_of(path) for path in _below_parts(roots) if path.is_file() and path != part_of(path)}
    return [path for path, part in notes.items() if part in parts or not (part.exists() or path.name.endswith(RECEIPT))]


def _below_parts(roots: Sequence[Path]) -> list[Path]:
    return [path for root in roots for path in sorted((root / PARTS).rglob("*"))]


def _unused(root: Path) -> str:
    """Return how many files have no receipt yet; nothing if all have one."""
    paths = [path for path in root.rglob("[!.]*") if path.is_file() and is_visible(path.relative_to(root))]
    bare = [path for path in paths if not receipt_place(root, path.relative_to(root)).exists()]
    n_bytes = sum(path.stat().st_size for path in bare)
    return f"{root}: {len(bare):,} files, {n_bytes:,} bytes, not used yet" if bare else ""


def _is_chosen(entry: Entry, source: str, before_ns: float) -> bool:
    receipt = entry.receipt
    return source in ("", receipt.source) and receipt.asked_ns <= before_ns and entry.place.is_file()


def _spared(entry: Entry, now_ns: int, *, also_unserved: bool) -> str:
    """Return why bytes are to stay; nothing if they may go."""
    if entry.receipt.by_hand:
        return BY_HAND
    return "" if also_unserved or entry.receipt.can_be_had_again(now_ns + SOON_NS) else UNSERVED


def _removed(paths: Sequence[Path], what: str) -> str:
    n_bytes = sum(path.stat().st_size for path in paths)
    for done, path in enumerate(paths):
        try:
            path.unlink()
        except OSError as error:
            found = f"{error.strerror}, after {done} of {len(paths)} {what}"
            remedy = "change the mode or owner of its folder, and prune again"
            raise StoreError(path, "must be removable", found, remedy) from None
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
