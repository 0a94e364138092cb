"""Candlestick patterns in a market that gaps and stops at round prices, where most of them occur."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
import talib

from assay.features.inputs import Inputs
from tests.features.conftest import ohlcv

from .averages import sma
from .conftest import ENTRIES, market_of

NAMES = [name for name in ENTRIES if name.startswith("ta_cdl_")]
NEVER = "ta_cdl_3starsinsouth"
"""The one that does not occur here."""


@pytest.fixture(scope="module")
def x(instrument, hours):
    rng, n = np.random.default_rng(1), 20_000
    body, gap = (np.rint(rng.standard_t(2, n) * size).clip(-5 * size, 5 * size) for size in (8, 6))
    close = 80_000 + np.cumsum(body + gap)
    first = close - body
    above, below = (rng.integers(0, 3, n) * rng.integers(0, 2, n) for _ in range(2))
    top, bottom = np.maximum(first, close) + above, np.minimum(first, close) - below
    columns = {"open": first, "high": top, "low": bottom, "close": close}
    return Inputs(ohlcv(pl.DataFrame(columns) * instrument.tick_size), instrument, hours)


@pytest.mark.parametrize("name", NAMES)
def test_a_pattern_is_the_function_of_its_name(name, x):
    told = ENTRIES[name].function(x)
    expected = getattr(talib, f"CDL{name.removeprefix('ta_cdl_').upper()}")(*market_of(x).prices())
    np.testing.assert_array_equal(told, expected / 100.0)
    assert told.any() == (name != NEVER)


def test_two_patterns_are_what_the_book_says(x):
    """Nison 1991. A doji: a body of a tenth at most of the mean range of 10 bars; engulfing: of the other colour."""
    m = market_of(x)
    body = m.c - m.o
    doji = body.abs() <= 0.1 * sma(m.h - m.l, 10).shift()
    np.testing.assert_array_equal(ENTRIES["ta_cdl_doji"].function(x)[10:], doji[10:])
    colour = np.sign(body).replace(0, 1)
    top, bottom = np.maximum(m.o, m.c), np.minimum(m.o, m.c)
    around = (top >= top.shift()) & (bottom <= bottom.shift()) & ((top > top.shift()) | (bottom < bottom.shift()))
    engulfing = colour.where((colour == -colour.shift()) & around, 0.0)
    found = ENTRIES["ta_cdl_engulfing"].function(x)
    np.testing.assert_array_equal(np.sign(found)[2:], engulfing[2:])
