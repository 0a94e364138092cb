"""Order flow of the bars: who bought, how much, how fast, at what price.

Ticks without a sign count as neither side. Ratios are of sums over the window, so that a quiet bar weighs little.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from assay.features.feature import Feature
from assay.features.inputs import Inputs
from assay.features.params.trading import FlowParams
from assay.stats import rolling
from assay.types import Floats

_feature = partial(Feature, "flow")

_VOLUME = ("volume",)
MILLION = 1e6
_CRS = "Chordia, Roll, Subrahmanyam 2002"


def features(params: FlowParams) -> list[Feature]:
    """Return the entries of the group."""
    short, long = params.short_window, params.long_window
    return [
        *(_volume_imbalance(window) for window in (1, short, long)),
        *(_tick_imbalance(window) for window in (short, long)),
        *(_vwap_distance(window) for window in (1, short, long)),
        *_durations(long),
        _tick_rate(short, long),
        _volume_ratio(short, long),
        *_of_window(long),
    ]


def share(x: Inputs, part: Floats, whole: str, window: int) -> Floats:
    """Return the sum of ``part`` over the sum of a column, over a window; NaN where that column's sum is 0."""
    return rolling.ratio(rolling.total(part, window), rolling.total(x[whole], window))


def vpin(x: Inputs, window: int) -> Floats:
    """Return the volume-weighted mean of ``|buy - sell| / volume`` over the bars of a window.

    Notes
    -----
    Easley, López de Prado, O'Hara 2012, eq. 7, with the signed volume of the bars in place of bulk classification;
    bars of any size are buckets. The sum of the imbalances is divided by the volume of the whole window.
    """
    return share(x, np.abs(x["buy_volume"] - x["sell_volume"]), "volume", window)


def amihud(x: Inputs, window: int) -> Floats:
    """Return the mean of ``|log return| / value``; NaN where a bar of the window traded nothing."""
    return rolling.mean(rolling.ratio(np.abs(x.log_return), x["value"]), window)


def vwap_distance(x: Inputs, window: int) -> Floats:
    """Return the close over the volume-weighted price of a window, less 1."""
    return rolling.ratio(x["close"], share(x, x["value"], "volume", window)) - 1.0


def tick_rate(x: Inputs, window: int) -> Floats:
    """Return ticks per second while bars were forming; NaN where a window took no time."""
    return rolling.ratio(rolling.total(x["n_ticks"], window), rolling.total(x.duration_s, window))


def _volume_imbalance(window: int) -> Feature:
    return _feature(
        f"volume_imbalance_{window}",
        f"(bought - sold) / volume of {window} bars; NaN where nothing was traded",
        "-1 to 1",
        window,
        lambda x: share(x, x["buy_volume"] - x["sell_volume"], "volume", window),
        _CRS,
        _VOLUME,
    )


def _tick_imbalance(window: int) -> Feature:
    return _feature(
        f"tick_imbalance_{window}",
        f"(buys - sells) / ticks of {window} bars",
        "-1 to 1",
        window,
        lambda x: share(x, x["n_buys"] - x["n_sells"], "n_ticks", window),
        _CRS,
    )


def _vwap_distance(window: int) -> Feature:
    return _feature(
        f"vwap_distance_{window}",
        f"close / volume-weighted price of {window} bars - 1; NaN where nothing was traded",
        "fraction of the price",
        window,
        lambda x: vwap_distance(x, window),
        "Berkowitz, Logue, Noser 1988",
        _VOLUME,
    )


def _durations(window: int) -> list[Feature]:
    return [
        _feature(
            "duration",
            "time from a bar's first tick to its last",
            "seconds",
            1,
            lambda x: x.duration_s,
            "Engle, Russell 1998",
        ),
        _feature(
            f"duration_ratio_{window}",
            f"duration of a bar / mean duration of {window}, breaks left out; NaN where the bars took no time",
            "ratio",
            window,
            lambda x: rolling.ratio(x.duration_s, rolling.mean(x.duration_s, window)),
            "Engle, Russell 1998, duration against its mean",
        ),
    ]


def _tick_rate(short: int, long: int) -> Feature:
    return _feature(
        f"tick_rate_{short}_{long}",
        f"ticks a second over {short} bars / over {long}, breaks left out; NaN where the bars took no time",
        "ratio",
        long,
        lambda x: rolling.ratio(tick_rate(x, short), tick_rate(x, long)),
        "Engle, Russell 1998, intensity against its mean",
    )


def _volume_ratio(short: int, long: int) -> Feature:
    return _feature(
        f"volume_ratio_{short}_{long}",
        f"mean volume of {short} bars / of {long}; NaN where nothing was traded",
        "ratio",
        long,
        lambda x: rolling.ratio(rolling.mean(x["volume"], short), rolling.mean(x["volume"], long)),
        "Gervais, Kaniel, Mingelgrin 2001",
        _VOLUME,
    )


def _of_window(window: int) -> list[Feature]:
    return [
        _feature(
            f"vpin_{window}",
            f"sum of |bought - sold| / volume of {window} bars; NaN where nothing was traded",
            "0 to 1",
            window,
            lambda x: vpin(x, window),
            "Easley, Lopez de Prado, O'Hara 2012, eq. 7",
            _VOLUME,
        ),
        _feature(
            f"amihud_{window}",
            f"mean of |log return| / value traded in millions of {window} bars; NaN where a bar traded nothing",
            "1 / million of quote currency",
            window + 1,
            lambda x: MILLION * amihud(x, window),
            "Amihud 2002, eq. 1",
            _VOLUME,
            price_power=-1,
            size_power=-1,
        ),
        _feature(
            f"largest_share_{window}",
            f"sum of each bar's largest tick / volume of {window} bars; NaN where nothing was traded",
            "0 to 1",
            window,
            lambda x: share(x, x["largest"], "volume", window),
            "Barclay, Warner 1993, stealth trading",
            _VOLUME,
        ),
        _feature(
            f"path_efficiency_{window}",
            f"sum of |close - open| / path of the ticks of {window} bars; NaN where no tick moved the price",
            "0 to 1",
            window,
            lambda x: share(x, np.abs(x["close"] - x["open"]), "path", window),
            "Kaufman 1995, inside bars",
        ),
    ]
