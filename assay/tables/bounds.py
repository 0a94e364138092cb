"""Numbers that market data can hold: the laws that every table of prices and sizes shares."""

from __future__ import annotations

import polars as pl

from assay.tables.bars import LEAST, MOST
from assay.tables.table import Rule

LARGEST = 2.0**53
"""Sizes, up to which every whole number is a double; prices have the limits of bars."""
WHOLE = 1e18
"""Sums of sizes and of money, quote currency."""

PRICE, SIZE = "price_not_positive", "size_not_positive"
_SCALE = "check the decoder's scale"


def price(name: str) -> Rule:
    """Return the law of a price."""
    return _within(name, f"is a positive, finite number, {LEAST:g} to {MOST:g}", LEAST, MOST, PRICE)


def traded(name: str) -> Rule:
    """Return the law of a size that was traded."""
    return _within(name, f"is a positive, finite number, {LEAST:g} to {LARGEST:g}", LEAST, LARGEST, SIZE)


def quoted(name: str) -> Rule:
    """Return the law of a size that may be 0."""
    return _within(name, f"is a finite number, 0 to {LARGEST:g}", 0.0, LARGEST, SIZE)


def summed(name: str) -> Rule:
    """Return the law of a sum of sizes or of money."""
    return _within(name, f"is a finite number, 0 to {WHOLE:g}", 0.0, WHOLE, SIZE)


def rate(name: str) -> Rule:
    """Return the law of a rate per period, which no parameter can excuse."""
    return _within(name, "is from -1 to 1", -1.0, 1.0, "")


def if_given(rule: Rule) -> Rule:
    """Return a law of column ``name`` that NaN keeps too: the first word of the law is the column."""
    name = rule.name.partition(" ")[0]
    return Rule(f"{rule.name}, or NaN", rule.broken & pl.col(name).is_not_nan(), rule.remedy, rule.knob)


def _within(name: str, law: str, least: float, most: float, knob: str) -> Rule:
    return Rule(f"{name} {law}", ~pl.col(name).is_between(least, most), _SCALE, knob)
