from __future__ import annotations

from assay.market.universe import Membership, survivorship

YEAR = 365 * 86_400 * 10**9
ALIVE = (Membership("A", 0), Membership("B", YEAR))


def test_a_list_of_survivors_is_found():
    assert survivorship(ALIVE, 3 * YEAR) == "nobody left it in 3.0 years, so it was chosen among survivors"
    assert survivorship(ALIVE[1:], 5 * YEAR) == "nobody left it in 4.0 years, so it was chosen among survivors"


def test_up_to_two_years_nobody_need_have_died():
    assert survivorship(ALIVE, 2 * YEAR) == ""
    assert survivorship((), YEAR) == ""


def test_one_that_left_in_the_range_is_enough_and_one_that_leaves_later_is_not():
    dead = (*ALIVE, Membership("LEHMQ", 0, 3 * YEAR))
    assert survivorship(dead, 3 * YEAR) == ""
    assert survivorship(dead, 3 * YEAR - 1).startswith("nobody left it in 3.0 years")
