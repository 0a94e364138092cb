"""What is not in the form of Tardis is refused, and so is what is damaged on the way."""

import gzip
from itertools import chain

import pytest

from assay.errors import DataError
from assay.sources.tardis import VENUE
from tests.sources.feeds import fates
from tests.sources.fuzz import mutations
from tests.sources.tardis.files import (
    BY_HAND,
    DERIVATIVE,
    FUNDINGS,
    LIQUIDATION,
    UPDATE,
    US,
    day_piece,
    decoded,
    derivative,
    packed,
    tardis,
)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"x",
        packed(),
        packed("<html>"),
        packed(LIQUIDATION, f"x,ETHUSDT,{US},{US},,buy,1,1"),
        packed(LIQUIDATION, f"x,BTCUSDT,{US},{US},,maybe,1,1"),
        packed(LIQUIDATION, f"x,BTCUSDT,{US * 1000},{US},,buy,1,1"),
        packed(LIQUIDATION, f"x,BTCUSDT,{US},{US},,buy,1"),
        packed(LIQUIDATION, f"x,BTCUSDT,{US},{US},,buy,1,1,1"),
        packed(LIQUIDATION, f"x,BTCUSDT,{US},{US},,buy,,1"),
        packed(LIQUIDATION, f"x,BTCUSDT,{US},{US},,buy,1,1") + b"more",
        gzip.compress(b"0" * 300_000_000, 9),
    ],
    ids=range(12),
)
def test_what_is_not_the_venues_form_is_refused(raw):
    with pytest.raises(DataError, match=r"^v1/x/x/BTCUSDT\.csv\.gz( row 1)?: .+; found .+; .+") as refused:
        decoded("liquidations", raw)
    assert "\n" not in str(refused.value)


def inputs():
    """Return small inputs of each decoder: kind, bytes, dataset."""
    liquidations = [f"x,BTCUSDT,{US + i},{US + i + 3},,{'buy' if i % 2 else 'sell'},{100 + i},0.5" for i in range(9)]
    return [
        ("trades", "\n".join([LIQUIDATION, *liquidations]), "x"),
        ("liquidations", "\n".join([LIQUIDATION, *liquidations]), "x"),
        ("funding", "\n".join([DERIVATIVE, *FUNDINGS]), "x"),
        ("open_interest", "\n".join([DERIVATIVE, *(derivative(i, interest=i) for i in range(9))]), "x"),
        ("mark_price", "\n".join([DERIVATIVE, *(derivative(i, mark=i + 1) for i in range(9))]), "x"),
        ("book", "\n".join([UPDATE, *BY_HAND]), "incremental_book_L2"),
    ]


@pytest.mark.parametrize("n_cases", [300, pytest.param(10_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize(("kind", "content", "dataset"), inputs(), ids=[kind for kind, *_ in inputs()])
def test_damaged_files_are_refused_in_one_line_that_names_them_or_sound(kind, content, dataset, n_cases):
    outside = mutations(gzip.compress(content.encode()), 1, n_cases // 4)
    inside = (gzip.compress(raw, 1) for raw in mutations(content.encode(), 2, n_cases - n_cases // 4))
    found = fates(VENUE, chain(outside, inside), day_piece(dataset=dataset), tardis(kind))
    assert found.keys() == {"refused", "table"}
    assert found.total() == n_cases
