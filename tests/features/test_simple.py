from __future__ import annotations

import numpy as np
import pandas as pd

from assay.features.inputs import Inputs
from assay.features.params.prices import SimpleParams
from assay.features.simple import features


def test_every_entry_equals_pandas(quotes, instrument, hours):
    close = pd.Series(quotes["close"].to_numpy())
    expected = {
        **{f"return_{n}": close.pct_change(n) for n in (1, 5, 20)},
        "return_sign": np.sign(close.diff()),
        "return_var_24": close.pct_change().rolling(24).var(),
    }
    found = {entry.name: entry.function(Inputs(quotes, instrument, hours)) for entry in features(SimpleParams())}
    assert found.keys() == expected.keys()
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values, rtol=1e-9, atol=1e-15, err_msg=name)
