from __future__ import annotations

import polars as pl
import pytest

from assay.errors import DataError
from assay.market.universe import Membership, Universe

YEAR = 365 * 86_400 * 10**9
BANK, SHOP, MINE = Membership("BANK", 0, 5 * YEAR), Membership("SHOP", YEAR), Membership("MINE", 2 * YEAR, 3 * YEAR)
AGAIN = Membership("MINE", 4 * YEAR)
UNIVERSE = Universe((BANK, SHOP, MINE, AGAIN))


@pytest.mark.parametrize(
    ("year", "names"),
    [
        (-1, ()),
        (0, ("BANK",)),
        (1, ("BANK", "SHOP")),
        (2, ("BANK", "MINE", "SHOP")),
        (3, ("BANK", "SHOP")),
        (6, ("MINE", "SHOP")),
    ],
)
def test_members_by_hand(year, names):
    assert UNIVERSE.members(year * YEAR) == names


def test_mask_agrees_with_members():
    years = [-1, 0, 1, 2, 3, 4, 5, 6] * 4
    names = [name for name in ("BANK", "SHOP", "MINE", "NONE") for _ in range(8)]
    frame = pl.DataFrame({"time": [year * YEAR for year in years], "symbol": names})
    frame = frame.with_columns(pl.col("time").cast(pl.Datetime("ns", "UTC")))
    expected = [name in UNIVERSE.members(year * YEAR) for name, year in zip(names, years, strict=True)]
    assert UNIVERSE.mask(frame).to_list() == expected
    assert Universe(()).mask(frame).to_list() == [False] * frame.height


def test_a_list_of_survivors_is_found():
    survivors = Universe((Membership("A", 0), Membership("B", YEAR)))
    assert (
        survivors.survivorship(3 * YEAR)
        == "all 2 symbols are alive after 3.0 years: the universe was chosen among survivors"
    )
    assert survivors.survivorship(YEAR) == ""
    assert UNIVERSE.survivorship(6 * YEAR) == ""
    assert UNIVERSE.survivorship(2 * YEAR, longest_years=1.0) != ""


@pytest.mark.parametrize(
    ("memberships", "rule"),
    [
        ((Membership("A", 5, 5),), "must leave after it enters"),
        ((Membership("A", 0, 9), Membership("A", 8)), "must leave before it enters again"),
    ],
)
def test_impossible_memberships_are_refused(memberships, rule):
    with pytest.raises(DataError, match=rule):
        Universe(memberships)
