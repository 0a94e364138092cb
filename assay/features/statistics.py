"""Rolling statistics: where the price stands in its window, and how its returns are distributed."""

from __future__ import annotations

from functools import partial

import numpy as np

from assay.features.feature import Feature
from assay.features.inputs import Inputs
from assay.features.params.prices import StatisticsParams
from assay.stats import rolling
from assay.types import Floats

_feature = partial(Feature, "statistics")


def features(params: StatisticsParams) -> list[Feature]:
    """Return the entries of the group."""
    return [
        *(entry for window in params.price_windows for entry in _of_prices(window)),
        *(entry for window in params.return_windows for entry in _of_returns(window)),
    ]


def efficiency_ratio(x: Inputs, window: int) -> Floats:
    """Return how straight the price went: distance over path of the closes, 0 to 1; NaN where it stood still."""
    path = rolling.total(np.abs(rolling.change(x.ticks("close"))), window)
    return rolling.ratio(np.abs(rolling.change(x.ticks("close"), window)), path)


def range_position(x: Inputs, window: int) -> Floats:
    """Return where the close lies between the lowest low, 0, and the highest high, 1; NaN where they are equal."""
    top, bottom = rolling.highest(x.ticks("high"), window), rolling.lowest(x.ticks("low"), window)
    return rolling.place(x.ticks("close"), bottom, top)


def _of_prices(window: int) -> list[Feature]:
    return [
        _feature(
            f"zscore_{window}",
            f"(close - mean) / standard deviation (ddof 1) of {window} closes; NaN where they are equal",
            "standard deviations",
            window,
            lambda x: rolling.zscore(x.ticks("close"), window),
            "standard score",
        ),
        _feature(
            f"efficiency_ratio_{window}",
            f"|change| over {window} bars / sum of |changes|; NaN where the close stood still",
            "0 to 1",
            window + 1,
            lambda x: efficiency_ratio(x, window),
            "Kaufman 1995",
        ),
        _feature(
            f"range_position_{window}",
            f"(close - lowest low) / (highest high - lowest low) of {window} bars; NaN where they are equal",
            "0 to 1",
            window,
            lambda x: range_position(x, window),
            "Lane 1984, unsmoothed",
        ),
    ]


def _of_returns(window: int) -> list[Feature]:
    return [
        _feature(
            f"skew_{window}",
            f"population skewness of {window} log returns; NaN where they are equal",
            "ratio",
            window + 1,
            lambda x: rolling.skewness(x.log_return, window),
            "Joanes, Gill 1998, g1",
        ),
        _feature(
            f"kurtosis_{window}",
            f"population excess kurtosis of {window} log returns, 0 for a normal; NaN where they are equal",
            "ratio",
            window + 1,
            lambda x: rolling.kurtosis(x.log_return, window),
            "Joanes, Gill 1998, g2",
        ),
        _feature(
            f"autocorrelation_{window}",
            f"Pearson correlation of {window} log returns with those of the bars before; NaN where they are equal",
            "-1 to 1",
            window + 2,
            lambda x: rolling.correlation(x.log_return, rolling.lagged(x.log_return, 1), window),
            "Campbell, Lo, MacKinlay 1997, 2.4",
        ),
    ]
