"""Combinatorial purged cross-validation: many backtest paths from one history (AFML 12.4)."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from assay.splits.purge import blocks, check_spans, check_train, purged, segment
from assay.types import Ints


@dataclass(frozen=True)
class CombinatorialPurged:
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

    def split(self, starts: Ints, ends: Ints) -> Iterator[tuple[Ints, Ints]]:
        """Yield (train, test) positions of each split.

        Parameters
        ----------
        starts, ends
            Closed label spans, shape (n,), rising by start.

        Raises
        ------
        DataError
            If there are fewer events than groups, or a split has nothing to train on.
        """
        check_spans(starts, ends, self.n_splits)
        edges = blocks(starts.size, self.n_splits).tolist()
        spans = list(itertools.pairwise(edges))
        kept = [purged(starts, ends, segment(starts, ends, *span), self.embargo) for span in spans]
        for number, groups in enumerate(self.choices().tolist()):
            test = np.concatenate([np.arange(*spans[group], dtype=np.int64) for group in groups])
            train = np.flatnonzero(np.all([kept[group] for group in groups], axis=0))
            check_train(train, test, f"split {number}", self.embargo)
            yield train, test
