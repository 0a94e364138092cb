"""Walk-forward: every fold is tested by models that saw only what had ended before it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from assay.splits.purge import blocks
from assay.splits.splitter import Splitter
from assay.types import Ints


@dataclass(frozen=True)
class WalkForward(Splitter):
    """Consecutive test folds of equal size after a first stretch that is only trained on.

    Parameters
    ----------
    n_splits
        Number of test folds.
    window
        ``expanding`` trains on every event before the fold, ``rolling`` on the last ones: as many as there are before
        the first fold.
    embargo
        Distance between the last training end and the first test start, in the unit of the spans.
    first_train
        Share of the events before the first fold; ``auto`` for one of ``n_splits + 1`` equal blocks.
    """

    n_splits: int
    window: Literal["expanding", "rolling"] = "expanding"
    embargo: int = 0
    first_train: float | Literal["auto"] = "auto"

    @property
    def n_blocks(self) -> int:
        """Number of test folds and one more, which is only trained on."""
        return self.n_splits + 1

    def folds(self, starts: Ints, ends: Ints) -> Iterator[tuple[Ints, Ints]]:
        """Yield (train, test) positions of each fold, in time order.

        Notes
        -----
        Of the events of the window those train whose ``end + embargo`` lies before the fold's first start: the window
        is counted before the purge, so a rolling one has fewer training events than its width.
        """
        edges = self.edges(starts.size)
        for begin, stop in itertools.pairwise(edges):
            oldest = begin - edges[0] if self.window == "rolling" else 0
            train = oldest + np.flatnonzero(ends[oldest:begin] < int(starts[begin]) - self.embargo)
            yield train, np.arange(begin, stop, dtype=np.int64)

    def edges(self, n_events: int) -> list[int]:
        """Return the position at which each test fold begins, and the end of the last one."""
        if self.first_train == "auto":
            return blocks(n_events, self.n_blocks).tolist()[1:]
        n_first = min(max(int(n_events * self.first_train), 1), n_events - self.n_splits)
        return (n_first + blocks(n_events - n_first, self.n_splits)).tolist()
