"""Commands about features: ``assay features ls|build|report``, and ``check``, which holds them to the laws."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from assay import params, store
from assay.bars.builder import build as build_bars
from assay.bars.known import known
from assay.bars.params import BarsParams, RollParams
from assay.cli import features_build
from assay.errors import DataError
from assay.features.catalogue import catalogue, every, kinds
from assay.features.feature import Feature
from assay.features.inputs import Inputs
from assay.features.laws import breaches
from assay.features.markets import market, refuse_unbuilt
from assay.features.own import own_of
from assay.features.params import FeatureParams
from assay.market.instruments import Instrument, InstrumentParams, find
from assay.market.sessions import OUTSIDE, Hours, SessionParams, days, hours
from assay.report.features import feature_report, lines
from assay.sources.run.context import context_of_prices
from assay.sources.synthetic.params import SyntheticParams
from assay.sources.synthetic.switching import simulate
from assay.splits.params import SplitParams
from assay.tables.bars import BARS
from assay.tables.features import FEATURES

_N_TICKS = 20
"""Quotes per bar of the made market."""
_MOST = 5000
"""Bars of the user's that are looked at, the last ones."""


def add(commands: Any) -> None:
    """Add the commands to a parser's."""
    features = commands.add_parser("features", help="features: list them, check them, report what they know")
    does = features.add_subparsers(required=True, metavar="DOES")
    ls = does.add_parser("ls", help="every feature: group, look-back, first valid row, unit, definition, reference")
    ls.add_argument("--all", action="store_true", help="also of groups that are off")
    ls.add_argument("--group", default="", help="of this group only")
    ls.set_defaults(command=_ls)
    check = does.add_parser("check", help="hold all features to the laws, on a made market and your bars")
    check.set_defaults(command=_check)
    report = does.add_parser("report", help="what each feature knows of the returns to come, before the hold-out")
    report.add_argument("--horizons", type=_horizons, default=(1, 5, 20, 60), help="bars ahead, such as 1,5,20")
    report.add_argument("--top", type=int, default=40, help="features to print")
    report.add_argument("--json", type=Path, metavar="FILE", help="write all of it there")
    report.set_defaults(command=_report)
    features_build.add(does)


def _ls(args: argparse.Namespace) -> Iterator[str]:
    chosen = params.load("features", FeatureParams)
    mine = own_of(chosen, store.read_module)
    entries = catalogue(every(chosen) if args.all else chosen, mine)
    for entry in (entry for entry in entries if args.group in {"", entry.group}):
        yield _line(entry)


def _line(entry: Feature) -> str:
    needs = f"; needs {', '.join(entry.needs)}" if entry.needs else ""
    memory = "" if entry.starts_at is None else ", fading"
    return (
        f"{entry.name}  [{entry.group}]  {entry.definition}{needs}\n"
        f"    unit {entry.unit}; look-back {entry.lookback}{memory}; from row {entry.first_valid}; {entry.reference}\n"
    )


def _check(_: argparse.Namespace) -> Iterator[str]:
    chosen = params.load("features", FeatureParams)
    entries = catalogue(chosen, own_of(chosen, store.read_module))
    n_broken = 0
    for where, inputs in _markets(chosen, entries, 2 * max(entry.lookback for entry in entries) + 600):
        held = [entry for entry in entries if all(inputs.holds(need) for need in entry.needs)]
        yield f"{where}: {len(held)} of {len(entries)} features on {inputs.bars.height:,} bars\n"
        for breach in breaches(held, inputs, whole=where == "made market"):
            n_broken += 1
            yield f"  {breach}\n"
    if n_broken:
        raise DataError("features", "must keep the laws", f"{n_broken} broken", "correct what is named above")


def _horizons(text: str) -> tuple[int, ...]:
    found = sorted({int(word) for word in text.split(",")})
    if found[0] < 1:
        raise argparse.ArgumentTypeError("horizons are whole numbers from 1")
    return tuple(found)


def _report(args: argparse.Namespace) -> Iterator[str]:
    symbol = find(params.load("instrument", InstrumentParams)).symbol
    kind = params.load_field("bars", BarsParams, "main")
    sealed = params.load_field("splits", SplitParams, "holdout_fraction")
    features = store.read_table(Path("data/features") / f"{symbol}.parquet", FEATURES)
    told = feature_report(features, _bars(Path("data/bars") / kind / f"{symbol}.parquet"), sealed, args.horizons)
    if args.json:
        store.write_json(args.json, told.document())
    return (f"{line}\n" for line in lines(told, args.top))


def _markets(chosen: FeatureParams, entries: Sequence[Feature], n: int) -> Iterator[tuple[str, Inputs]]:
    """Yield a made market with n bars or more, and the user's with what is known beside it, if its bars were built."""
    instruments, session = params.load("instrument", InstrumentParams), params.load("session", SessionParams)
    instrument = find(instruments)
    yield "made market", Inputs(_made(instrument, n), instrument, _ALWAYS)
    kind = params.load_field("bars", BarsParams, "main")
    threshold = params.load_field("bars", BarsParams, "types")[kind]
    path = Path("data/bars") / kind / f"{instrument.symbol}.parquet"
    if path.exists():
        refuse_unbuilt(chosen.markets, instrument.symbol, [other.stem for other in path.parent.glob("*.parquet")])
        others = {name: known(_bars(path.with_stem(name)), kind, threshold) for name in chosen.markets}
        markets = {name: market(bars, name, instruments, session) for name, bars in others.items()}
        contracts = params.load_field("bars.roll", RollParams, "contracts")
        context = context_of_prices(kinds(entries), instrument.symbol, list(contracts) or [instrument.symbol])
        bars = _bars(path).tail(max(n, _MOST))
        yield str(path), Inputs(bars, instrument, hours(session, instrument), context, markets)


def _bars(path: Path) -> pl.DataFrame:
    return store.read_table(path, BARS)


_ALWAYS = Hours("UTC", 0, 86_400, 86_400, weekend_trading=False)


def _made(instrument: Instrument, n: int) -> pl.DataFrame:
    """Return tick bars of a synthetic market on the instrument's grid."""
    market = SyntheticParams(n_ticks=_N_TICKS * (n + 1), volatility_ticks=[0.5, 0.8, 1.5])
    quotes = pl.concat([part for part, _ in simulate(market, instrument.tick_size)])
    session = days(quotes["time"].to_physical().to_numpy(), _ALWAYS)
    inside = session != OUTSIDE
    return build_bars(quotes.filter(inside), "tick", _N_TICKS, session[inside], instrument.symbol)
