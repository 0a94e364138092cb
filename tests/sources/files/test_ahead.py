"""Reading ahead changes nothing but the time it takes."""

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.sources.files.ahead import ahead


def readers():
    return [one for one in threading.enumerate() if one.name.startswith("assay-reader")]


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(), max_size=20))
def test_the_items_come_in_their_order(items):
    assert list(ahead(iter(items))) == items
    assert readers() == []


def test_an_error_comes_where_its_item_would():
    def failing():
        yield from (1, 2)
        raise ValueError("three")

    taken = []
    with pytest.raises(ValueError, match="three"):
        taken.extend(ahead(failing()))
    got = ahead(failing())
    assert [next(got), next(got)] == [1, 2]
    with pytest.raises(ValueError, match="three"):
        next(got)


def test_one_item_at_most_is_made_ahead():
    made = []

    def items():
        for i in range(20):
            made.append(i)
            yield i

    for i in ahead(items()):
        assert len(made) <= i + 2
    assert made == list(range(20))


def test_who_breaks_off_leaves_no_thread():
    got = ahead(iter(range(20)))
    assert next(got) == 0
    got.close()
    assert readers() == []
