from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from assay.features.catalogue import catalogue
from assay.features.inputs import Inputs
from assay.features.params import FeatureParams

ENTRIES = {entry.name: entry for entry in catalogue(FeatureParams())}


@pytest.fixture(scope="module")
def x(quotes, instrument, hours):
    return Inputs(quotes, instrument, hours)


def test_returns_equal_pandas(x):
    close = pd.Series(x["close"])
    expected = {
        **{f"log_return_{n}": np.log(close / close.shift(n)) for n in (1, 2, 5, 10, 20, 50, 120)},
        "price_acceleration": np.log(close / close.shift()).diff(),
        "high_low_pct": pd.Series((x["high"] - x["low"]) / x["close"]),
        "open_close_pct": pd.Series(x["close"] / x["open"] - 1),
    }
    assert expected.keys() == {name for name, entry in ENTRIES.items() if entry.group == "returns"}
    for name, values in expected.items():
        np.testing.assert_allclose(ENTRIES[name].function(x), values, rtol=1e-9, atol=1e-13, err_msg=name)
