"""The group ``book``."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from assay.features.beside import age_ns
from assay.features.book import measures
from assay.features.book.snapshots import KIND, SIDES, Books, SideName, books
from assay.features.feature import Feature
from assay.features.params.book import BookParams
from assay.market import zones
from assay.stats import rolling
from assay.types import Floats

Measure = Callable[[Books], Floats]
"""From the books known at the closes to a value of each."""

_feature = partial(Feature, "book", needs=(KIND,))

_CAO, _GOULD, _HARRIS = "Cao, Hansch, Wang 2009", "Gould, Bonart 2016", "Harris 2003, ch. 14"
_BIAIS, _NAES, _STOIKOV = "Biais, Hillion, Spatt 1995", "Naes, Skjeltorp 2006", "Stoikov 2018, the weighted mid"
_BASIS_POINTS = "basis points"


def features(params: BookParams) -> list[Feature]:
    """Return the entries of the group."""
    return [
        *(entry for depth in (*params.depths, None) for entry in _imbalances(depth, params)),
        *_spreads(params),
        *(entry for side in SIDES for entry in _of_side(side, params)),
        *(entry for size in params.order_sizes for entry in _costs(size, params)),
        _feature(
            name="book_age",
            definition="time since the last book known; NaN before the first",
            unit="seconds",
            lookback=1,
            function=lambda x: age_ns(x, KIND) / zones.SECOND_NS,
            reference="the venue's own clock",
        ),
    ]


def _imbalances(depth: int | None, params: BookParams) -> list[Feature]:
    levels = f"the best {depth} levels a side" if depth else f"all levels, {params.levels} a side at most"
    text, reference = f"(bids - asks) / (bids + asks), units of {levels}", _GOULD if depth == 1 else _CAO
    undefined = "both are 0, or a side has fewer" if depth else "both are 0"

    def measure(known: Books) -> Floats:
        return measures.imbalance(known, depth)

    name = f"book_imbalance_{depth or 'all'}"
    return [
        _now(params, name, text, "-1 to 1", measure, reference, undefined),
        _score(params, name, text, measure, reference, undefined),
    ]


def _spreads(params: BookParams) -> list[Feature]:
    wide = "best ask - best bid"
    weighted = "mid weighted by the sizes across from it, less the mid"
    return [
        _now(params, "book_micro_price", weighted, _BASIS_POINTS, measures.micro_price, _STOIKOV, "both sizes are 0"),
        _now(params, "book_spread_bps", f"{wide} over the mid", _BASIS_POINTS, measures.spread, _HARRIS),
        _score(params, "book_spread", f"{wide} in ticks", lambda known: known.spread, _HARRIS),
    ]


def _of_side(side: SideName, params: BookParams) -> list[Feature]:
    depth, window = max(params.depths), params.window
    return [
        _over_closes(
            params,
            f"book_{side}_depth_ratio_{window}",
            f"units of the best {depth} {side}s / their mean at {window} closes",
            "ratio",
            lambda known: _over_mean(known.side(side).total(depth), window),
            _BIAIS,
            f"there are fewer than {depth}, or all held nothing",
        ),
        _now(
            params,
            f"book_{side}_slope",
            f"mean growth of the units of the {side}s from level to level, over their distance",
            "fraction per basis point",
            lambda known: measures.slope(known.side(side)),
            _NAES,
            "there is one level, or nothing at the best",
        ),
    ]


def _costs(size: float, params: BookParams) -> list[Feature]:
    return [_cost("buy", "ask", size, params), _cost("sell", "bid", size, params)]


def _cost(name: str, side: SideName, size: float, params: BookParams) -> Feature:
    written = f"{size:f}".rstrip("0").rstrip(".")
    return _now(
        params,
        f"book_{name}_cost_{written.replace('.', '_')}",
        f"distance from the mid to the mean price of a market order that {name}s {written} units",
        _BASIS_POINTS,
        lambda known: measures.cost(known, side, size),
        "Irvine, Benston, Kandel 2000",
        f"the {side}s told hold less",
        size_power=None,
    )


def _now(
    params: BookParams,
    name: str,
    text: str,
    unit: str,
    measure: Measure,
    reference: str,
    undefined: str = "",
    size_power: int | None = 0,
) -> Feature:
    """Return an entry that is told of the book known at the close alone."""
    more = f", or {undefined}" if undefined else ""
    return _feature(
        name=name,
        definition=f"{text}; NaN where the book is older than {params.oldest_seconds} s, one-sided or crossed{more}",
        unit=unit,
        lookback=1,
        function=lambda x: measure(books(x, params)),
        reference=reference,
        size_power=size_power,
    )


def _over_closes(
    params: BookParams, name: str, text: str, unit: str, measure: Measure, reference: str, undefined: str
) -> Feature:
    """Return an entry that is told of the books known at the closes of the window."""
    return _feature(
        name=name,
        definition=f"{text}; NaN where the book of one of them is older than {params.oldest_seconds} s, one-sided or "
        f"crossed, or {undefined}",
        unit=unit,
        lookback=params.window,
        function=lambda x: measure(books(x, params)),
        reference=reference,
    )


def _score(params: BookParams, name: str, text: str, measure: Measure, reference: str, undefined: str = "") -> Feature:
    """Return the z-score of a measure at the closes of the window."""
    window = params.window
    return _over_closes(
        params,
        f"{name}_zscore_{window}",
        f"{text}, in standard deviations from its mean at {window} closes",
        "standard deviations",
        lambda known: rolling.zscore(measure(known), window),
        reference,
        f"{undefined}, or all are the same" if undefined else "all are the same",
    )


def _over_mean(values: Floats, window: int) -> Floats:
    return rolling.ratio(values, rolling.mean(values, window))
