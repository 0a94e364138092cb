"""Basis: how far a future's price is above what it is settled by."""

from __future__ import annotations

from functools import partial

from assay.features.derivatives.known import age_hours, column, told
from assay.features.feature import Feature
from assay.features.inputs import Inputs
from assay.features.params.derivatives import DerivativesParams
from assay.stats import rolling
from assay.types import Floats

_KIND = "mark_price"
_MARK, _INDEX = (_KIND,), (f"{_KIND}.index",)
_feature = partial(Feature, "derivatives", reference="He, Manela, Ross, von Wachter 2022")

BPS = 1e4


def features(params: DerivativesParams) -> list[Feature]:
    """Return the entries of the basis."""
    window, oldest = params.basis_window, params.mark_oldest_hours
    old = f"NaN where that is older than {oldest} hours"
    return [
        _feature(
            name="basis_index",
            definition=f"mark / index - 1 of the last mark known; {old}",
            unit="basis points",
            lookback=1,
            function=lambda x: of_index(x, oldest),
            needs=_INDEX,
        ),
        _feature(
            name=f"basis_index_zscore_{window}",
            definition=f"mark / index - 1, in standard deviations from its mean at {window} closes; NaN where one of "
            f"them knew no mark of the last {oldest} hours, or all are the same",
            unit="standard deviations",
            lookback=window,
            function=lambda x: rolling.zscore(of_index(x, oldest), window),
            needs=_INDEX,
        ),
        _feature(
            name="basis_close",
            definition=f"close / last mark known - 1, the move since that mark in it; {old}",
            unit="basis points",
            lookback=1,
            function=lambda x: of_close(x, oldest),
            needs=_MARK,
        ),
        _feature(
            name=f"basis_close_zscore_{window}",
            definition=f"close / last mark known - 1, in standard deviations from its mean at {window} closes; NaN "
            f"where one of them knew no mark of the last {oldest} hours, or all are the same",
            unit="standard deviations",
            lookback=window,
            function=lambda x: rolling.zscore(of_close(x, oldest), window),
            needs=_MARK,
        ),
        _feature(
            name="mark_age",
            definition="time since the last mark known",
            unit="hours",
            lookback=1,
            function=lambda x: age_hours(x, _KIND),
            needs=_MARK,
        ),
    ]


def of_index(x: Inputs, oldest_hours: int) -> Floats:
    """Return mark over index less 1, basis points, shape (n,)."""
    mark, index = column(x, _KIND, "mark"), column(x, _KIND, "index")
    return told(x, _KIND, BPS * (mark / index - 1.0), oldest_hours)


def of_close(x: Inputs, oldest_hours: int) -> Floats:
    """Return close over mark less 1, basis points, shape (n,)."""
    return BPS * (x["close"] / told(x, _KIND, column(x, _KIND, "mark"), oldest_hours) - 1.0)
