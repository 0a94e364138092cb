from __future__ import annotations

import pytest

from assay.features.catalogue import catalogue
from assay.features.inputs import Inputs
from assay.features.params import FeatureParams

from .conftest import TICK

ENTRIES = {entry.name: entry for entry in catalogue(FeatureParams())}


@pytest.fixture(scope="module")
def x(quotes, instrument, hours):
    return Inputs(quotes, instrument, hours)


def test_spread_equals_brute_force(x):
    spread, tilt = x["spread_mean"], x["imbalance"]
    expected = {
        "spread_bps": 1e4 * spread[-1] / x["close"][-1],
        "spread_ticks": spread[-1] / TICK,
        "spread_ratio_50": spread[-1] / spread[-50:].mean(),
        "quoted_imbalance": tilt[-1],
        "quoted_imbalance_change_50": tilt[-1] - tilt[-50:].mean(),
    }
    for name, value in expected.items():
        assert ENTRIES[name].function(x)[-1] == pytest.approx(value, rel=1e-9), name
