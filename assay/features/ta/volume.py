"""Volume: who pays it, relative to what was traded, and running totals as changes over a window."""

from __future__ import annotations

from functools import partial

import numpy as np

from assay.features.feature import Feature
from assay.features.inputs import Inputs
from assay.features.ta.line import HLC, Line, called, ema
from assay.stats import rolling
from assay.types import Floats

_PART = ("close", "volume")
_WINDOW = 14
_OF_VOLUME = "share of the volume"

LINES = (
    Line(
        "cmf",
        "CMF",
        "Chaikin money flow of 20 bars",
        "-1 to 1",
        (*HLC, "volume"),
        alive="volume",
        last=20,
        by="Chaikin; Achelis 2000",
    ),
    Line(
        "pvo",
        "PVO",
        "EMA of 12 volumes over EMA of 26, less 1",
        "percent",
        ("volume",),
        settings={"matype": 1},
        memory=ema(26),
        alive="volume",
    ),
    Line("rvol", "RVOL", "volume over the mean of the 20 bars before", "ratio", ("volume",), alive="volume", last=20),
)

_feature = partial(Feature, "ta", needs=("volume",))


def features() -> list[Feature]:
    """Return the entries of volume: plain lines, and those that are made free of the unit of volume."""
    return [
        *(line.entry() for line in LINES),
        _change("obv", "OBV", _PART, "on-balance volume", "Granville 1963"),
        _change("ad", "AD", (*HLC, "volume"), "accumulation and distribution", "Williams; Chaikin"),
        _change("pvt", "PVT", _PART, "price volume trend", "Markstein 1966", per="fraction of the price"),
        _growth("nvi", "NVI", "negative volume index", "Fosback 1976"),
        _growth("pvi", "PVI", "positive volume index", "Fosback 1976"),
        _feature(
            "ta_adosc",
            "Chaikin oscillator: EMA of 3 less EMA of 10 of accumulation and distribution, over the mean volume of 14; "
            "NaN where nothing was traded",
            "volumes of a bar",
            ema(10) + _WINDOW,
            lambda x: rolling.ratio(_one(x, "ADOSC", (*HLC, "volume")), rolling.mean(x["volume"], _WINDOW)),
            "Chaikin; TA-Lib ADOSC",
            starts_at=_WINDOW - 1,
        ),
        _feature(
            "ta_efi",
            "force index: EMA of 13 of change times volume, over close times the mean volume of 14; NaN where nothing "
            "was traded",
            "fraction of the price",
            ema(13) + _WINDOW,
            lambda x: rolling.ratio(_one(x, "EFI", _PART), x.ticks("close") * rolling.mean(x["volume"], _WINDOW)),
            "Elder 1993; TA-Lib EFI",
            starts_at=_WINDOW - 1,
        ),
    ]


def _change(
    name: str, function: str, columns: tuple[str, ...], words: str, by: str, *, per: str = _OF_VOLUME
) -> Feature:
    """Return a running total as its change over a window, in what was traded in it: the total has no look-back."""

    def values(x: Inputs) -> Floats:
        moved = rolling.change(_one(x, function, columns), _WINDOW)
        return rolling.ratio(moved, rolling.total(x["volume"], _WINDOW))

    return _feature(
        f"ta_{name}_{_WINDOW}",
        f"change of {words} over {_WINDOW} bars, over their volume; NaN where nothing was traded",
        per,
        _WINDOW + 1,
        values,
        f"{by}; TA-Lib {function}",
        starts_at=_WINDOW,
    )


def _growth(name: str, function: str, words: str, by: str) -> Feature:
    """Return an index as its growth over a window: its level has no look-back."""

    def values(x: Inputs) -> Floats:
        grown = rolling.growth(_one(x, function, _PART), _WINDOW)
        return rolling.moving(grown, x["volume"] > 0.0, _WINDOW + 1)

    return _feature(
        f"ta_{name}_{_WINDOW}",
        f"growth of the {words} over {_WINDOW} bars; NaN where nothing was traded",
        "fraction",
        _WINDOW + 1,
        values,
        f"{by}; TA-Lib {function}",
        starts_at=_WINDOW,
    )


def _one(x: Inputs, function: str, columns: tuple[str, ...]) -> Floats:
    return np.asarray(called(x, function, columns, {})[0])
