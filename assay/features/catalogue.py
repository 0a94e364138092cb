"""The catalogue: every feature that the parameters ask for, and the schema that names them."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import chain
from typing import Any

from assay.bars.params import Kind
from assay.errors import ParamsError
from assay.features import flow, returns, spread, statistics, technical, time, volatility
from assay.features.feature import Feature
from assay.features.params import FeatureParams

VERSION = 1
"""Raised whenever the values of a feature change and its entry does not."""

_GROUPS: dict[str, Callable[[Any], list[Feature]]] = {
    "returns": returns.features,
    "volatility": volatility.features,
    "statistics": statistics.features,
    "technical": technical.features,
    "flow": flow.features,
    "spread": spread.features,
    "time": time.features,
}


_SLOWER = ("returns", "volatility", "technical")
"""Groups that are built on other types of bars too."""


def catalogue(params: FeatureParams) -> list[Feature]:
    """Return the entries of the groups that are on, in order, less the excluded ones.

    Raises
    ------
    ParamsError
        If two entries have one name (a window given twice), an excluded name is unknown, or nothing is left.
    """
    main = _entries(params, _GROUPS)
    _check_names([entry.name for entry in chain(main, *_of_others(params).values())], params.exclude)
    return _kept(main, params, "features")


def slower(params: FeatureParams) -> dict[Kind, list[Feature]]:
    """Return the entries of each type of ``features.slower``, named and excluded with the type before their names.

    Raises
    ------
    ParamsError
        If nothing is left of a type.
    """
    return {kind: _kept(found, params, f"features.slower {kind}") for kind, found in _of_others(params).items()}


def schema(params: FeatureParams) -> dict[str, Any]:
    """Return what the features are: ``version``, ``hash``, ``params`` and ``features``, one entry each.

    The hash is the SHA-256 of all the rest; a model made with one schema refuses features of another. An entry with
    ``needs`` is not built where the bars lack such a column's data (trades have no spread): see ``Inputs.holds``. The
    look-back of an entry with ``bars`` counts bars of that type.
    """
    others = [entry.describe() | {"bars": kind} for kind, found in slower(params).items() for entry in found]
    content = {
        "version": VERSION,
        "params": params.model_dump(mode="json", exclude=None if params.slower else {"slower"}),
        "features": [*(entry.describe() for entry in catalogue(params)), *others],
    }
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return {**content, "hash": hashlib.sha256(canonical.encode()).hexdigest()}


def _entries(params: FeatureParams, groups: Iterable[str]) -> list[Feature]:
    blocks = {group: getattr(params, group) for group in groups}
    return [entry for group, block in blocks.items() if block.enabled for entry in _GROUPS[group](block)]


def _of_others(params: FeatureParams) -> dict[Kind, list[Feature]]:
    entries = _entries(params, _SLOWER) if params.slower else []
    return {kind: [_renamed(entry, kind) for entry in entries] for kind in params.slower}


def _renamed(entry: Feature, kind: Kind) -> Feature:
    told = f"{entry.definition}; of the last {kind} bar known at the close"
    return replace(entry, name=f"{kind}_{entry.name}", definition=told)


def _kept(entries: list[Feature], params: FeatureParams, where: str) -> list[Feature]:
    kept = [entry for entry in entries if entry.name not in params.exclude]
    if not kept:
        raise ParamsError(where, "must leave at least one feature", "none", "switch a group on")
    return kept


def _check_names(names: list[str], excluded: list[str]) -> None:
    """Refuse a name that two entries share, and an excluded name that is none."""
    name, count = Counter(names).most_common(1)[0] if names else ("", 0)
    if count > 1:
        raise ParamsError(
            "features", "every feature must have a name of its own", f"{name} twice", "give a window once"
        )
    for unknown in (name for name in excluded if name not in names):
        near = difflib.get_close_matches(unknown, names, n=1)
        hint = f"did you mean {near[0]}?" if near else "see data/features/schema.json"
        raise ParamsError("features.exclude", "must name features of the groups that are on", unknown, hint)
