"""Whether features are of the bars that they are held against: rows are paired by their number."""

from __future__ import annotations

import polars as pl

from assay.errors import DataError


def refuse_of_other_bars(features: pl.DataFrame, expected: pl.DataFrame) -> None:
    """Refuse features that are not of these bars: each would be held against the returns of another time.

    Parameters
    ----------
    features
        Rows of the features table.
    expected
        Some of its columns as these bars give them, all rows: its keys, and features that are made of prices alone.

    Raises
    ------
    DataError
        If the number of rows differs, or a value, with the first row that does.

    Notes
    -----
    Bars that differ in what none of these columns looks at, such as volumes or quotes, are not told apart.
    """
    if features.height != expected.height:
        raise _other(f"{features.height:,} rows of features and {expected.height:,} bars")
    for name in expected.columns:
        differs = features.get_column(name).ne_missing(expected.get_column(name))
        row = differs.arg_max() if differs.any() else None
        if row is not None:
            raise _other(f"{name} {features[name][row]} in row {row:,} where the bars give {expected[name][row]}")


def refuse_labels_of_other_bars(labels: pl.DataFrame, features: pl.DataFrame) -> None:
    """Refuse labels whose events are not at the closes of these features' bars.

    Raises
    ------
    DataError
        With the first of them.
    """
    closes = labels.select("ordinal", "t0").join(features.select("ordinal", "closed_at"), on="ordinal", how="left")
    other = closes.filter(pl.col("t0").ne_missing(pl.col("closed_at")))
    if other.height:
        ordinal, decided, closed = other.row(0)
        found = f"an event of bar {ordinal:,} at {decided}, where it closed at {closed}"
        raise DataError("labels", "must be of the bars that are there", found, "build them anew: dvc repro labels")


def _other(found: str) -> DataError:
    return DataError("features", "must be of the bars that are there", found, "build both anew: dvc repro features")
