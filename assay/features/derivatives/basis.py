"""Basis: how far a future's price is above what it is settled by."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from assay.features.beside import age_hours, column, told
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
    oldest = params.mark_oldest_hours
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
        _zscore("basis_index", "mark / index - 1", of_index, params, _INDEX),
        _feature(
            name="basis_close",
            definition=f"close / last mark known - 1, the move since that mark in it; {old}",
            unit="basis points",
            lookback=1,
            function=lambda x: of_close(x, oldest),
            needs=_MARK,
        ),
        _zscore("basis_close", "close / last mark known - 1", of_close, params, _MARK),
        _feature(
            name="mark_age",
            definition="time since the last mark known; NaN before the first",
            unit="hours",
            lookback=1,
            function=lambda x: age_hours(x, _KIND),
            needs=_MARK,
        ),
    ]


def _zscore(
    name: str,
    what: str,
    basis: Callable[[Inputs, int], Floats],
    params: DerivativesParams,
    needs: tuple[str, ...],
) -> Feature:
    window, oldest = params.basis_window, params.mark_oldest_hours
    return _feature(
        name=f"{name}_zscore_{window}",
        definition=f"{what}, in standard deviations from its mean at {window} closes; NaN where one of them knew no "
        f"mark of the last {oldest} hours, or all are the same",
        unit="standard deviations",
        lookback=window,
        function=lambda x: rolling.zscore(basis(x, oldest), window),
        needs=needs,
    )


def of_index(x: Inputs, oldest_hours: int) -> Floats:
    """Return mark over index less 1, basis points, shape (n,)."""
    mark, index = column(x, _KIND, "mark"), column(x, _KIND, "index")
    return told(x, _KIND, BPS * (mark / index - 1.0), oldest_hours)


def of_close(x: Inputs, oldest_hours: int) -> Floats:
    """Return close over mark less 1, basis points, shape (n,)."""
    return BPS * (x["close"] / told(x, _KIND, column(x, _KIND, "mark"), oldest_hours) - 1.0)
