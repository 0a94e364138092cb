"""Liquidations: positions that were closed by force, over windows of time."""

from __future__ import annotations

from functools import partial

import numpy as np
import polars as pl

from assay.features.arrival import usable
from assay.features.beside import HOUR_NS, age_hours, column, told
from assay.features.feature import Feature
from assay.features.inputs import Inputs
from assay.features.params.derivatives import DerivativesParams
from assay.stats import rolling
from assay.stats.spans import totals
from assay.tables.instants import nanoseconds
from assay.types import Floats

_KIND, _INTEREST = "liquidations", "open_interest"
_feature = partial(Feature, "derivatives", lookback=1, needs=(_KIND,), reference="Brunnermeier, Pedersen 2009")

MILLION = 1e6
LONGS, SHORTS = -1, 1
"""Whose positions were closed, by the side of the order that did it."""


def features(params: DerivativesParams) -> list[Feature]:
    """Return the entries of liquidations."""
    return [
        *(entry for hours in params.liquidation_hours for entry in _of_window(hours, params)),
        _feature(
            name="liquidation_age",
            definition="time since the last liquidation known; NaN before the first",
            unit="hours",
            function=lambda x: age_hours(x, _KIND),
        ),
    ]


def liquidated(x: Inputs, hours: int, oldest_hours: int, *sides: int) -> Floats:
    """Return the value that became known as liquidated in the hours before each close, quote currency, shape (n,).

    Parameters
    ----------
    x
        Bars, n of them.
    hours
        Length of the window: known at or after its begin, and before the close.
    oldest_hours
        NaN where the last liquidation known is older; NaN too where the first one known lies inside the window, for
        nobody knows what the feed would have told before.
    sides
        ``LONGS``, ``SHORTS``; those without a given side are 0.
    """

    def make() -> Floats:
        table = x.of_context(_KIND, _as_known)
        value = table["value"].to_numpy() * np.isin(table["side"].to_numpy(), sides)
        known_ns, from_ns = nanoseconds(table, "known_at"), x.closed_ns - hours * HOUR_NS
        begin, end = (np.searchsorted(known_ns, at_ns, side="right") for at_ns in (from_ns, x.closed_ns))
        known = (begin > 0) & (age_hours(x, _KIND) <= oldest_hours)
        return np.where(known, totals(value, begin, end), np.nan)

    return x.once(f"liquidated {hours} {oldest_hours} {sides}", make)


def _as_known(given: pl.DataFrame) -> pl.DataFrame:
    """Return all liquidations in the order in which they were known, those that came late too."""
    return usable(given.select("known_at", "side", "value")).sort("known_at", maintain_order=True)


def imbalance(x: Inputs, hours: int, oldest_hours: int) -> Floats:
    """Return liquidated shorts less longs over both, shape (n,); 0 where neither was liquidated."""
    longs, shorts = (liquidated(x, hours, oldest_hours, side) for side in (LONGS, SHORTS))
    both = shorts + longs
    return np.where(both == 0.0, 0.0, rolling.ratio(shorts - longs, both))


def share(x: Inputs, hours: int, params: DerivativesParams) -> Floats:
    """Return the liquidated value of all sides over the value of open interest, shape (n,)."""
    opened = told(x, _INTEREST, column(x, _INTEREST, "value"), params.interest_oldest_hours)
    return rolling.ratio(liquidated(x, hours, params.liquidation_oldest_hours, LONGS, 0, SHORTS), opened)


def _of_window(hours: int, params: DerivativesParams) -> list[Feature]:
    oldest = params.liquidation_oldest_hours
    known = f"known of the {hours} hours before the close"
    ended = f"NaN where the first one known is no older than that, or the last one older than {oldest} hours"
    return [
        *(_side(hours, oldest, side, f"{known}; {ended}") for side in (LONGS, SHORTS)),
        _feature(
            name=f"liquidation_imbalance_{hours}h",
            definition=f"(shorts - longs) / both, by value of liquidations {known}; 0 where there is none; {ended}",
            unit="-1 to 1",
            function=lambda x: imbalance(x, hours, oldest),
        ),
        _feature(
            name=f"liquidation_share_{hours}h",
            definition=f"value of liquidations of any side {known} / value of open interest; {ended}, or that is "
            f"older than {params.interest_oldest_hours} hours",
            unit="fraction",
            function=lambda x: share(x, hours, params),
            needs=(_KIND, f"{_INTEREST}.value"),
        ),
    ]


def _side(hours: int, oldest: int, side: int, known: str) -> Feature:
    name = "longs" if side == LONGS else "shorts"
    return _feature(
        name=f"liquidated_{name}_{hours}h",
        definition=f"value of liquidated {name} {known}",
        unit="millions of quote currency",
        function=lambda x: liquidated(x, hours, oldest, side) / MILLION,
        price_power=1,
        size_power=1,
    )
