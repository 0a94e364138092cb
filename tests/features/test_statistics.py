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
    bottom, top = pd.Series(x["low"]).rolling(20).min(), pd.Series(x["high"]).rolling(20).max()
    expected = {
        "zscore_20": (close - close.rolling(20).mean()) / close.rolling(20).std(),
        "efficiency_ratio_20": close.diff(20).abs() / close.diff().abs().rolling(20).sum(),
        "range_position_20": (close - bottom) / (top - bottom),
        "skew_120": returns.rolling(120).apply(lambda w: ((w - w.mean()) ** 3).mean() / w.var(ddof=0) ** 1.5),
        "kurtosis_120": returns.rolling(120).apply(lambda w: ((w - w.mean()) ** 4).mean() / w.var(ddof=0) ** 2 - 3),
        "autocorrelation_120": returns.rolling(120).corr(returns.shift()),
    }
    for name, values in expected.items():
        np.testing.assert_allclose(ENTRIES[name].function(x), values, rtol=1e-6, atol=1e-8, err_msg=name)
