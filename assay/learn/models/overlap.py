"""How the labels of training rows overlap: what the sequential bootstrap draws by."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from assay.labels.training import drawn_by_overlap
from assay.learn.params import TreeParams
from assay.types import Floats, Ints


@dataclass(frozen=True, eq=False)
class Overlap:
    """Spans of the labels of training rows, and what of their weights the draws stand for.

    Parameters
    ----------
    starts, ends
        Closed spans in bar ordinals, shape (n,), rising by start.
    uniqueness
        Above 0, shape (n,): the average uniqueness among these labels; 1 where ``labels.weights.scheme`` is equal.

    Notes
    -----
    The draws go by the spans, whatever labels weigh. With equal weights only decay and balance, if asked for, weigh
    the rows drawn; without them it is the sequential bootstrap of AFML 4.5 as it stands there.
    """

    starts: Ints
    ends: Ints
    uniqueness: Floats

    def only(self, rows: Ints) -> Overlap:
        """Return how some of the rows overlap, rising by number, shape (m,)."""
        return Overlap(self.starts[rows], self.ends[rows], self.uniqueness[rows])


def overlap(labels: pl.DataFrame, params: TreeParams) -> Overlap | None:
    """Return how labels (LABELS, rising by ordinal) overlap; None where the model does not ask for it."""
    if params.bootstrap == "weights":
        return None
    return Overlap(labels["ordinal"].to_numpy(), labels["end_ordinal"].to_numpy(), drawn_by_overlap(labels))
