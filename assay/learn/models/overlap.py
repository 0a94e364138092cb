"""How the labels of training rows overlap: what the sequential bootstrap draws by."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from assay.learn.params import TreeParams
from assay.types import Floats, Ints


@dataclass(frozen=True, eq=False)
class Overlap:
    """Spans and uniqueness of the labels of training rows.

    Parameters
    ----------
    starts, ends
        Closed spans in bar ordinals, shape (n,), rising by start.
    uniqueness
        Average uniqueness, above 0, shape (n,).
    """

    starts: Ints
    ends: Ints
    uniqueness: Floats


def overlap(labels: pl.DataFrame, params: TreeParams) -> Overlap | None:
    """Return how labels (LABELS, rising by ordinal) overlap; None where the model does not ask for it."""
    if params.bootstrap == "weights":
        return None
    return Overlap(*(labels[name].to_numpy() for name in ("ordinal", "end_ordinal", "weight")))
