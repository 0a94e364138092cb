"""Commands about features: ``assay features ls``; ``check``, ``report`` and ``build`` are beside."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from assay import params, store
from assay.cli import features_build, features_check, features_report
from assay.errors import ParamsError
from assay.features.catalogue import catalogue, every, slower
from assay.features.feature import Feature
from assay.features.groups import GROUPS
from assay.features.own import GROUP, own_of
from assay.features.params import FeatureParams


def add(commands: Any) -> None:
    """Add the commands to a parser's."""
    features = commands.add_parser("features", help="features: list them, check them, report what they know")
    does = features.add_subparsers(required=True, metavar="DOES")
    ls = does.add_parser("ls", help="every feature: group, look-back, first valid row, unit, definition, reference")
    ls.add_argument("--all", action="store_true", help="also of groups that are off")
    ls.add_argument("--group", default="", help="of this group only")
    ls.set_defaults(command=_ls)
    features_check.add(does)
    features_report.add(does)
    features_build.add(does)


def _ls(args: argparse.Namespace) -> Iterator[str]:
    chosen = params.load("features", FeatureParams)
    mine = own_of(chosen, store.read_module)
    told = {"": catalogue(every(chosen) if args.all else chosen, mine)}
    told |= {str(kind): entries for kind, entries in slower(chosen).items()}
    if args.group:
        told = {kind: [entry for entry in entries if entry.group == args.group] for kind, entries in told.items()}
        _refuse_no_group(args, told)
    for kind, entries in told.items():
        yield from (_line(entry, f" {kind} bars" if kind else "") for entry in entries)


def _refuse_no_group(args: argparse.Namespace, told: Mapping[str, Sequence[Feature]]) -> None:
    """Refuse a group of which there is nothing to list: it is off, has no markets, or there is none of this name."""
    if any(told.values()):
        return
    group = args.group
    near = difflib.get_close_matches(group, [*GROUPS, GROUP], n=1)
    remedy = f"did you mean {near[0]}?" if near else f"name one of {', '.join([*GROUPS, GROUP])}"
    off = dict.fromkeys(GROUPS, f"add --all, or set features.{group}.enabled to true")
    off |= {"cross": "name other markets in features.cross.symbols", GROUP: "name a module of yours in features.module"}
    rule = f"must name a group of features that {'there is' if args.all else 'is on'}"
    raise ParamsError("--group", rule, group, off.get(group, remedy))


def _line(entry: Feature, bars: str) -> str:
    needs = f"; needs {', '.join(entry.needs)}" if entry.needs else ""
    lookback = f"look-back {entry.lookback}{bars}{'' if entry.starts_at is None else f', {entry.memory}'}"
    return (
        f"{entry.name}  [{entry.group}]  {entry.definition}{needs}\n"
        f"    unit {entry.unit}; {lookback}; from row {entry.first_valid}; {entry.reference}\n"
    )
