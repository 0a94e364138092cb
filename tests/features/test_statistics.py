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


def test_statistics_equal_pandas(x):
    close, returns = pd.Series(x["close"]), pd.Series(np.log(x["close"])).diff()
    bottom = {n: pd.Series(x["low"]).rolling(n).min() for n in (20, 120)}
    top = {n: pd.Series(x["high"]).rolling(n).max() for n in (20, 120)}
    expected = {
        **{f"zscore_{n}": (close - close.rolling(n).mean()) / close.rolling(n).std() for n in (20, 120)},
        **{f"efficiency_ratio_{n}": close.diff(n).abs() / close.diff().abs().rolling(n).sum() for n in (20, 120)},
        **{f"range_position_{n}": (close - bottom[n]) / (top[n] - bottom[n]) for n in (20, 120)},
        "skew_120": returns.rolling(120).apply(lambda w: ((w - w.mean()) ** 3).mean() / w.var(ddof=0) ** 1.5),
        "kurtosis_120": returns.rolling(120).apply(lambda w: ((w - w.mean()) ** 4).mean() / w.var(ddof=0) ** 2 - 3),
        "autocorrelation_120": returns.rolling(120).corr(returns.shift()),
    }
    assert expected.keys() == {name for name, entry in ENTRIES.items() if entry.group == "statistics"}
    for name, values in expected.items():
        np.testing.assert_allclose(ENTRIES[name].function(x), values, rtol=1e-6, atol=1e-8, err_msg=name)
