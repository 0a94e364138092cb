"""Purged k-fold: every event is tested once, by models that saw no overlapping label."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from assay.splits.purge import blocks, purged, segment
from assay.splits.splitter import Splitter
from assay.types import Ints


@dataclass(frozen=True)
class PurgedKFold(Splitter):
    """Consecutive folds, trained on what purge and embargo leave on both sides (AFML 7.4.3).

    Parameters
    ----------
    n_splits
        Number of folds, 2 or more.
    embargo
        Distance kept free after the test fold, in the unit of the spans.
    """

    n_splits: int
    embargo: int = 0

    @property
    def n_blocks(self) -> int:
        """Number of folds."""
        return self.n_splits

    def folds(self, starts: Ints, ends: Ints) -> Iterator[tuple[Ints, Ints]]:
        """Yield (train, test) positions of each fold, in time order."""
        for begin, stop in itertools.pairwise(blocks(starts.size, self.n_splits).tolist()):
            test = np.arange(begin, stop, dtype=np.int64)
            yield np.flatnonzero(purged(starts, ends, segment(starts, ends, begin, stop), self.embargo)), test
