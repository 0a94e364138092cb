"""A random walk with volume, as the entries see it and as pandas does; rows late enough for all recursions to fade."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import pytest

from assay.features.inputs import Inputs
from assay.features.params.ta import TaParams
from assay.features.ta.features import features
from tests.features.conftest import walk

ENTRIES = {entry.name: entry for entry in features(TaParams())}
N_BARS, N_LAST = 2000, 700
"""Bars of the walk, and the last of them, which are compared."""


@dataclass(frozen=True)
class Market:
    """Prices and volumes as series of pandas."""

    o: pd.Series
    h: pd.Series
    l: pd.Series
    c: pd.Series
    v: pd.Series

    @cached_property
    def step(self):
        return self.c.diff()

    @cached_property
    def mid(self):
        return (self.h + self.l) / 2

    @cached_property
    def typical(self):
        return (self.h + self.l + self.c) / 3

    @cached_property
    def true_range(self):
        before = self.c.shift()
        return pd.concat([self.h - self.l, (self.h - before).abs(), (self.l - before).abs()], axis=1).max(axis=1)

    def prices(self):
        return [one.to_numpy() for one in (self.o, self.h, self.l, self.c)]


def market_of(x):
    return Market(*(pd.Series(x[name]) for name in ("open", "high", "low", "close", "volume")))


@pytest.fixture(scope="package")
def x(instrument, hours):
    return Inputs(walk(N_BARS, seed=21), instrument, hours)


@pytest.fixture(scope="package")
def market(x):
    return market_of(x)


def assert_is(name, expected, x, rtol=1e-7):
    """The last rows of an entry are those expected, all of them defined; a zero of rounding counts as 0."""
    found, expected = ENTRIES[name].function(x)[-N_LAST:], np.asarray(expected, np.float64)[-N_LAST:]
    assert np.isfinite(found).all()
    assert found.std() > 0
    np.testing.assert_allclose(found, expected, rtol=rtol, atol=1e-9 * np.abs(found).max(), err_msg=name)
