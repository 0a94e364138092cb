"""Returns: log returns over several horizons, and the shape of the last bar."""

from __future__ import annotations

from functools import partial

from assay.features.feature import Feature
from assay.features.params.prices import ReturnParams
from assay.stats import rolling

_feature = partial(Feature, "returns")

_CLM = "Campbell, Lo, MacKinlay 1997, 1.4.1"


def features(params: ReturnParams) -> list[Feature]:
    """Return the entries of the group."""
    return [
        *(_log_return(window) for window in params.windows),
        _feature(
            "price_acceleration",
            "log return of the bar less that of the bar before",
            "log return",
            3,
            lambda x: rolling.change(x.log_return),
            _CLM,
        ),
        _feature(
            "high_low_pct",
            "(high - low) / close",
            "fraction of the price",
            1,
            lambda x: (x.given("high") - x.given("low")) / x.given("close"),
            "Parkinson 1980",
        ),
        _feature(
            "open_close_pct",
            "close / open - 1",
            "fraction of the price",
            1,
            lambda x: (x.given("close") - x.given("open")) / x.given("open"),
            _CLM,
        ),
    ]


def _log_return(window: int) -> Feature:
    return _feature(
        f"log_return_{window}",
        f"log of close over the close {window} bars before",
        "log return",
        window + 1,
        lambda x: rolling.change(x.log("close"), window),
        _CLM,
    )
