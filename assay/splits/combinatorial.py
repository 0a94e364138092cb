"""Combinatorial purged cross-validation: many backtest paths from one history (AFML 12.4)."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from assay.splits.purge import blocks, purged, segment
from assay.splits.splitter import Splitter
from assay.types import Ints


@dataclass(frozen=True)
class CombinatorialPurged(Splitter):
    """Every choice of ``n_test`` of ``n_splits`` groups is tested once, in lexicographic order.

    Parameters
    ----------
    n_splits
        Number of groups N that the events are cut into.
    n_test
        Number of groups k that are tested at a time, fewer than N.
    embargo
        Distance kept free after every tested group, in the unit of the spans.

    Notes
    -----
    There are ``C(N, k)`` splits, and every group is tested ``C(N-1, k-1)`` times, which is the number of paths.
    """

    n_splits: int
    n_test: int
    embargo: int = 0

    @property
    def n_paths(self) -> int:
        """Number of backtest paths, ``C(N, k) k / N``."""
        return math.comb(self.n_splits - 1, self.n_test - 1)

    def choices(self) -> Ints:
        """Return the tested groups of each split, shape (C(N, k), k)."""
        return np.array(list(itertools.combinations(range(self.n_splits), self.n_test)), dtype=np.int64)

    def paths(self) -> Ints:
        """Return the path that each tested group of each split belongs to, shape (C(N, k), k).

        A group's first test is on path 0, its second on path 1, and so on: every path holds every group once.
        """
        choices = self.choices()
        path = np.zeros_like(choices)
        for group in range(self.n_splits):
            path[choices == group] = np.arange(self.n_paths)
        return path

    @property
    def n_blocks(self) -> int:
        """Number of groups."""
        return self.n_splits

    def folds(self, starts: Ints, ends: Ints) -> Iterator[tuple[Ints, Ints]]:
        """Yield (train, test) positions of each split, in the order of :meth:`choices`."""
        spans = list(itertools.pairwise(blocks(starts.size, self.n_splits).tolist()))
        kept = [purged(starts, ends, segment(starts, ends, *span), self.embargo) for span in spans]
        for groups in self.choices().tolist():
            test = np.concatenate([np.arange(*spans[group], dtype=np.int64) for group in groups])
            yield np.flatnonzero(np.all([kept[group] for group in groups], axis=0)), test
