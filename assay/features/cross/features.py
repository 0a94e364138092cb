"""The group ``cross``."""

from __future__ import annotations

from functools import partial

from assay.features.cross.other import Other
from assay.features.feature import Feature
from assay.features.params.cross import CrossParams
from assay.stats import rolling

_feature = partial(Feature, "cross")

_CLM, _GATEV = "Campbell, Lo, MacKinlay 1997, 1.4.1", "Gatev, Goetzmann, Rouwenhorst 2006"


def features(params: CrossParams) -> list[Feature]:
    """Return the entries of the group."""
    others = [Other(symbol, params.oldest_hours) for symbol in params.symbols]
    return [entry for other in others for entry in _of_market(other, params)]


def _of_market(other: Other, params: CrossParams) -> list[Feature]:
    return [
        *(_return(other, window) for window in params.windows),
        *(_lagged(other, lag) for lag in params.lags),
        *_ratios(other, params.ratio_window),
        *(_correlation(other, window) for window in params.correlation_windows),
        *(_beta(other, window) for window in params.correlation_windows),
        _feature(
            f"age_of_{other.name}",
            f"time since the last close of {other.symbol} known; NaN before the first",
            "hours",
            1,
            other.age_hours,
            "as-of join, backward",
            (other.symbol,),
        ),
    ]


def _return(other: Other, window: int) -> Feature:
    return _feature(
        f"log_return_{window}_of_{other.name}",
        f"log of the last close of {other.symbol} known over that known {window} closes before; NaN where one of them "
        f"was older than {other.oldest_hours} hours",
        "log return",
        window + 1,
        lambda x: other.log_return(x, window),
        _CLM,
        (other.symbol,),
    )


def _lagged(other: Other, lag: int) -> Feature:
    return _feature(
        f"log_return_1_lag_{lag}_of_{other.name}",
        f"log return of {other.symbol} over one bar, {lag} bars before; NaN where a close was older than "
        f"{other.oldest_hours} hours",
        "log return",
        lag + 2,
        lambda x: rolling.lagged(other.log_return(x), lag),
        "Lo, MacKinlay 1990",
        (other.symbol,),
    )


def _ratios(other: Other, window: int) -> list[Feature]:
    old = f"older than {other.oldest_hours} hours"
    return [
        _feature(
            f"ratio_to_{other.name}",
            f"close / last close of {other.symbol} known; NaN where that is {old}",
            "ratio of prices",
            1,
            other.ratio,
            _GATEV,
            (other.symbol,),
            price_power=1,
        ),
        _feature(
            f"ratio_zscore_{window}_to_{other.name}",
            f"log of close / last close of {other.symbol} known, in standard deviations from its mean at {window} "
            f"closes; NaN where one of them was {old}, or the ratio stood still",
            "standard deviations",
            window,
            lambda x: rolling.zscore(other.log_ratio(x), window),
            _GATEV,
            (other.symbol,),
        ),
    ]


def _correlation(other: Other, window: int) -> Feature:
    return _feature(
        f"correlation_{window}_with_{other.name}",
        f"correlation of {window} log returns with those of {other.symbol}; NaN where one market stood still, or a "
        f"close was older than {other.oldest_hours} hours",
        "-1 to 1",
        window + 1,
        lambda x: rolling.correlation(other.log_return(x), x.log_return, window),
        "Epps 1979",
        (other.symbol,),
    )


def _beta(other: Other, window: int) -> Feature:
    return _feature(
        f"beta_{window}_to_{other.name}",
        f"least-squares slope, with a constant, of {window} log returns on those of {other.symbol}; NaN where that one "
        f"stood still, or a close was older than {other.oldest_hours} hours",
        "return per return",
        window + 1,
        lambda x: rolling.beta(other.log_return(x), x.log_return, window),
        "Sharpe 1964",
        (other.symbol,),
    )
