"""Funding: what longs pay shorts to hold a perpetual swap."""

from __future__ import annotations

from functools import partial

from assay.features.beside import age_hours, column, told
from assay.features.feature import Feature
from assay.features.inputs import Inputs
from assay.features.params.derivatives import DerivativesParams
from assay.stats import rolling
from assay.types import Floats

_feature = partial(Feature, "derivatives", lookback=1, reference="He, Manela, Ross, von Wachter 2022")

_RATE = "fraction of the position"


def features(params: DerivativesParams) -> list[Feature]:
    """Return the entries of funding."""
    window, oldest = params.funding_window, params.funding_oldest_hours
    old = f"NaN where it is older than {oldest} hours"
    return [
        _feature(
            name="funding_rate",
            definition=f"rate of the last payment known, paid by longs; {old}",
            unit=_RATE,
            function=lambda x: told(x, "funding", column(x, "funding", "rate"), oldest),
            needs=("funding",),
        ),
        _feature(
            name=f"funding_zscore_{window}",
            definition="rate of the last payment known, in standard deviations from the mean of the last "
            f"{window} payments; {old}, or they are all the same",
            unit="standard deviations",
            function=lambda x: told(x, "funding", zscore(x, window), oldest),
            needs=("funding",),
        ),
        _feature(
            name="funding_age",
            definition="time since the last payment known; NaN before the first",
            unit="hours",
            function=lambda x: age_hours(x, "funding"),
            needs=("funding",),
        ),
        _feature(
            name="funding_predicted",
            definition="rate of the next payment, as predicted with the last mark known; NaN where that is older than "
            f"{params.mark_oldest_hours} hours",
            unit=_RATE,
            function=lambda x: told(x, "mark_price", column(x, "mark_price", "rate"), params.mark_oldest_hours),
            needs=("mark_price.rate",),
        ),
    ]


def zscore(x: Inputs, window: int) -> Floats:
    """Return the z-score of each payment among the last ones, itself included, shape (m,)."""
    return rolling.zscore(column(x, "funding", "rate"), window)
