"""Which fields of a feed have an effect, by source and kind: what would have none is refused, not passed over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assay.errors import ParamsError
from assay.sources.params import FeedParams, Source
from assay.tables.kinds import TABLES, Kind
from assay.types import Params

ALWAYS = frozenset({"source", "label", "kind", "symbols", "universe", "start", "end", "fallback", "calendar", "rules"})
"""Fields that every feed reads; that a fallback stands in for bars only is a rule of its own."""

_ARCHIVE = frozenset({"cache", "publish_lag_seconds"})
_ASKED = _ARCHIVE | {"endpoint"}
READ: Mapping[Source, frozenset[str]] = {
    "sample": frozenset(),
    "dukascopy": _ASKED | {"interval"},
    "binance": _ASKED | {"interval", "market"},
    "yahoo": _ASKED | {"interval", "yahoo_damage"},
    "polygon": _ASKED | {"interval"},
    "ccxt": _ASKED | {"interval", "exchange"},
    "files": frozenset({"path", "format", "columns", "time_unit", "time_zone", "interval", "publish_lag_seconds"}),
    "lean": _ARCHIVE | {"interval", "market"},
    "tardis": _ASKED | {"market"},
    "synthetic": frozenset({"synthetic"}),
}
"""Fields that a source reads beside those."""

_OF_ITS_OWN = frozenset({"cache", "endpoint", "market"})
"""Fields of a feed that its fallback does not take over."""


def refuse_without_effect(params: FeedParams, kind: Kind, where: str) -> None:
    """Refuse fields that were set and that nobody reads.

    Parameters
    ----------
    params
        The feed.
    kind
        Which table it is of.
    where
        Its place in ``params.yaml``: ``data``, or ``data.more[0]`` and so on.

    Raises
    ------
    ParamsError
        Naming all of them, with what they are set to.
    """
    effective = fields(params, kind)
    idle = [name for name in FeedParams.model_fields if name not in effective and _is_set(params, name)]
    if idle:
        places = ", ".join(f"{where}.{name}" for name in idle)
        found = ", ".join(_told(name, getattr(params, name)) for name in idle)
        remedy = f"take {'them' if len(idle) > 1 else 'it'} out, or change {where}.source or {where}.kind"
        raise ParamsError(places, f"must have an effect on {kind} of {params.source}", found, remedy)


def fields(params: FeedParams, kind: Kind) -> frozenset[str]:
    """Return the fields that have an effect on a feed of a kind, those that only its fallback reads among them."""
    found = ALWAYS | _of(params.source, kind)
    if params.fallback == "none":
        return found
    return found | {"fallback_names"} | (_of(params.fallback, kind) - _OF_ITS_OWN)


def _of(source: Source, kind: Kind) -> frozenset[str]:
    """Return what a source reads of a kind: a period where rows have one, a lag where rows say when they were known."""
    is_timed = kind == "ohlcv" or (source, kind) == ("binance", "mark_price")
    is_known = "known_at" in TABLES[kind].columns
    idle = {"interval": not is_timed, "publish_lag_seconds": not is_known}
    return frozenset(name for name in READ[source] if not idle.get(name))


def _is_set(params: FeedParams, name: str) -> bool:
    return bool(getattr(params, name) != FeedParams.model_fields[name].default)


def _told(name: str, value: Any) -> str:
    """Return a value for a message; of a block what is set in it."""
    if not isinstance(value, Params):
        return f"{name} {value}"
    plain = type(value)().model_dump()
    return ", ".join(f"{name}.{key} {one}" for key, one in value.model_dump().items() if one != plain[key])
