"""JSON as a venue serves it: bytes -> objects -> columns of numbers, nothing guessed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NoReturn

import numpy as np

from assay.errors import DataError
from assay.sources.decode.refusals import AGAIN, refuse, short
from assay.types import Floats, Ints


def loaded(raw: bytes, where: object) -> dict[str, Any]:
    """Return an answer that is a JSON object.

    Raises
    ------
    DataError
        If it is anything else, or holds NaN or infinity, which JSON does not have.
    """
    try:
        answer = json.loads(raw, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise DataError(where, "must be JSON", str(error)[:120], AGAIN) from None
    if not isinstance(answer, dict):
        raise DataError(where, "must be a JSON object", short(answer), AGAIN)
    return answer


def numbers(values: Sequence[object], name: str, where: object) -> Floats:
    """Return values that must be numbers, shape (n,).

    Raises
    ------
    DataError
        With the first row whose value is none.
    """
    _refuse_types(values, (int, float), f"{name} must be a number", where)
    try:
        return np.array(values, np.float64)
    except OverflowError:
        raise DataError(where, f"{name} must be a number", "one that no double can hold", AGAIN) from None


def wholes(values: Sequence[object], name: str, where: object) -> Ints:
    """Return values that must be whole numbers of 64 bits, shape (n,).

    Raises
    ------
    DataError
        With the first row whose value is none.
    """
    _refuse_types(values, (int,), f"{name} must be a whole number", where)
    try:
        return np.array(values, np.int64)
    except OverflowError:
        raise DataError(where, f"{name} must be a whole number of 64 bits", "a larger one", AGAIN) from None


def inside(times: Ints, first: int, end: int, where: object) -> Ints:
    """Return times if each is of the period that was asked for, its end not included.

    Raises
    ------
    DataError
        With the first row that is not.
    """
    refuse((times < first) | (times >= end), times, f"times lie in {first} to {end}, which was asked for", where)
    return times


def _refuse_types(values: Sequence[object], types: tuple[type, ...], rule: str, where: object) -> None:
    if not set(map(type, values)) <= set(types):
        refuse(np.array([type(value) not in types for value in values]), values, rule, where)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
