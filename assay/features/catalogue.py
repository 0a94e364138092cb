"""The catalogue: every feature that the parameters ask for, and the schema that names them."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from assay.bars.params import Kind
from assay.errors import ParamsError
from assay.features.feature import Feature, kind_of
from assay.features.groups import GROUPS, SLOWER
from assay.features.own import NONE, Own
from assay.features.params import FeatureParams

VERSION = 4
"""Raised whenever the values of a feature change and its entry does not."""


def catalogue(params: FeatureParams, own: Own = NONE) -> list[Feature]:
    """Return the entries of the groups that are on, then the user's own, in order, less what is not to be kept.

    Raises
    ------
    ParamsError
        If two entries have one name (a window given twice), a kept or excluded name is unknown, or nothing is left.
    """
    main = [*_entries(params, GROUPS), *own.features]
    names = [entry.name for entry in chain(main, *_of_others(params).values())]
    _check_each_once(names)
    _check_known(names, params.only, "only")
    _check_known(names, params.exclude, "exclude")
    kept = _kept(main, params)
    if not kept:
        raise ParamsError("features", "must leave at least one feature", "none", _remedy(main, params))
    return kept


def slower(params: FeatureParams) -> dict[Kind, list[Feature]]:
    """Return the entries of each type of ``features.slower``, named and excluded with the type before their names.

    A type of which ``only`` and ``exclude`` leave nothing is left out.

    Raises
    ------
    ParamsError
        If no group is on that slower bars have features of.
    """
    others = _of_others(params)
    if not all(others.values()):
        rule, remedy = "must have features of its bars", f"switch on one of {', '.join(SLOWER)}, or empty it"
        raise ParamsError("features.slower", rule, "none", remedy)
    kept = {kind: _kept(found, params) for kind, found in others.items()}
    return {kind: found for kind, found in kept.items() if found}


def schema(params: FeatureParams, own: Own = NONE) -> dict[str, Any]:
    """Return what the features are: ``version``, ``hash``, ``params`` and ``features``, one entry each.

    The hash is the SHA-256 of all the rest; a model made with one schema refuses features of another. Of the
    parameters it has those of the groups that are on, so that a group nobody asked for changes no schema. An entry
    with ``needs`` is not built where its data is not there (trades have no spread): see ``Inputs.holds``. The look-back
    of an entry with ``bars`` counts bars of that type. ``own`` is the SHA-256 of the code of the user's own features.
    """
    others = [entry.describe() | {"bars": kind} for kind, found in slower(params).items() for entry in found]
    content = {
        "version": VERSION,
        "params": _in_one_form(params).model_dump(mode="json", exclude=_unused(params)),
        "features": [*(entry.describe() for entry in catalogue(params, own)), *others],
    }
    content |= {"own": own.sha256} if own.features else {}
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return {**content, "hash": hashlib.sha256(canonical.encode()).hexdigest()}


def left_out(schema: Mapping[str, Any], built: Collection[str]) -> Iterator[str]:
    """Yield which features of a schema were not built, by the data they lack, a line each."""
    there = {need for entry in schema["features"] if entry["name"] in built for need in entry["needs"]}
    lacking: dict[str, list[str]] = {}
    for entry in schema["features"]:
        if entry["name"] not in built:
            needs = ", ".join(need for need in entry["needs"] if need not in there)
            lacking.setdefault(needs, []).append(entry["name"])
    yield from (f"left out for want of {needs}: {', '.join(names)}" for needs, names in lacking.items())


def kinds(entries: Iterable[Feature]) -> list[str]:
    """Return the kinds of data beside the bars that entries need, such as ``funding``, and the columns of the bars."""
    return sorted({kind_of(need) for entry in entries for need in entry.needs})


def every(params: FeatureParams) -> FeatureParams:
    """Return the parameters with every group on and nothing left out; slower bars stay off."""
    on = {group: getattr(params, group).model_copy(update={"enabled": True}) for group in GROUPS}
    return params.model_copy(update={**on, "only": [], "exclude": [], "slower": []})


def _unused(params: FeatureParams) -> set[str]:
    """Return the fields of the block that say nothing about the features."""
    off = {group for group in GROUPS if not getattr(params, group).enabled}
    return off | {name for name in ("module", "slower", "only") if not getattr(params, name)}


def _entries(params: FeatureParams, groups: Iterable[str]) -> list[Feature]:
    blocks = {group: getattr(params, group) for group in groups}
    return [entry for group, block in blocks.items() if block.enabled for entry in GROUPS[group](block)]


def _of_others(params: FeatureParams) -> dict[Kind, list[Feature]]:
    entries = _entries(params, SLOWER) if params.slower else []
    return {kind: [_renamed(entry, kind) for entry in entries] for kind in params.slower}


def _renamed(entry: Feature, kind: Kind) -> Feature:
    told = f"{entry.definition}; of the last {kind} bar known at the close"
    return replace(entry, name=f"{kind}_{entry.name}", definition=told)


def _kept(entries: Sequence[Feature], params: FeatureParams) -> list[Feature]:
    only = {*params.only} or {entry.name for entry in entries}
    return [entry for entry in entries if entry.name in only and entry.name not in params.exclude]


def _remedy(entries: Sequence[Feature], params: FeatureParams) -> str:
    """Return what to do where of some entries none is left."""
    if not entries:
        return "switch a group on"
    if {*params.only} & {entry.name for entry in entries} or not params.only:
        return "take one out of features.exclude"
    return "name one that is not of slower bars in features.only"


def _in_one_form(params: FeatureParams) -> FeatureParams:
    """Return the parameters with what is kept in one order and told once: two that keep the same are one schema."""
    only = sorted({*params.only} - {*params.exclude})
    return params.model_copy(update={"only": only, "exclude": [] if params.only else sorted(params.exclude)})


def _check_each_once(names: Sequence[str]) -> None:
    """Refuse a name that two entries share."""
    name, count = Counter(names).most_common(1)[0] if names else ("", 0)
    if count > 1:
        remedy = "give a window once; call a feature of yours by another name"
        raise ParamsError("features", "every feature must have a name of its own", f"{name} twice", remedy)


def _check_known(names: Sequence[str], chosen: Sequence[str], field: str) -> None:
    """Refuse a chosen name that no entry has."""
    for unknown in (name for name in chosen if name not in names):
        near = difflib.get_close_matches(unknown, names, n=1)
        hint = f"did you mean {near[0]}?" if near else "see `assay features ls --all`, and switch its group on"
        raise ParamsError(f"features.{field}", "must name features of the groups that are on", unknown, hint)
