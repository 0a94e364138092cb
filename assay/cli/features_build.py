"""``assay features build``: the features of every market that has bars; one that fails is named, and alone in it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf
from pathlib import Path
from typing import Any

import polars as pl

from assay import params, store
from assay.bars.params import BarsParams, Kind, RollParams
from assay.compute.executor import workers
from assay.compute.outcomes import Outcome, outcomes
from assay.compute.params import ComputeParams
from assay.errors import AssayError, DataError, ParamsError, PartialError, StoreError
from assay.features.catalogue import schema
from assay.features.own import Own, own_of
from assay.features.params import FeatureParams
from assay.features.recipe import Recipe
from assay.market.instruments import InstrumentParams
from assay.market.sessions import SessionParams
from assay.sources.run.context import context_of_prices
from assay.tables.bars import BARS
from assay.tables.features import FEATURES

PLACE = Path("data/features_of")
_SCHEMA = "schema.json"
_PIPELINE = ("data", "models", "reports")
"""Folders that are the stages' own."""


def add(does: Any) -> None:
    """Add the command to those about features."""
    build = does.add_parser("build", help="the features of every market that has bars; one that fails is named, alone")
    build.add_argument("symbols", nargs="*", metavar="SYMBOL", help="of these only")
    build.add_argument(
        "--seconds", type=_seconds, default=600.0, help="that one market may take; one that takes longer is stopped"
    )
    build.add_argument(
        "--to", type=Path, default=PLACE, metavar="FOLDER", help=f"is replaced whole; without it {PLACE}"
    )
    build.set_defaults(command=_build)


def _seconds(text: str) -> float:
    found = float(text)
    if not 0 < found < inf:
        raise argparse.ArgumentTypeError("seconds are a number above 0")
    return found


@dataclass(frozen=True)
class _Builder:
    """Builds one market and writes its table; how many rows and features it has. The user's code is read once."""

    recipe: Recipe
    built: Sequence[str]
    folder: Path

    def __call__(self, symbol: str) -> tuple[int, int]:
        features = self.recipe.features(symbol, self._own, _bars, context_of_prices, self.built)
        store.write_table(self.folder / f"{symbol}.parquet", features, FEATURES)
        return features.height, features.width - len(FEATURES.columns)

    @cached_property
    def _own(self) -> Own:
        return own_of(self.recipe.params, store.read_module)


def _build(args: argparse.Namespace) -> Iterator[str]:
    recipe, n_workers = _recipe(), workers(params.load("compute", ComputeParams))
    columns = schema(recipe.params, own_of(recipe.params, store.read_module))
    built = sorted(path.stem for path in Path("data/bars", recipe.main).glob("*.parquet"))
    symbols = _asked(args.symbols, built, recipe.main)
    _refuse_place(args.to)
    with store.writing() as beside:
        folder = beside(args.to)
        work = _Builder(recipe, built, folder)
        done = outcomes(n_workers, work, {symbol: symbol for symbol in symbols}, args.seconds, "markets")
        yield from (_line(outcome) for outcome in done)
        failed = [outcome for outcome in done if outcome.value is None]
        _remove(folder, failed)
        if len(failed) == len(done):
            raise _failed(DataError, failed, len(done))
        store.write_json(folder / _SCHEMA, columns)
    if failed:
        raise _failed(PartialError, failed, len(done))


def _recipe() -> Recipe:
    return Recipe(
        params.load("features", FeatureParams),
        params.load("instrument", InstrumentParams),
        params.load("session", SessionParams),
        params.load_field("bars", BarsParams, "main"),
        params.load_field("bars", BarsParams, "types"),
        tuple(params.load_field("bars.roll", RollParams, "contracts")),
    )


def _bars(kind: Kind, symbol: str) -> pl.DataFrame:
    return store.read_table(Path("data/bars", kind, f"{symbol}.parquet"), BARS)


def _asked(wanted: Sequence[str], built: Sequence[str], kind: Kind) -> Sequence[str]:
    """Return the markets to build, and refuse one that has no bars."""
    missing = [symbol for symbol in wanted if symbol not in built]
    if missing or not built:
        rule = f"needs {kind} bars of {', '.join(missing) or 'one market'}"
        found = f"those of {', '.join(built)}" if built else "none"
        remedy = "list it in data.symbols, then dvc repro bars; why a market has none stands in reports/bars.json"
        raise DataError("features build", rule, found, remedy)
    return list(dict.fromkeys(wanted)) or built


def _refuse_place(place: Path) -> None:
    """Refuse a folder that is a stage's, or holds what this command did not write: it would be lost."""
    inside = place.resolve()
    theirs = [name for name in _PIPELINE if inside.is_relative_to(Path(name).resolve())]
    if theirs and not inside.is_relative_to(PLACE.resolve()):
        raise ParamsError("--to", "must not be a folder of the pipeline", place, f"name another, or {PLACE}")
    names = sorted(path.name for path in place.iterdir()) if place.is_dir() else []
    others = [name for name in names if name != _SCHEMA and not name.endswith(".parquet")]
    if names and (others or _SCHEMA not in names):
        found = f"{(others or names)[0]} there"
        raise StoreError(place, "is replaced whole, so it must be new, or what was built before", found, "name another")


def _line(outcome: Outcome[tuple[int, int]]) -> str:
    if outcome.value is None:
        why = outcome.error.removeprefix(f"{outcome.name}: ")
        return f"{outcome.name}: {'over its limit' if outcome.is_late else 'failed'}: {why}\n"
    n_rows, n_features = outcome.value
    return f"{outcome.name}: done, {n_rows:,} rows, {n_features} features\n"


def _remove(folder: Path, failed: Sequence[Outcome[tuple[int, int]]]) -> None:
    """Remove what a process that was killed while it wrote has left."""
    for outcome in failed:
        for path in (folder / f"{outcome.name}.parquet", *folder.glob(f".{outcome.name}.parquet.*")):
            path.unlink(missing_ok=True)


def _failed(kind: type[AssayError], failed: Sequence[Outcome[tuple[int, int]]], n_asked: int) -> AssayError:
    names = ", ".join(outcome.name for outcome in failed)
    found = f"{len(failed)} of {n_asked} failed: {names}; {failed[0].error}"
    return kind("features build", "must build every market", found, f"mend {names}")
