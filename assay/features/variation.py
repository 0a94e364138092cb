"""Variation: what of a price's variance came by night, by jumps, by falls and by rises, per bar."""

from __future__ import annotations

from functools import partial

import numpy as np

from assay.features.feature import Feature
from assay.features.inputs import Inputs
from assay.features.params.memory import VariationParams
from assay.stats import rolling
from assay.types import Floats

_feature = partial(Feature, "variation")

_UNIT = "log return per bar"
_BARNDORFF = "Barndorff-Nielsen, Shephard 2004"
_SEMI = "Barndorff-Nielsen, Kinnebrock, Shephard 2010"


def features(params: VariationParams) -> list[Feature]:
    """Return the entries of the group."""
    return [entry for window in params.windows for entry in (*_ranges(window), *_sides(window))]


def yang_zhang(x: Inputs, window: int) -> Floats:
    """Return the volatility of jumps between bars, bodies and ranges together; a drift does not bias it.

    Notes
    -----
    ``V_o + k V_c + (1 - k) V_rs``: variances (ddof 1) of ``log open - last log close`` and of ``log close - log open``,
    and the mean of Rogers, Satchell 1991; ``k = 0.34 / (1.34 + (n + 1) / (n - 1))``, which makes the sum's own
    variance least (Yang, Zhang 2000).
    """
    top, bottom, first, last = x.log("high"), x.log("low"), x.log("open"), x.log("close")
    between = rolling.variance(first - rolling.lagged(last, 1), window)
    body = rolling.variance(last - first, window)
    ranged = rolling.total((top - last) * (top - first) + (bottom - last) * (bottom - first), window) / window
    k = 0.34 / (1.34 + (window + 1) / (window - 1))
    return np.sqrt(between + k * body + (1.0 - k) * ranged)


def bipower(x: Inputs, window: int) -> Floats:
    """Return the variance per bar that single jumps hardly reach: ``pi / 2`` times the mean of ``|r_t| |r_(t-1)|``."""
    size = np.abs(x.log_return)
    return rolling.total(size * rolling.lagged(size, 1), window) * (0.5 * np.pi / window)


def side(x: Inputs, window: int, sign: float) -> Floats:
    """Return the mean square of the falls (sign -1) or the rises (1) among the last log returns."""
    squares = np.where(x.log_return * sign > 0.0, x.squared_return, 0.0 * x.log_return)
    return rolling.total(squares, window) / window


def balance(x: Inputs, window: int) -> Floats:
    """Return rises less falls over both, in mean squares; NaN where the price stood still."""
    up, down = side(x, window, 1.0), side(x, window, -1.0)
    return rolling.ratio(up - down, up + down)


def jump_share(x: Inputs, window: int) -> Floats:
    """Return the share of variance that came by jumps; below 0 where there were none, as estimates differ."""
    smooth = bipower(x, window)
    return 1.0 - rolling.ratio(smooth, rolling.total(x.squared_return, window) / window)


def _ranges(window: int) -> list[Feature]:
    return [
        _feature(
            f"yang_zhang_{window}",
            f"sqrt of the variances of {window} openings and bodies and of their ranges, weighted to be exactest",
            _UNIT,
            window + 1,
            lambda x: yang_zhang(x, window),
            "Yang, Zhang 2000",
        ),
        _feature(
            f"bipower_{window}",
            f"sqrt of pi / 2 times the mean of {window} products of neighbouring absolute log returns",
            _UNIT,
            window + 2,
            lambda x: np.sqrt(bipower(x, window)),
            _BARNDORFF,
        ),
        _feature(
            f"jump_share_{window}",
            f"1 - bipower / realised variance of {window} log returns; NaN where the price stood still",
            "fraction of the variance, 1 at most",
            window + 2,
            lambda x: jump_share(x, window),
            _BARNDORFF,
        ),
    ]


def _sides(window: int) -> list[Feature]:
    return [
        _feature(
            f"downside_{window}",
            f"sqrt of the sum of squared falls over {window} bars, over {window}",
            _UNIT,
            window + 1,
            lambda x: np.sqrt(side(x, window, -1.0)),
            _SEMI,
        ),
        _feature(
            f"variance_balance_{window}",
            f"(rises - falls) / both, in sums of squares of {window} log returns; NaN where the price stood still",
            "-1 to 1",
            window + 1,
            lambda x: balance(x, window),
            _SEMI,
        ),
    ]
