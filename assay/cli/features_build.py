"""``assay features build``: the features of every market that has bars; one that fails is named, and alone in it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf
from pathlib import Path
from typing import Any

from assay import params, store
from assay.cli.features_kept import (
    BARS,
    SCHEMA,
    bars_before,
    built_before,
    is_same,
    keep,
    refuse_loss,
    refuse_others,
    table_of,
)
from assay.cli.recipe import bars_of, recipe, sums_of, symbols_of
from assay.compute.executor import workers
from assay.compute.outcomes import outcomes
from assay.compute.params import ComputeParams
from assay.compute.worker import Outcome
from assay.errors import AssayError, DataError, ParamsError, PartialError
from assay.features.catalogue import schema
from assay.features.own import Own, own_of
from assay.features.recipe import Recipe
from assay.sources.run.context import context_of_prices
from assay.tables.features import FEATURES

PLACE = Path("data/features_of")
_PIPELINE = ("data", "models", "reports")
"""Folders that are the stages' own."""
_MOST = 5
"""Markets that failed and are named once more at the end."""


def add(does: Any) -> None:
    """Add the command to those about features."""
    build = does.add_parser("build", help="the features of every market that has bars; one that fails is named, alone")
    build.add_argument("symbols", nargs="*", metavar="SYMBOL", help="of these only")
    build.add_argument(
        "--seconds", type=_seconds, default=600.0, help="that one market may take; one that takes longer is stopped"
    )
    build.add_argument(
        "--to", type=Path, default=PLACE, metavar="FOLDER", help=f"keeps tables of other markets; without it {PLACE}"
    )
    build.set_defaults(command=_build)


def _seconds(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = inf
    if not 0 < found < inf:
        raise argparse.ArgumentTypeError(f"must be a number of seconds above 0; found {text!r}; give one such as 600")
    return found


@dataclass(frozen=True)
class _Builder:
    """Builds one market and writes its table; how many rows and features it has. The user's code is read once."""

    recipe: Recipe
    built: Sequence[str]
    folder: Path

    def __call__(self, symbol: str) -> tuple[int, int]:
        features = self.recipe.features(symbol, self._own, bars_of, context_of_prices, self.built)
        store.write_table(table_of(self.folder, symbol), features, FEATURES)
        return features.height, features.width - len(FEATURES.columns)

    @cached_property
    def _own(self) -> Own:
        return own_of(self.recipe.params, store.read_module)


def _build(args: argparse.Namespace) -> Iterator[str]:
    given, n_workers = recipe(), workers(params.load("compute", ComputeParams))
    columns = schema(given.params, own_of(given.params, store.read_module))
    built = symbols_of(given.main)
    symbols = _asked(args.symbols, built, given)
    _refuse_place(args.to)
    if left_out := [] if args.symbols else [symbol for symbol in built if symbol not in symbols]:
        yield f"left out, since features.cross.symbols names them: {', '.join(left_out)}\n"
    with store.writing() as beside:
        folder = beside(args.to.resolve())
        folder.mkdir()
        store.write_json(folder / SCHEMA, columns)
        sums = {symbol: sums_of(given, symbol) for symbol in built}
        before, told = _before(args.to, folder, symbols, sums)
        yield told
        keep(args.to, folder, [symbol for symbol in before if symbol not in symbols])
        work = _Builder(given, built, folder)
        done = outcomes(n_workers, work, {symbol: symbol for symbol in symbols}, args.seconds, "markets")
        yield from (_line(outcome) for outcome in done)
        failed = [outcome for outcome in done if outcome.value is None]
        _remove(folder, failed)
        if len(failed) == len(done):
            raise _failed(DataError, failed, len(done))
        kept = [outcome.name for outcome in failed if outcome.name in before]
        keep(args.to, folder, kept)
        yield f"failed, and kept as built before: {', '.join(kept)}\n" if kept else ""
        store.write_json(folder / BARS, _sums(folder, bars_before(args.to), sums, failed))
    if failed:
        raise _failed(PartialError, failed, len(done))


def _sums(
    folder: Path, before: Mapping[str, Any], now: Mapping[str, Any], failed: Sequence[Outcome[tuple[int, int]]]
) -> dict[str, Any]:
    """Return of what bars each table is: those that were kept of the ones before."""
    kept = {outcome.name for outcome in failed}
    return {symbol: (before if symbol in kept else now).get(symbol, {}) for symbol in built_before(folder)}


def _before(
    place: Path, folder: Path, symbols: Sequence[str], sums: Mapping[str, Mapping[str, str]]
) -> tuple[list[str], str]:
    """Return the markets whose tables may be kept, and what is said of tables that were built before."""
    there, made_of = built_before(place), bars_before(place)
    others = [symbol for symbol in there if symbol not in symbols]
    if there and not is_same(place, folder):
        refuse_loss(place, others, "must hold tables of the features that params.yaml asks for", "features")
        return [], f"{place}: will be replaced whole: it holds other features than params.yaml asks for\n"
    stale = [symbol for symbol in others if made_of.get(symbol) != sums.get(symbol)]
    refuse_loss(place, stale, "must hold tables of the bars that are there", "bars")
    return there, f"kept as built before: {', '.join(others)}\n" if others else ""


def _asked(wanted: Sequence[str], built: Sequence[str], given: Recipe) -> Sequence[str]:
    """Return the markets that are named, else all but those of ``features.cross``; refuse one that has no bars."""
    missing = [symbol for symbol in wanted if symbol not in built]
    asked = list(dict.fromkeys(wanted)) or [symbol for symbol in built if symbol not in given.params.markets]
    if missing or not asked:
        others = " that features.cross.symbols does not name" if given.params.markets else ""
        rule = f"needs {given.main} bars of {', '.join(missing) or f'one market{others}'}"
        found = f"those of {', '.join(built)}" if built else "none"
        remedy = "list it in data.symbols, then dvc repro bars; why a market has none stands in reports/bars.json"
        raise DataError("features build", rule, found, remedy)
    return asked


def _refuse_place(place: Path) -> None:
    """Refuse a folder that is a stage's, or holds what this command did not write."""
    inside = place.resolve()
    theirs = [name for name in _PIPELINE if inside.is_relative_to(Path(name).resolve())]
    if theirs and not inside.is_relative_to(PLACE.resolve()):
        raise ParamsError("--to", "must not be a folder of the pipeline", place, f"name another, or {PLACE}")
    refuse_others(place)


def _line(outcome: Outcome[tuple[int, int]]) -> str:
    if outcome.value is None:
        why = outcome.error.removeprefix(f"{outcome.name}: ")
        return f"{outcome.name}: {'over its limit' if outcome.is_late else 'failed'}: {why}\n"
    n_rows, n_features = outcome.value
    return f"{outcome.name}: done, {n_rows:,} rows, {n_features} features\n"


def _remove(folder: Path, failed: Sequence[Outcome[tuple[int, int]]]) -> None:
    """Remove what a process that was killed while it wrote has left."""
    for outcome in failed:
        for path in (table_of(folder, outcome.name), *folder.glob(f".{outcome.name}.parquet.*")):
            path.unlink(missing_ok=True)


def _failed(kind: type[AssayError], failed: Sequence[Outcome[tuple[int, int]]], n_asked: int) -> AssayError:
    names = ", ".join(outcome.name for outcome in failed[:_MOST])
    more = f" and {len(failed) - _MOST} more" if len(failed) > _MOST else ""
    found = f"{len(failed)} of {n_asked} failed: {names}{more}"
    return kind("features build", "must build every market", found, "mend what its line says of each")
