"""A user's code as it runs: the numbers it gives, or what failed in it and where."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from numbers import Real
from pathlib import Path
from types import NoneType
from typing import TypeVar

import numpy as np

from assay.errors import AssayError
from assay.types import Floats

T = TypeVar("T")


def run(code: Callable[[], T], folder: Path | None, blame: Callable[[str], AssayError]) -> T:
    """Return what a user's code gives.

    Parameters
    ----------
    code
        Runs it.
    folder
        Where the user's files lie; None if they lie in none.
    blame
        From what failed and where to the error that is raised. Whatever the code raises is told so, an end of the
        program and a panic of polars too; who interrupts by the keyboard is obeyed.
    """
    try:
        return code()
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise blame(_failed(error, folder)) from error


def numbers(given: object) -> Floats:
    """Return what a user's function gave as float64.

    Whole numbers and truth values are numbers; null and what is masked is NaN; complex numbers, texts, times are none.

    Raises
    ------
    TypeError, ValueError, OverflowError
        If a value is no number, or the values make no array.
    """
    found = np.asarray(given)
    if isinstance(given, np.ma.MaskedArray) and found.dtype.kind in "biuf":
        return np.where(np.ma.getmaskarray(given), np.nan, found)
    if found.dtype.kind not in "biuf":
        _refuse_others(found)
    return found.astype(np.float64, copy=False)


def _refuse_others(found: np.ndarray) -> None:
    """Refuse an array of another type, unless it holds numbers and null alone."""
    fits = (Real, np.bool_, NoneType) if found.dtype.kind == "O" else ()
    for one in found.flat:
        if not isinstance(one, fits):
            raise TypeError(f"a value of type {type(one).__name__}")


def _failed(error: BaseException, folder: Path | None) -> str:
    """Return what failed, and the last line of the user's files that led to it, or else the last line."""
    frames = traceback.extract_tb(error.__traceback__)
    theirs = [frame for frame in frames if folder is not None and Path(frame.filename).is_relative_to(folder)]
    frame = (theirs or frames)[-1]
    return f"{type(error).__name__} in {Path(frame.filename).name}, line {frame.lineno}: {error}"
