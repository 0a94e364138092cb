"""What features share: values made at first use and kept by key."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from assay.types import frozen

T = TypeVar("T")

_NEWEST = "newest"


class Memo:
    """Values by key, each made once.

    Parameters
    ----------
    sealed
        Whether what is made cannot be written to: so for functions that are not ours.
    """

    def __init__(self, *, sealed: bool = False) -> None:
        self.sealed, self._kept, self._by_bar = sealed, dict[Hashable, Any](), dict[Hashable, Any]()

    def once(self, key: Hashable, make: Callable[[], T], *, by_bar: bool = False) -> T:
        """Return what ``make`` gives, made at the first call with this key; by bar: an array of a value for each."""
        kept = self._by_bar if by_bar else self._kept
        if key not in kept:
            kept[key] = self._made(make)
        found: T = kept[key]
        return found

    def newest(self, key: str, make: Callable[[], T]) -> T:
        """Return what ``make`` gives, kept until another is asked for: for the next entry alone."""
        kept = self._kept.get(_NEWEST)
        if kept is None or kept[0] != key:
            self._kept[_NEWEST] = None
            kept = self._kept[_NEWEST] = key, self._made(make)
        found: T = kept[1]
        return found

    def rows(self, first: int, end: int) -> Memo:
        """Return what is kept of some bars alone, where each value is a function of its own bar."""
        own = Memo(sealed=self.sealed)
        own._by_bar = {key: made[first:end] for key, made in self._by_bar.items()}
        return own

    def forget(self) -> None:
        """Keep nothing of what was made."""
        self._kept.clear()
        self._by_bar.clear()

    def _made(self, make: Callable[[], T]) -> T:
        made: T = frozen(make()) if self.sealed else make()
        return made
