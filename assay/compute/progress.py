"""Progress on standard error, for people; nothing of it reaches an output."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

from tqdm import tqdm

T = TypeVar("T")


def counted(items: Iterable[T], total: int, label: str) -> Iterator[T]:
    """Yield the items and draw a bar; where there is no terminal, one line every ten seconds."""
    pace = 0.2 if sys.stderr.isatty() else 10.0
    yield from tqdm(items, total=total, desc=label, mininterval=pace, delay=2.0, leave=False)
