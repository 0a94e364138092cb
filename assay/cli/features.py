"""Commands about features: ``assay features ls`` and ``report``; ``build`` and ``check`` are beside."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from assay import params, store
from assay.bars.params import BarsParams
from assay.cli import features_build, features_check
from assay.errors import ParamsError, StoreError
from assay.features.build import table
from assay.features.catalogue import catalogue, every, slower
from assay.features.feature import Feature
from assay.features.groups import GROUPS
from assay.features.inputs import Inputs
from assay.features.own import own_of
from assay.features.params import FeatureParams
from assay.market.instruments import Instrument, InstrumentParams, find
from assay.market.sessions import SessionParams, hours
from assay.report.features import feature_report, lines
from assay.report.origin import refuse_others
from assay.splits.params import SplitParams
from assay.tables.bars import BARS
from assay.tables.features import FEATURES


def add(commands: Any) -> None:
    """Add the commands to a parser's."""
    features = commands.add_parser("features", help="features: list them, check them, report what they know")
    does = features.add_subparsers(required=True, metavar="DOES")
    ls = does.add_parser("ls", help="every feature: group, look-back, first valid row, unit, definition, reference")
    ls.add_argument("--all", action="store_true", help="also of groups that are off")
    ls.add_argument("--group", default="", help="of this group only")
    ls.set_defaults(command=_ls)
    features_check.add(does)
    report = does.add_parser("report", help="what each feature knows of the returns to come, before the hold-out")
    report.add_argument("--horizons", type=_horizons, default=(1, 5, 20, 60), help="bars ahead, such as 1,5,20")
    report.add_argument("--top", type=_top, default=40, help="features to print")
    report.add_argument("--json", type=Path, metavar="FILE", help="write all of it there")
    report.set_defaults(command=_report)
    features_build.add(does)


def _ls(args: argparse.Namespace) -> Iterator[str]:
    chosen = params.load("features", FeatureParams)
    mine = own_of(chosen, store.read_module)
    told = {"": catalogue(every(chosen) if args.all else chosen, mine)}
    told |= {str(kind): entries for kind, entries in slower(chosen).items()}
    if args.group:
        told = {kind: [entry for entry in entries if entry.group == args.group] for kind, entries in told.items()}
        _refuse_no_group(args.group, told, [*GROUPS, *(entry.group for entry in mine.features)])
    for kind, entries in told.items():
        yield from (_line(entry, f" {kind} bars" if kind else "") for entry in entries)


def _refuse_no_group(group: str, told: Mapping[str, Sequence[Feature]], groups: Sequence[str]) -> None:
    """Refuse a group of which there is nothing to list: it is off, or there is none of this name."""
    if any(told.values()):
        return
    rule, near = "must name a group of features that is on", difflib.get_close_matches(group, groups, n=1)
    hint = f"did you mean {near[0]}?" if near else f"name one of {', '.join(dict.fromkeys(groups))}"
    off = f"add --all, or set features.{group}.enabled to true"
    raise ParamsError("--group", rule, group, off if group in groups else hint)


def _line(entry: Feature, bars: str) -> str:
    needs = f"; needs {', '.join(entry.needs)}" if entry.needs else ""
    lookback = f"look-back {entry.lookback}{bars}{'' if entry.starts_at is None else ', fading'}"
    return (
        f"{entry.name}  [{entry.group}]  {entry.definition}{needs}\n"
        f"    unit {entry.unit}; {lookback}; from row {entry.first_valid}; {entry.reference}\n"
    )


def _horizons(text: str) -> tuple[int, ...]:
    try:
        found = sorted({int(word) for word in text.split(",")})
    except ValueError:
        found = [0]
    if found[0] < 1:
        raise argparse.ArgumentTypeError(f"must be whole numbers from 1; found {text!r}; give some such as 1,5,20")
    return tuple(found)


def _top(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"must be a whole number from 0; found {text!r}; give one such as 40")
    return int(text)


def _report(args: argparse.Namespace) -> Iterator[str]:
    _refuse_folder(args.json)
    instrument = find(params.load("instrument", InstrumentParams))
    kind, symbol = params.load_field("bars", BarsParams, "main"), instrument.symbol
    sealed = params.load_field("splits", SplitParams, "holdout_fraction")
    features = store.read_table(Path("data/features") / f"{symbol}.parquet", FEATURES)
    bars = store.read_table(Path("data/bars") / kind / f"{symbol}.parquet", BARS)
    refuse_others(features, _returns(features, bars, instrument))
    told = feature_report(features, bars, sealed, args.horizons)
    if args.json:
        store.write_json(args.json, told.document())
    return (f"{line}\n" for line in lines(told, args.top))


def _refuse_folder(place: Path | None) -> None:
    if place is not None and place.is_dir():
        raise StoreError(place, "--json must name a file, or a new one", "a folder", "name a file in it")


def _returns(features: pl.DataFrame, bars: pl.DataFrame, instrument: Instrument) -> pl.DataFrame:
    """Return the features of the group ``returns`` that a table has, as bars give them: they need prices alone."""
    chosen = params.load("features", FeatureParams).returns
    entries = [entry for entry in GROUPS["returns"](chosen) if chosen.enabled and entry.name in features.columns]
    inputs = Inputs(bars, instrument, hours(params.load("session", SessionParams), instrument))
    return table(entries, inputs) if entries else bars.select(*FEATURES.columns)
