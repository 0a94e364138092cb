"""What all splitters do alike: look at the spans, and never hand out a fold that has nothing to train on."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator

from assay.splits.purge import check_spans, check_train
from assay.types import Ints


class Splitter(ABC):
    """Cuts events into folds; ``n_blocks`` events are needed at the least, ``embargo`` is in the unit of the spans."""

    embargo: int

    @property
    @abstractmethod
    def n_blocks(self) -> int:
        """Number of blocks that the events are cut into."""

    @abstractmethod
    def folds(self, starts: Ints, ends: Ints) -> Iterator[tuple[Ints, Ints]]:
        """Yield what :meth:`split` yields, of spans that were looked at, whether anything trains or not."""

    def split(self, starts: Ints, ends: Ints) -> Iterator[tuple[Ints, Ints]]:
        """Yield (train, test) positions of each fold, in order.

        Parameters
        ----------
        starts, ends
            Closed label spans, shape (n,), rising by start.

        Raises
        ------
        DataError
            If there are fewer events than blocks, or a fold has nothing to train on.
        """
        check_spans(starts, ends, self.n_blocks)
        for number, (train, test) in enumerate(self.folds(starts, ends)):
            check_train(train, test, f"fold {number}", self.embargo)
            yield train, test
