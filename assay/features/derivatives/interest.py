"""Open interest, and how many of its holders are long."""

from __future__ import annotations

from functools import partial

import numpy as np

from assay.features.beside import age_hours, column, told
from assay.features.feature import Feature
from assay.features.inputs import Inputs
from assay.features.params.derivatives import DerivativesParams
from assay.stats import elementary, rolling
from assay.types import Floats

_KIND = "open_interest"
_BESSEMBINDER, _VENUE = "Bessembinder, Seguin 1993", "the venue's own count"
_feature = partial(Feature, "derivatives", lookback=1, needs=(_KIND,))

_RATIOS = {
    "long_short_accounts": "accounts that are long per account that is short",
    "long_short_top_accounts": "the largest traders' accounts that are long per account that is short",
    "long_short_top_positions": "the largest traders' long positions per short position",
    "taker_buy_sell": "volume taken by buyers per volume taken by sellers",
}


def features(params: DerivativesParams) -> list[Feature]:
    """Return the entries of open interest."""
    window, oldest = params.interest_window, params.interest_oldest_hours
    old = f"of the last row known; NaN where it is older than {oldest} hours"
    return [
        _feature(
            name="open_interest",
            definition=f"contracts or coins open, {old}",
            unit="units",
            function=lambda x: told(x, _KIND, column(x, _KIND, _KIND), oldest),
            reference=_BESSEMBINDER,
            size_power=1,
        ),
        *(_change(hours, oldest) for hours in params.change_hours),
        _feature(
            name=f"open_interest_zscore_{window}",
            definition=f"standard deviations of open interest from the mean of {window} rows, {old}, or they are all "
            "the same",
            unit="standard deviations",
            function=lambda x: told(x, _KIND, rolling.zscore(column(x, _KIND, _KIND), window), oldest),
            reference=_BESSEMBINDER,
        ),
        _feature(
            name="open_interest_age",
            definition="time since the last row of open interest known; NaN before the first",
            unit="hours",
            function=lambda x: age_hours(x, _KIND),
            reference=_VENUE,
        ),
        *(_ratio(name, text, old, oldest) for name, text in _RATIOS.items()),
    ]


def change(x: Inputs, hours: int, oldest_hours: int) -> Floats:
    """Return the log of open interest known at each close over that known hours before, shape (n,)."""
    logs = _log(x, _KIND)
    return told(x, _KIND, logs, oldest_hours) - told(x, _KIND, logs, oldest_hours, hours)


def _change(hours: int, oldest: int) -> Feature:
    return _feature(
        name=f"open_interest_change_{hours}h",
        definition=f"log of open interest known over that known {hours} hours before; NaN where one of them is 0, or "
        f"was older than {oldest} hours",
        unit="log change",
        function=lambda x: change(x, hours, oldest),
        reference=_BESSEMBINDER,
    )


def _ratio(name: str, text: str, old: str, oldest: int) -> Feature:
    return _feature(
        name=name,
        definition=f"log of {text}, {old}, or it is 0",
        unit="log ratio",
        function=lambda x: told(x, _KIND, _log(x, name), oldest),
        reference=_VENUE,
        needs=(f"{_KIND}.{name}",),
    )


def _log(x: Inputs, name: str) -> Floats:
    return x.once(f"{_KIND} log {name}", lambda: elementary.log(np.ascontiguousarray(column(x, _KIND, name))))
