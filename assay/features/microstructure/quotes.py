"""Spread and depth over a window, built for quotes: trades show neither."""

from __future__ import annotations

from functools import partial

from assay.features.feature import Feature
from assay.features.inputs import Inputs
from assay.stats import rolling
from assay.types import Floats

_feature = partial(Feature, "microstructure")

_SPREAD, _SIZES = ("spread_mean",), ("imbalance", "volume")
_HARRIS, _GOULD, _BIAIS = "Harris 2003, ch. 14", "Gould, Bonart 2016", "Biais, Hillion, Spatt 1995"


def features(window: int) -> list[Feature]:
    """Return the entries of quoted spread and depth."""
    return [*_spreads(window), *_depths(window), _imbalance(window), _order_flow(window)]


def _spreads(window: int) -> list[Feature]:
    return [
        _feature(
            f"spread_zscore_{window}",
            f"mean ask - bid of the bar in ticks, in standard deviations from its mean over {window} bars; NaN where "
            "it is always the same",
            "standard deviations",
            window,
            lambda x: rolling.zscore(x.ticks("spread_mean"), window),
            _HARRIS,
            _SPREAD,
        ),
        _feature(
            f"spread_variation_{window}",
            f"standard deviation of the mean ask - bid of {window} bars in ticks / its mean; NaN where that is 0",
            "ratio",
            window,
            lambda x: _variation(x.ticks("spread_mean"), window),
            _HARRIS,
            _SPREAD,
        ),
        _feature(
            "spread_narrowing",
            "ask - bid at the first tick of the bar / its mean over the bar; NaN where that is 0",
            "ratio",
            1,
            lambda x: rolling.ratio(x["spread_open"], x["spread_mean"]),
            _BIAIS,
            _SPREAD,
        ),
    ]


def _depths(window: int) -> list[Feature]:
    return [
        _feature(
            "quoted_depth",
            "mean of the units quoted on both sides, over the ticks of the bar",
            "units",
            1,
            depth,
            _BIAIS,
            _SIZES,
            size_power=1,
        ),
        _feature(
            f"quoted_depth_ratio_{window}",
            f"quoted depth of the bar / its mean over {window} bars; NaN where that is 0",
            "ratio",
            window,
            lambda x: rolling.ratio(depth(x), rolling.mean(depth(x), window)),
            _BIAIS,
            _SIZES,
        ),
    ]


def _imbalance(window: int) -> Feature:
    return _feature(
        f"quoted_imbalance_mean_{window}",
        f"mean quoted imbalance of {window} bars",
        "-1 to 1",
        window,
        lambda x: rolling.mean(x["imbalance"], window),
        _GOULD,
        _SIZES[:1],
    )


def _order_flow(window: int) -> Feature:
    return _feature(
        f"order_flow_imbalance_{window}",
        f"sum of what the quotes of {window} bars add to demand and take from supply at the best prices / their "
        "mean quoted depth; NaN where that is 0; prices move in proportion to it",
        "depths",
        window,
        lambda x: rolling.ratio(rolling.total(x["order_flow"], window), _mean_depth(x, window)),
        "Cont, Kukanov, Stoikov 2014, eq. 2-5",
        ("order_flow", "volume"),
    )


def _variation(x: Floats, window: int) -> Floats:
    return rolling.ratio(rolling.std(x, window), rolling.mean(x, window))


def _mean_depth(x: Inputs, window: int) -> Floats:
    return rolling.ratio(rolling.total(x["volume"], window), rolling.total(x["n_ticks"], window))


def depth(x: Inputs) -> Floats:
    """Return units quoted per tick: of quotes, the volume of a bar is the sum of the mean of both sides' sizes."""
    return x.once("quoted depth", lambda: rolling.ratio(x["volume"], x["n_ticks"]))
