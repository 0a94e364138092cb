"""Purged k-fold: every event is tested once, by models that saw no overlapping label."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from assay.splits.purge import blocks, check_spans, check_train, purged, segment
from assay.types import Ints


@dataclass(frozen=True)
class PurgedKFold:
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

    def split(self, starts: Ints, ends: Ints) -> Iterator[tuple[Ints, Ints]]:
        """Yield (train, test) positions of each fold, in time order.

        Parameters
        ----------
        starts, ends
            Closed label spans, shape (n,), rising by start.

        Raises
        ------
        DataError
            If there are fewer events than folds, or a fold has nothing to train on.
        """
        check_spans(starts, ends, self.n_splits)
        edges = blocks(starts.size, self.n_splits).tolist()
        for fold, (begin, stop) in enumerate(itertools.pairwise(edges)):
            test = np.arange(begin, stop, dtype=np.int64)
            train = np.flatnonzero(purged(starts, ends, segment(starts, ends, begin, stop), self.embargo))
            check_train(train, test, f"fold {fold}", self.embargo)
            yield train, test
