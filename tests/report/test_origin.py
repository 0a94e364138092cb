"""Features are held against the bars they were built of, and no others."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from assay.errors import DataError
from assay.report.features import feature_report
from assay.report.origin import refuse_of_other_bars
from tests.features.conftest import walk

BARS = walk(400, seed=1, quotes=False)
FEATURES = BARS.select("symbol", "ordinal", "closed_at", body=(pl.col("close") / pl.col("open") - 1).cast(pl.Float32))
LATER = pl.when(pl.col("ordinal") == 390).then(pl.col("closed_at") + timedelta(seconds=1)).otherwise("closed_at")


@pytest.mark.parametrize(
    ("bars", "found"),
    [
        (BARS[:-1], "400 rows of features and 399 bars"),
        (BARS.with_columns(symbol=pl.lit("OTHER")), "symbol .* in row 0 where the bars give OTHER"),
        (BARS.with_columns(ordinal=pl.col("ordinal") + 1), "ordinal 0 in row 0 where the bars give 1"),
        (BARS.with_columns(closed_at=LATER), "closed_at .* in row 390 where the bars give"),
    ],
)
def test_other_bars_are_refused_in_the_sealed_rows_too(bars, found):
    rule = f"features: must be of the bars that are there; found {found}.*; build both anew: dvc repro features"
    with pytest.raises(DataError, match=rule):
        feature_report(FEATURES, bars, 0.25, (1, 2))
    assert feature_report(FEATURES, BARS, 0.25, (1, 2)).n_rows == 297


def test_a_value_is_told_with_its_row_and_what_is_not_known_equals_itself():
    known = FEATURES.with_columns(body=pl.Series(np.where(np.arange(400) < 3, np.nan, 0.5), dtype=pl.Float32))
    refuse_of_other_bars(known, known.clone())
    other = known.with_columns(body=pl.when(pl.col("ordinal") == 7).then(0.25).otherwise("body").cast(pl.Float32))
    with pytest.raises(DataError, match=r"found body 0\.5 in row 7 where the bars give 0\.25; build"):
        refuse_of_other_bars(known, other)
