"""Labels for a given side, a rule's or a model's: what it earned, and whether it was right (AFML 3.6)."""

from __future__ import annotations

import numpy as np
import polars as pl

from assay.errors import DataError
from assay.types import Signs


def given_side(labels: pl.DataFrame, side: Signs) -> pl.DataFrame:
    """Return the outcome of the side that was taken at each event.

    Parameters
    ----------
    labels
        Table LABELS, n rows.
    side
        +1 or -1 for each, shape (n,).

    Returns
    -------
    pl.DataFrame
        ``ordinal``, ``end`` (the bar in which that side is filled out), ``exit``, ``gross`` and, where the labels have
        it, ``net`` outcome as fractions of the entry price, and ``meta``: 1 if the gross outcome is above 0, else 0.

    Raises
    ------
    DataError
        If a side is neither +1 nor -1, or there is not one for each label.

    Notes
    -----
    Profit and stop barrier are distances for the trade of either side, so labels of a given side are the half of LABELS
    that the side chooses, and no path is walked again: ``label`` and ``meta`` can be told for a rule beforehand, and
    for a model inside its fit, from the same table.
    """
    wrong = np.flatnonzero(np.abs(side) != 1)
    if side.size != labels.height or wrong.size:
        found = (
            f"{side[wrong[0]]} for label {wrong[0]}" if wrong.size else f"{side.size} sides of {labels.height} labels"
        )
        raise DataError("side", "is +1 or -1 for every label", found, "leave out events without a side")
    long = pl.Series(side) > 0
    chosen = {"end": "end", "exit": "exit", "gross": "return", "net": "net"}
    columns = {new: old for new, old in chosen.items() if f"long_{old}" in labels.columns}
    either = [pl.when(long).then(f"long_{old}").otherwise(f"short_{old}").alias(new) for new, old in columns.items()]
    return labels.select("ordinal", *either).with_columns((pl.col("gross") > 0).cast(pl.Int8).alias("meta"))
