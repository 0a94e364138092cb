"""Memory: how far moves go on or turn back, and prices with just so much of it taken away that they are stationary."""

from __future__ import annotations

from functools import partial

import numpy as np

from assay.features.feature import Feature
from assay.features.inputs import Inputs
from assay.features.params.memory import MemoryParams
from assay.stats import fractional, persistence, rolling
from assay.types import Floats

_feature = partial(Feature, "memory")

_LO_MACKINLAY = "Lo, MacKinlay 1988"


def features(params: MemoryParams) -> list[Feature]:
    """Return the entries of the group."""
    window, of = params.ratio_window, params.correlation_window
    return [
        *(_fractional(order, params.threshold) for order in params.orders),
        *(entry for lag in params.ratio_lags for entry in _ratios(lag, window)),
        *(_hurst(w) for w in params.hurst_windows),
        *(_autocorrelation(lag, of) for lag in params.correlation_lags),
        *(_of_sizes(lag, of) for lag in params.size_lags),
    ]


def _fractional(order: float, threshold: float) -> Feature:
    return _feature(
        f"ffd_{round(100 * order):02d}",
        f"fractional difference of order {order:g} of the log close in ticks, weights down to {threshold:g}",
        "log price",
        fractional.weights(order, threshold).size,
        lambda x: fractional.difference(x.log("close"), order, threshold),
        "Hosking 1981; Lopez de Prado 2018, 5.5, on log prices as in snippet 5.4",
    )


def _ratios(lag: int, window: int) -> list[Feature]:
    text = f"variance of moves over {lag} bars, per bar, over that of one bar, in {window} log returns"
    return [
        _feature(
            f"variance_ratio_{lag}_{window}",
            f"{text}, overlapping and without bias; NaN where the price stood still",
            "ratio",
            window + 1,
            lambda x: _variance_ratio(x, lag, window),
            _LO_MACKINLAY,
        ),
        _feature(
            f"variance_ratio_z_{lag}_{window}",
            f"{text}, less 1, in standard errors that changing variance leaves right; NaN where the price stood still, "
            f"or no two of its moves were less than {lag} bars apart",
            "standard errors",
            window + lag,
            lambda x: persistence.z_score(x.log_return, _variance_ratio(x, lag, window), lag, window),
            f"{_LO_MACKINLAY}, z*, but weights of squared returns without their mean",
        ),
    ]


def _variance_ratio(x: Inputs, lag: int, window: int) -> Floats:
    return x.once(f"variance ratio {lag} {window}", lambda: persistence.variance_ratio(x.log("close"), lag, window))


def _hurst(window: int) -> Feature:
    lags = persistence.scales(window)
    return _feature(
        f"hurst_{window}",
        f"Hurst exponent: slope of the log standard deviation of moves on the log of their {len(lags)} lengths, 1 to "
        f"{lags[-1]} bars, in {window} log returns; NaN where moves of one of these lengths never differ from the mean",
        "0 to 1, a random walk 1/2",
        window + 1,
        lambda x: persistence.hurst(x.log("close"), window),
        "Taqqu, Teverovsky, Willinger 1995, aggregated variance",
    )


def _autocorrelation(lag: int, window: int) -> Feature:
    return _feature(
        f"autocorrelation_lag_{lag}_{window}",
        f"Pearson correlation of {window} log returns with those {lag} bars before; NaN where they are equal",
        "-1 to 1",
        window + lag + 1,
        lambda x: rolling.correlation(x.log_return, rolling.lagged(x.log_return, lag), window),
        "Campbell, Lo, MacKinlay 1997, 2.4",
    )


def _of_sizes(lag: int, window: int) -> Feature:
    return _feature(
        f"size_autocorrelation_lag_{lag}_{window}",
        f"Pearson correlation of {window} absolute log returns with those {lag} bars before; NaN where they are equal",
        "-1 to 1",
        window + lag + 1,
        lambda x: rolling.correlation(np.abs(x.log_return), rolling.lagged(np.abs(x.log_return), lag), window),
        "Ding, Granger, Engle 1993",
    )
