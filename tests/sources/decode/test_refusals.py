"""What messages show of the rows that are refused."""

import io
import zipfile

import numpy as np
import polars as pl
import pytest

from assay.errors import DataError
from assay.sources.decode.packed import unzip
from assay.sources.decode.refusals import refuse, refuse_holes, refuse_outside

WRONG = np.array([False, True, True])


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (np.array([5, 6, 7]), "6"),
        (np.array([5.0, np.nan, 7.0]), "nan"),
        (["a", "b\n", "c"], r"'b\\n'"),
        ([1, None, 2], "nothing"),
        (pl.Series(["x", "y", "z"]), "'y'"),
        (pl.DataFrame({"a": [1, 2, 3], "b": ["x", "y", "z"]}), r"\(2, 'y'\)"),
    ],
)
def test_the_first_row_is_named_counted_from_1_and_shown(written, shown):
    with pytest.raises(DataError, match=rf"^x\.csv row 2: a rule; found {shown} \(2 such rows\); fetch it again$"):
        refuse(WRONG, written, "a rule", "x.csv")


def test_what_is_null_is_not_wrong():
    refuse(pl.Series([None, False], dtype=pl.Boolean), [1, 2], "a rule", "x.csv")
    with pytest.raises(DataError, match=r"row 2: .*found 2"):
        refuse(pl.Series([None, True]), [1, 2], "a rule", "x.csv")


def test_holes_and_numbers_outside():
    frame = pl.DataFrame({"a": [1, 2, None], "b": [1, 2, 3]})
    assert refuse_holes(frame, ["b"], "x.csv") is refuse_outside(frame, "b", 1, 3, "x.csv") is frame
    with pytest.raises(DataError, match="row 3: a must have a value; found nothing"):
        refuse_holes(frame, ["b", "a"], "x.csv")
    with pytest.raises(DataError, match=r"row 1: b must be from 2 to 2; found 1 .2 such rows"):
        refuse_outside(frame, "b", 2, 2, "x.csv")


def test_the_bytes_of_a_damaged_zip_are_not_poured_into_the_message():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.csv", bytes(2_000))
    raw = packed.getvalue()
    with pytest.raises(DataError, match="must be a whole zip") as caught:
        unzip(raw[:26] + (1_500).to_bytes(2, "little") + raw[28:], "x.zip")
    assert len(str(caught.value)) < 250
