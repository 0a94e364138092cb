from __future__ import annotations

import numpy as np
import pandas as pd

from assay.features.inputs import Inputs
from assay.features.levels import features
from assay.features.params.prices import LevelParams

N_LAST = 300
"""Rows late enough for recursions to have faded, however they begin."""


def test_every_entry_equals_pandas_in_quote_currency(quotes, instrument, hours):
    x = Inputs(quotes, instrument, hours)
    close, before = pd.Series(x["close"]), pd.Series(x["close"]).shift()
    fast, slow = (close.ewm(span=n, adjust=False).mean() for n in (12, 26))
    signal = (fast - slow).ewm(span=9, adjust=False).mean()
    spans = pd.DataFrame({"bar": x["high"] - x["low"], "up": x["high"] - before, "down": before - x["low"]})
    mean, deviation = close.rolling(20).mean(), close.rolling(20).std(ddof=0)
    expected = {
        **{f"sma_{n}": close.rolling(n).mean() for n in (24, 120, 480)},
        "bb_upper": mean + 2 * deviation,
        "bb_lower": mean - 2 * deviation,
        "macd": fast - slow,
        "macd_signal": signal,
        "macd_hist": fast - slow - signal,
        "atr": spans.max(axis=1).ewm(alpha=1 / 14, adjust=False).mean(),
    }
    found = {entry.name: entry.function(x)[-N_LAST:] for entry in features(LevelParams())}
    assert found.keys() == expected.keys()
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values[-N_LAST:], rtol=1e-9, atol=1e-9, err_msg=name)
