import polars as pl
import pytest

from assay.errors import DataError
from assay.tables.bars import BARS
from assay.tables.book import EQUITY, ROUND_TRIPS
from assay.tables.features import FEATURES
from assay.tables.labels import LABELS
from assay.tables.predictions import OOF, PREDICTIONS
from assay.tables.regimes import REGIMES
from assay.tables.table import Column, Rule, Table
from assay.tables.ticks import QUOTES, TRADES

TABLE = Table(
    "things",
    {"n": Column(pl.Int64, "number"), "x": Column(pl.Float64, "value"), "y": Column(pl.Float64, "hole", nan=True)},
    (Rule("n rises", pl.col("n").diff() <= 0, "sort it"),),
)
GOOD = pl.DataFrame({"n": [1, 2], "x": [0.5, 1.5], "y": [float("nan"), 1.0]})


@pytest.mark.parametrize(
    "table", [QUOTES, TRADES, BARS, FEATURES, LABELS, REGIMES, OOF, PREDICTIONS, ROUND_TRIPS, EQUITY]
)
def test_an_empty_frame_keeps_every_contract(table):
    assert table.check(table.empty(), "nowhere").is_empty()


def test_a_good_frame_passes():
    assert TABLE.check(GOOD, "here").equals(GOOD)


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (GOOD.drop("x"), "needs column x"),
        (GOOD.with_columns(pl.col("n").cast(pl.Int32)), "n must be Int64; found Int32"),
        (GOOD.with_columns(z=1), "no such column in this place; found z"),
        (GOOD.select("x", "n", "y"), "fixed order of columns"),
        (GOOD.with_columns(x=pl.Series([None, 1.0])), "x has no missing value; found 1 of 2 rows, the first is row 0"),
        (GOOD.with_columns(x=pl.Series([1.0, float("nan")])), "x has no missing value; found 1 of 2 rows"),
        (GOOD.with_columns(y=pl.Series([None, 1.0])), "y has no missing value"),
        (GOOD.with_columns(n=pl.Series([2, 2])), "n rises; found 1 of 2 rows, the first is row 1"),
    ],
)
def test_a_broken_frame_is_one_line_with_row_rule_and_remedy(frame, message):
    with pytest.raises(DataError, match=r"^here: ") as caught:
        TABLE.check(frame, "here")
    assert message in str(caught.value)
