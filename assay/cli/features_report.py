"""``assay features report``: what each feature knows of the returns to come, before the hold-out."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from assay import params, store
from assay.cli.recipe import bars_of, recipe
from assay.errors import StoreError
from assay.features.build import table
from assay.features.groups import GROUPS
from assay.features.inputs import Inputs
from assay.features.recipe import Recipe
from assay.market.instruments import find
from assay.market.sessions import hours
from assay.report.feature_lines import lines
from assay.report.features import feature_report
from assay.report.origin import refuse_of_other_bars
from assay.splits.params import SplitParams
from assay.tables.features import FEATURES


def add(does: Any) -> None:
    """Add the command to those about features."""
    report = does.add_parser("report", help="what each feature knows of the returns to come, before the hold-out")
    report.add_argument("--horizons", type=_horizons, default=(1, 5, 20, 60), help="bars ahead, such as 1,5,20")
    until = "ordinal to stop before, such as the first that the walk-forward tests"
    report.add_argument("--until", type=_natural, metavar="ORDINAL", help=until)
    report.add_argument("--top", type=_natural, default=40, help="features to print")
    report.add_argument("--json", type=Path, metavar="FILE", help="write all of it there")
    report.set_defaults(command=_report)


def _horizons(text: str) -> tuple[int, ...]:
    try:
        found = sorted({int(word) for word in text.split(",")})
    except ValueError:
        found = [0]
    if found[0] < 1:
        raise argparse.ArgumentTypeError(f"must be whole numbers from 1; found {text!r}; give some such as 1,5,20")
    return tuple(found)


def _natural(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"must be a whole number from 0; found {text!r}; give one such as 40")
    return int(text)


def _report(args: argparse.Namespace) -> Iterator[str]:
    _refuse_folder(args.json)
    given = recipe()
    symbol = given.instruments.symbol
    sealed = params.load_field("splits", SplitParams, "holdout_fraction")
    features = store.read_table(Path("data/features") / f"{symbol}.parquet", FEATURES)
    bars = bars_of(given.main, symbol)
    refuse_of_other_bars(features, _returns(features, bars, given))
    told = feature_report(features, bars, sealed, args.horizons, args.until)
    if args.json:
        store.write_json(args.json, told.document())
    return (f"{line}\n" for line in lines(told, args.top))


def _refuse_folder(place: Path | None) -> None:
    if place is not None and place.is_dir():
        raise StoreError(place, "--json must name a file, or a new one", "a folder", "name a file in it")


def _returns(features: pl.DataFrame, bars: pl.DataFrame, given: Recipe) -> pl.DataFrame:
    """Return the features of the group ``returns`` that a table has, as bars give them: they need prices alone."""
    chosen, instrument = given.params.returns, find(given.instruments)
    entries = [entry for entry in GROUPS["returns"](chosen) if chosen.enabled and entry.name in features.columns]
    inputs = Inputs(bars, instrument, hours(given.session, instrument))
    return table(entries, inputs) if entries else bars.select(*FEATURES.columns)
