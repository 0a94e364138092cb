"""Volatility: per bar and in log-return units, from closes and from ranges."""

from __future__ import annotations

from functools import partial

import numpy as np

from assay.features.feature import Feature
from assay.features.inputs import Inputs
from assay.features.params.prices import VolatilityParams
from assay.stats import rolling
from assay.types import Floats

_feature = partial(Feature, "volatility")

_LOG_2 = 0.6931471805599453
_UNIT = "log return per bar"
_OF_RATIO = (24, 120)


def features(params: VolatilityParams) -> list[Feature]:
    """Return the entries of the group."""
    window, windows = params.range_window, tuple(sorted({*params.windows, *_OF_RATIO}))
    return [
        *(_realised(w, windows) for w in params.windows),
        _feature(
            "vol_ratio_24_120",
            "realised volatility over 24 bars / over 120 bars; NaN where the price stood still for 120",
            "ratio",
            121,
            lambda x: rolling.ratio(*(realised(x, w, windows) for w in _OF_RATIO)),
            "Corsi 2009, the ratio of two of its components",
        ),
        _feature(
            f"parkinson_{window}",
            f"sqrt of the {window}-bar mean of log(high / low)^2 / (4 log 2)",
            _UNIT,
            window,
            lambda x: parkinson(x, window),
            "Parkinson 1980",
        ),
        _feature(
            f"garman_klass_{window}",
            f"sqrt of the {window}-bar mean of log(high / low)^2 / 2 - (2 log 2 - 1) log(close / open)^2",
            _UNIT,
            window,
            lambda x: garman_klass(x, window),
            "Garman, Klass 1980, their practical estimator",
        ),
        _feature(
            f"rogers_satchell_{window}",
            f"sqrt of the {window}-bar mean of log(h / c) log(h / o) + log(l / c) log(l / o)",
            _UNIT,
            window,
            lambda x: rogers_satchell(x, window),
            "Rogers, Satchell 1991",
        ),
    ]


def realised(x: Inputs, window: int, among: tuple[int, ...] = ()) -> Floats:
    """Return the root mean square of the last log returns: the mean return is not taken off.

    Those of all windows ``among`` which this one is are made in one go.
    """
    windows = among or (window,)
    return x.by_window("realised", windows, lambda: rolling.root_means(x.squared_return, windows))[window]


def parkinson(x: Inputs, window: int) -> Floats:
    """Return the volatility of the high-low range, exact for a Brownian motion without drift."""
    span = x.log("high") - x.log("low")
    return np.sqrt(rolling.total(span * span, window) / (4.0 * _LOG_2 * window))


def garman_klass(x: Inputs, window: int) -> Floats:
    """Return the volatility of range and body together; without drift, jumps between bars left out."""
    span, body = x.log("high") - x.log("low"), x.log("close") - x.log("open")
    return np.sqrt(rolling.total(0.5 * span * span - (2.0 * _LOG_2 - 1.0) * body * body, window) / window)


def rogers_satchell(x: Inputs, window: int) -> Floats:
    """Return the volatility that a drift does not bias, jumps between bars left out."""
    top, bottom, first, last = x.log("high"), x.log("low"), x.log("open"), x.log("close")
    variance = (top - last) * (top - first) + (bottom - last) * (bottom - first)
    return np.sqrt(rolling.total(variance, window) / window)


def _realised(window: int, windows: tuple[int, ...]) -> Feature:
    return _feature(
        f"rv_{window}",
        f"realised volatility: sqrt of the mean squared log return of {window} bars",
        _UNIT,
        window + 1,
        lambda x: realised(x, window, windows),
        "Andersen, Bollerslev, Diebold, Labys 2003",
    )
