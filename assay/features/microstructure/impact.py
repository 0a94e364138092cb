"""Price impact: how far prices move with what is bought and sold."""

from __future__ import annotations

from functools import partial

import numpy as np

from assay.features.feature import Feature
from assay.features.inputs import Inputs
from assay.features.microstructure.signed import signed_volume
from assay.stats import rolling
from assay.types import Floats

_feature = partial(Feature, "microstructure", needs=("volume",))

MILLION_ROOT = 1e3
"""Root of a million."""


def features(window: int) -> list[Feature]:
    """Return the entries of impact."""
    return [
        _feature(
            f"kyle_lambda_{window}",
            f"least-squares slope, with a constant, of {window} changes of the close on the signed volume of their "
            "bars; NaN where that volume is always the same",
            "quote currency / unit traded",
            window + 1,
            lambda x: kyle(x, window),
            "Kyle 1985; Lopez de Prado 2018, 19.4.1",
            price_power=1,
            size_power=-1,
        ),
        _feature(
            f"impact_correlation_{window}",
            f"correlation of {window} changes of the close with the signed volume of their bars, the root of what "
            "Kyle's regression explains; NaN where one of them is always the same",
            "-1 to 1",
            window + 1,
            lambda x: rolling.correlation(signed_volume(x), _change(x), window),
            "Kyle 1985",
        ),
        _feature(
            f"hasbrouck_lambda_{window}",
            f"least-squares slope, without a constant, of {window} log returns on the signed root of the value of each "
            "bar's net volume; NaN where every net volume is 0",
            "log return / root of a million of quote currency",
            window + 1,
            lambda x: MILLION_ROOT * hasbrouck(x, window),
            "Hasbrouck 2009; Lopez de Prado 2018, 19.4.3",
            price_power=None,
            size_power=None,
        ),
    ]


def kyle(x: Inputs, window: int) -> Floats:
    """Return the slope of changes of the close on signed volume, quote currency per unit, shape (n,).

    Notes
    -----
    Ordinary least squares of ``p_t - p_(t-1) = mu + lambda (buys - sells) + e``; the constant takes up a drift, which
    López de Prado 2018, 19.4.1, leaves in the slope.
    """
    return rolling.beta(signed_volume(x), _change(x), window) * x.instrument.tick_size


def hasbrouck(x: Inputs, window: int) -> Floats:
    """Return the slope of log returns on the signed root of value, per root of quote currency, shape (n,).

    Notes
    -----
    Hasbrouck 2009 sums the signed roots of single trades, ``b sqrt(p v)``. Bars hold no single trades, so here it is
    the signed root of the value of the net volume, ``sqrt(|buys - sells| * vwap)``. The regression has no constant,
    as his has none.
    """
    root = x.once("signed root of value", lambda: signed_root(signed_volume(x) * x["vwap"]))
    explained = rolling.total(root * x.log_return, window)
    return rolling.ratio(explained, rolling.total(root * root, window))


def signed_root(values: Floats) -> Floats:
    """Return the root of each size with its sign."""
    return np.copysign(np.sqrt(np.abs(values)), values)


def _change(x: Inputs) -> Floats:
    return x.once("change in ticks", lambda: rolling.change(x.ticks("close")))
