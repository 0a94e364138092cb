from __future__ import annotations

from . import test_direction, test_momentum, test_overlap, test_patterns, test_volatility, test_volume
from .conftest import ENTRIES

TABLES = [one.FORMULAS for one in (test_momentum, test_direction, test_overlap, test_volatility, test_volume)]


def test_every_entry_of_the_large_set_has_an_expectation_of_its_own():
    named = [f"ta_{name}" for table in TABLES for name in table]
    assert sorted([*named, *test_patterns.NAMES]) == sorted(ENTRIES)
