"""A user's code as it runs: which values are numbers, and what is told where it fails."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import numpy as np
import polars as pl
import pytest

from assay.errors import DataError
from assay.features.blame import numbers, run

BESIDE = """
def ratio(x):
    return x["close"] / x["nothing"]
"""
MINE = """
import json
import ratios


def theirs(x):
    return json.loads("{")


def beside(x):
    return ratios.ratio({"close": 1.0})
"""


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([True, False], [1.0, 0.0]),
        (np.array([3, 2**53]), [3.0, 2.0**53]),
        (np.array([0.5], np.float32), [0.5]),
        (pl.Series([1, 2], dtype=pl.UInt8), [1.0, 2.0]),
        (pl.Series([None, 1.5]), [np.nan, 1.5]),
        (pl.Series([None, True, False]), [np.nan, 1.0, 0.0]),
        (np.array([1, 2.5, np.float32(3), np.True_, None], object), [1.0, 2.5, 3.0, 1.0, np.nan]),
        (np.ma.masked_less([-9, 2], 0), [np.nan, 2.0]),
    ],
    ids=["truth", "whole", "single", "series", "null", "null truth", "objects", "masked"],
)
def test_numbers_are_taken_as_they_are(given, expected):
    found = numbers(given)
    assert found.dtype == np.float64
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    ("given", "error", "found"),
    [
        (["a", "b"], TypeError, "a value of type str_"),
        (np.array([1.0, "1.5"], object), TypeError, "a value of type str"),
        (pl.Series(["1.5"]), TypeError, "a value of type str"),
        (np.array([1.0 + 0.0j]), TypeError, "a value of type complex128"),
        (np.ma.masked_less([-9j, 2j], 0), TypeError, "a value of type complex128"),
        ([Decimal(1), 2.0], TypeError, "a value of type Decimal"),
        (pl.Series([dt.timedelta(1)]), TypeError, "a value of type timedelta64"),
        (pl.Series([dt.date(2024, 1, 1)]), TypeError, "a value of type datetime64"),
        (lambda x: x, TypeError, "a value of type function"),
        ([[1.0], [1.0, 2.0]], ValueError, "inhomogeneous shape"),
        ([10**400], OverflowError, "int too large"),
    ],
    ids=[
        "texts",
        "objects",
        "series",
        "complex",
        "masked complex",
        "decimals",
        "spans",
        "dates",
        "code",
        "ragged",
        "huge",
    ],
)
def test_what_is_no_number_is_refused_and_never_made_one(given, error, found):
    with pytest.raises(error, match=found):
        numbers(given)


def blame(found):
    return DataError("mine", "must be told", found, "correct it")


def raising(error):
    def code():
        raise error

    return code


@pytest.mark.parametrize(
    "error", [ValueError("two\nlines"), SystemExit(2), GeneratorExit("end"), pl.exceptions.PanicException("no row")]
)
def test_whatever_is_raised_is_told_in_one_line(error):
    with pytest.raises(DataError) as told:
        run(raising(error), None, blame)
    said = " ".join(str(error).split())
    assert str(told.value).startswith(f"mine: must be told; found {type(error).__name__} in test_blame.py, line ")
    assert str(told.value).endswith(f": {said}; correct it")


def test_who_interrupts_is_obeyed():
    with pytest.raises(KeyboardInterrupt):
        run(raising(KeyboardInterrupt()), None, blame)


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("theirs", "JSONDecodeError in mine.py, line 7: "),
        ("beside", "KeyError in ratios.py, line 3: 'nothing'"),
    ],
)
def test_the_line_is_of_the_users_files_and_not_of_what_they_call(tmp_path, monkeypatch, code, found):
    (tmp_path / "mine.py").write_text(MINE)
    (tmp_path / "ratios.py").write_text(BESIDE)
    monkeypatch.syspath_prepend(tmp_path)
    mine = __import__("mine")
    with pytest.raises(DataError) as told:
        run(lambda: getattr(mine, code)(None), tmp_path, blame)
    assert told.value.found.startswith(found)
