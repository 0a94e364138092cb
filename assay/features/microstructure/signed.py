"""Signed volume: what buyers took less what sellers gave, by the given side of the ticks or the tick rule."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
from numba import njit

from assay.features.feature import Feature
from assay.features.inputs import Inputs
from assay.stats import rolling
from assay.types import Floats

_feature = partial(Feature, "microstructure", needs=("volume",))
_CRS = "Chordia, Roll, Subrahmanyam 2002"


def features(window: int) -> list[Feature]:
    """Return the entries of signed volume."""
    return [*_volumes(window), _flow_score(window), _autocorrelation(window), _vpin_bulk(window)]


def _volumes(window: int) -> list[Feature]:
    return [
        _feature(
            "signed_volume",
            "bought - sold, the order-flow imbalance of the bar",
            "units traded",
            1,
            signed_volume,
            _CRS,
            size_power=1,
        ),
        _feature(
            f"signed_volume_score_{window}",
            f"bought - sold of the bar / its root mean square over {window} bars; NaN where it is always 0",
            "ratio",
            window,
            lambda x: rolling.ratio(signed_volume(x), rolling.root_mean(_square(x), window)),
            _CRS,
        ),
    ]


def _flow_score(window: int) -> Feature:
    return _feature(
        f"order_flow_score_{window}",
        f"sum of bought - sold over {window} bars / root of the sum of its squares, a standard normal where sides "
        "are chance; NaN where it is always 0",
        "standard deviations",
        window,
        lambda x: flow_score(x, window),
        "Cont, Kukanov, Stoikov 2014, of trades",
    )


def _autocorrelation(window: int) -> Feature:
    return _feature(
        f"flow_autocorrelation_{window}",
        f"correlation of {window} signed volumes with the one before; NaN where they are all the same",
        "-1 to 1",
        window + 1,
        lambda x: rolling.correlation(signed_volume(x), rolling.lagged(signed_volume(x), 1), window),
        "Lillo, Farmer 2004",
    )


def _vpin_bulk(window: int) -> Feature:
    return _feature(
        f"vpin_bulk_{window}",
        f"volume-weighted mean of |2 Phi(z) - 1| over {window} bars, z a change of the close over the standard "
        f"deviation of the last {window}; .5 for noise; NaN where nothing was traded",
        "0 to 1",
        2 * window,
        lambda x: vpin_bulk(x, window, window),
        "Easley, Lopez de Prado, O'Hara 2012",
    )


def signed_volume(x: Inputs) -> Floats:
    """Return bought less sold units, shape (n,)."""
    return x.once("signed volume", lambda: x["buy_volume"] - x["sell_volume"])


def flow_score(x: Inputs, window: int) -> Floats:
    """Return the sum of signed volumes over the root of the sum of their squares, shape (n,)."""
    return rolling.ratio(rolling.total(signed_volume(x), window), np.sqrt(rolling.total(_square(x), window)))


def vpin_bulk(x: Inputs, window: int, std_window: int) -> Floats:
    """Return VPIN by bulk classification, over a window of bars, shape (n,).

    Notes
    -----
    Easley, López de Prado, O'Hara 2012: of a bar's volume the share ``Phi(dp / s)`` was bought, with the standard
    deviation (ddof 1) s of the last changes. Bars of any size are buckets, so the sum of the imbalances is divided by
    the volume of the window. Of a diffusion the shares are uniform and VPIN is .5, whoever trades: its level is no
    toxicity. Where prices stood still a half was bought.
    """
    imbalance = x.once(f"bulk imbalance {std_window}", lambda: _bulk(x, std_window))
    volume = rolling.total(x["volume"], window)
    return rolling.ratio(rolling.total(imbalance * x["volume"], window), volume)


def _bulk(x: Inputs, std_window: int) -> Floats:
    change = x.once("change in ticks", lambda: rolling.change(x.ticks("close")))
    out = np.empty(change.size)
    _imbalance(change, rolling.std(change, std_window), out)
    return out


def _square(x: Inputs) -> Floats:
    return x.once("squared signed volume", lambda: signed_volume(x) * signed_volume(x))


@njit(cache=True)
def _imbalance(change: Floats, std: Floats, out: Floats) -> None:
    """Write ``|2 Phi(change / std) - 1|``: 1 for a move out of a standstill, 0 for a standstill."""
    for i in range(out.size):
        if std[i] == 0.0:
            out[i] = 1.0 if change[i] != 0.0 else 0.0
        else:
            out[i] = math.erf(abs(change[i]) / (std[i] * math.sqrt(2.0)))
