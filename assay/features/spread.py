"""Spread and quoted sizes: built for quotes, left out for trades, where nobody knows them."""

from __future__ import annotations

from functools import partial

from assay.features.feature import Feature
from assay.features.params.trading import SpreadParams
from assay.stats import rolling

_feature = partial(Feature, "spread")

_SPREAD, _SIZES = ("spread_mean",), ("imbalance",)
_HARRIS, _GOULD = "Harris 2003, ch. 14", "Gould, Bonart 2016"


def features(params: SpreadParams) -> list[Feature]:
    """Return the entries of the group."""
    return [*_spreads(params.window), *_sizes(params.window)]


def _spreads(window: int) -> list[Feature]:
    return [
        _feature(
            "spread_bps",
            "mean ask - bid of the bar / close",
            "basis points",
            1,
            lambda x: 1e4 * x["spread_mean"] / x["close"],
            _HARRIS,
            _SPREAD,
        ),
        _feature(
            "spread_ticks",
            "mean ask - bid of the bar",
            "ticks",
            1,
            lambda x: x["spread_mean"] / x.instrument.tick_size,
            _HARRIS,
            _SPREAD,
        ),
        _feature(
            f"spread_ratio_{window}",
            f"mean ask - bid of the bar / its mean over {window} bars, 1 for a constant spread; NaN where that is 0",
            "ratio",
            window,
            lambda x: rolling.ratio(x["spread_mean"], rolling.mean(x["spread_mean"], window)),
            _HARRIS,
            _SPREAD,
        ),
    ]


def _sizes(window: int) -> list[Feature]:
    return [
        _feature(
            "quoted_imbalance",
            "mean (bid size - ask size) / (bid size + ask size) of the bar",
            "-1 to 1",
            1,
            lambda x: x["imbalance"],
            _GOULD,
            _SIZES,
        ),
        _feature(
            f"quoted_imbalance_change_{window}",
            f"quoted imbalance of the bar less its mean over {window} bars",
            "-2 to 2",
            window,
            lambda x: x["imbalance"] - rolling.mean(x["imbalance"], window),
            _GOULD,
            _SIZES,
        ),
    ]
