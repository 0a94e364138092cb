"""``assay features report``: what each feature knows of the returns to come, on rows before the first test."""

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
from assay.learn.rows import at_finite, unsealed
from assay.learn.walkforward import first_tested
from assay.market.instruments import find
from assay.market.sessions import hours
from assay.report.feature_lines import lines
from assay.report.features import feature_report, fitting
from assay.report.origin import refuse_labels_of_other_bars, refuse_of_other_bars
from assay.splits.holdout import holdout_start
from assay.splits.params import SplitParams, WalkForwardParams
from assay.tables.features import FEATURES
from assay.tables.labels import LABELS

HORIZONS = (1, 5, 20, 60)
HOLDOUT = "holdout"


def add(does: Any) -> None:
    """Add the command to those about features."""
    report = does.add_parser("report", help="what each feature knows of the returns to come, before the first test")
    horizons = f"bars ahead, such as 1,5,20; by default those of {','.join(map(str, HORIZONS))} that have enough rows"
    report.add_argument("--horizons", type=_horizons, help=horizons)
    until = f"bar to stop before; {HOLDOUT} for the hold-out's first; by default the first that may be tested"
    report.add_argument("--until", type=_until, metavar="ORDINAL", help=until)
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


def _until(text: str) -> int | str:
    return text if text == HOLDOUT else _natural(text)


def _report(args: argparse.Namespace) -> Iterator[str]:
    _refuse_folder(args.json)
    given = recipe()
    symbol = given.instruments.symbol
    sealed = params.load_field("splits", SplitParams, "holdout_fraction")
    features = store.read_table(Path("data/features") / f"{symbol}.parquet", FEATURES)
    bars = bars_of(given.main, symbol)
    refuse_of_other_bars(features, _returns(features, bars, given))
    until, why = _end(args.until, features, sealed)
    horizons = args.horizons or fitting(HORIZONS, features["ordinal"], until)
    too_far = [f"{h}" for h in HORIZONS if not args.horizons and h not in horizons]
    told = feature_report(features, bars, sealed, horizons, until)
    if args.json:
        store.write_json(args.json, told.document())
    few = f"; too few to look {' or '.join(too_far)} bars ahead" if too_far else ""
    return (f"{line}\n" for line in lines(told, args.top, f"{why}{few}"))


def _end(asked: int | str | None, features: pl.DataFrame, sealed: float) -> tuple[int, str]:
    """Return the bar before which rows are looked at, and what it is.

    Events whose features are unknown are not tested, so which one is the first depends on the features that are on. Of
    those without any left out and of those left with these, it is the earlier one.
    """
    cut = params.load("walkforward", WalkForwardParams)
    if isinstance(asked, int):
        return asked, "as --until says"
    if asked == HOLDOUT or not cut.enabled:
        spent = "; features chosen by them have seen what the walk-forward tests" if cut.enabled else ""
        return holdout_start(features["ordinal"].to_numpy(), sealed), f"where the hold-out begins{spent}"
    path = Path("data/labels") / f"{features['symbol'][0]}.parquet"
    if not path.is_file():
        rule, remedy = "tells where the walk-forward begins to test", f"dvc repro labels, or give --until {HOLDOUT}"
        raise StoreError(path, rule, "no file", remedy)
    labels = store.read_table(path, LABELS)
    refuse_labels_of_other_bars(labels, features)
    every = unsealed(labels, holdout_start(features["ordinal"].to_numpy(), sealed))
    some = [events for events in (every, at_finite(every, features)) if not events.is_empty()]
    return min(first_tested(events, cut) for events in some or [every]), "the first that the walk-forward may test"


def _refuse_folder(place: Path | None) -> None:
    if place is not None and place.is_dir():
        raise StoreError(place, "--json must name a file, or a new one", "a folder", "name a file in it")


def _returns(features: pl.DataFrame, bars: pl.DataFrame, given: Recipe) -> pl.DataFrame:
    """Return the features of the group ``returns`` that a table has, as bars give them: they need prices alone."""
    chosen, instrument = given.params.returns, find(given.instruments)
    entries = [entry for entry in GROUPS["returns"](chosen) if chosen.enabled and entry.name in features.columns]
    inputs = Inputs(bars, instrument, hours(given.session, instrument))
    return table(entries, inputs) if entries else bars.select(*FEATURES.columns)
