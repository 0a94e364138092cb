"""Simple returns: what a position of one unit of money earned, its sign and its variance."""

from __future__ import annotations

from functools import partial

from assay.features.feature import Feature
from assay.features.inputs import Inputs
from assay.features.params.prices import SimpleParams
from assay.stats import rolling
from assay.types import Floats

_feature = partial(Feature, "simple")

_CLM = "Campbell, Lo, MacKinlay 1997, 1.4.1"


def features(params: SimpleParams) -> list[Feature]:
    """Return the entries of the group."""
    return [
        *(_return(window) for window in params.windows),
        _feature(
            "return_sign",
            "sign of the change of the close over one bar",
            "-1, 0 or 1",
            2,
            lambda x: rolling.direction(x.ticks("close")),
            _CLM,
        ),
        *(_variance(window) for window in params.variance_windows),
    ]


def simple_return(x: Inputs, window: int) -> Floats:
    """Return ``close / close of window bars before - 1``, shape (n,)."""
    return x.once(f"simple return {window}", lambda: rolling.growth(x.ticks("close"), window))


def _return(window: int) -> Feature:
    return _feature(
        f"return_{window}",
        f"close over the close {window} bars before, less 1",
        "fraction of the price",
        window + 1,
        lambda x: simple_return(x, window),
        _CLM,
    )


def _variance(window: int) -> Feature:
    return _feature(
        f"return_var_{window}",
        f"variance (ddof 1) of {window} simple returns of one bar",
        "squared fraction of the price",
        window + 1,
        lambda x: rolling.variance(simple_return(x, 1), window),
        "sample variance",
    )
