"""``assay features check``: hold features to their laws, and name those that could not be held."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any

import polars as pl

from assay import store
from assay.bars.build import build
from assay.bars.known import known
from assay.bars.params import Kind
from assay.cli.recipe import bars_of, path_of, recipe, symbols_of
from assay.errors import DataError
from assay.features.breaches import Afresh, Breach, breaches, looks_ahead
from assay.features.catalogue import catalogue, slower
from assay.features.feature import Feature
from assay.features.inputs import Inputs
from assay.features.later import as_of_main
from assay.features.own import GROUP, Own, afresh, own_of
from assay.features.recipe import Recipe
from assay.market.instruments import Instrument, find
from assay.market.sessions import OUTSIDE, Hours, days
from assay.sources.run.context import context_of_prices
from assay.sources.synthetic.params import SyntheticParams
from assay.sources.synthetic.switching import simulate

_N_TICKS = 20
"""Quotes per bar of the made market; a slower bar has twice as many."""
_MOST = 5000
"""Bars of the user's that are looked at, the last ones."""
_ALWAYS = Hours("UTC", 0, 86_400, 86_400, weekend_trading=False)


def add(does: Any) -> None:
    """Add the command to those about features."""
    check = does.add_parser("check", help="hold all features to the laws, on a made market and your bars")
    check.set_defaults(command=_check)


@dataclass(frozen=True)
class _Market:
    """A market to hold features on.

    Parameters
    ----------
    name
        How it is told.
    inputs
        The bars that are looked at, and what is known beside them.
    slower
        Its bars of other types.
    all_inputs, all_slower
        The same with all bars before: those that features are built of, which decide what data there is.
    whole
        Whether nothing is undefined in its first bars.
    """

    name: str
    inputs: Inputs
    slower: Mapping[Kind, Inputs]
    all_inputs: Inputs
    all_slower: Mapping[Kind, Inputs]
    whole: bool

    @property
    def longer(self) -> Inputs | None:
        """All bars, if they are more than those that are looked at."""
        return None if self.all_inputs is self.inputs else self.all_inputs


def _check(_: argparse.Namespace) -> Iterator[str]:
    given = recipe()
    mine = own_of(given.params, store.read_module)
    entries, others = catalogue(given.params, mine), slower(given.params)
    asked = [*entries, *chain(*others.values())]
    n_broken, held = 0, set()
    for place in _markets(given, mine, 2 * max(entry.lookback for entry in asked) + 600):
        fast = _held(entries, place.all_inputs)
        slow = {kind: _held(wanted, place.all_slower[kind]) for kind, wanted in others.items()}
        held |= {entry.name for entry in chain(fast, *slow.values())}
        yield from _counts(place, entries, others)
        for breach in _breaches(place, fast, slow, partial(afresh, given.params, store.read_module)):
            n_broken += 1
            yield f"  {breach}\n"
    unheld = [entry.name for entry in asked if entry.name not in held]
    if unheld:
        yield f"held to no law: {', '.join(unheld)}\n"
    if n_broken:
        raise DataError("features", "must keep the laws", f"{n_broken} broken", "correct what is named above")


def _counts(place: _Market, entries: Sequence[Feature], others: Mapping[Kind, Sequence[Feature]]) -> Iterator[str]:
    """Yield how many features can be held on a market, and which not."""
    told = {"features": (entries, place.inputs, place.all_inputs)}
    for kind, wanted in others.items():
        told[f"features of slower {kind} bars"] = (wanted, place.slower[kind], place.all_slower[kind])
    for what, (asked, inputs, built) in told.items():
        yield f"{place.name}: {len(_held(asked, built))} of {len(asked)} {what} on {inputs.bars.height:,} bars\n"
        yield from _left_out(asked, built)


def _breaches(
    place: _Market, fast: Sequence[Feature], slow: Mapping[Kind, Sequence[Feature]], again: Afresh
) -> Iterator[Breach]:
    """Yield the laws that are broken: all of them on bars, that of no look-ahead on slower bars as they are known.

    Features of the user's own are looked at more closely: what no one else has read is tried at every bar.
    """
    mine = [entry for entry in fast if entry.group == GROUP]
    yield from breaches([entry for entry in fast if entry.group != GROUP], place.inputs, whole=place.whole)
    yield from breaches(mine, place.inputs, whole=place.whole, closely=True, longer=place.longer, afresh=again)
    markets = {str(kind): bars for kind, bars in place.slower.items()}
    yield from looks_ahead(as_of_main(slow), place.inputs.but(markets=markets))


def _held(entries: Sequence[Feature], inputs: Inputs) -> list[Feature]:
    return [entry for entry in entries if all(inputs.holds(need) for need in entry.needs)]


def _left_out(entries: Sequence[Feature], inputs: Inputs) -> Iterator[str]:
    """Yield the features that lack something, by what they lack."""
    lacking: dict[str, list[str]] = {}
    for entry in entries:
        needs = [need for need in entry.needs if not inputs.holds(need)]
        if needs:
            lacking.setdefault(", ".join(needs), []).append(entry.name)
    for needs_of_all, names in lacking.items():
        yield f"  left out for want of {needs_of_all}: {', '.join(names)}\n"


def _markets(given: Recipe, own: Own, n: int) -> Iterator[_Market]:
    """Yield a made market with n bars or more, and the user's with what is known beside it, if its bars were built."""
    instrument = find(given.instruments)
    quotes = _quotes(instrument, n)
    fast, slow = (_made(quotes, instrument, n_ticks) for n_ticks in (_N_TICKS, 2 * _N_TICKS))
    later = Inputs(known(slow, "tick", 2 * _N_TICKS, _ALWAYS), instrument, _ALWAYS)
    made = Inputs(known(fast, "tick", _N_TICKS, _ALWAYS), instrument, _ALWAYS)
    slower_bars = dict.fromkeys(given.params.slower, later)
    yield _Market("made market", made, slower_bars, made, slower_bars, whole=True)
    if path_of(given.main, instrument.symbol).exists():
        yield _user(given, own, max(n, _MOST))


def _user(given: Recipe, own: Own, most: int) -> _Market:
    """Return the user's market, its last bars."""
    symbol = given.instruments.symbol
    inputs, slow = given.inputs(symbol, own, bars_of, context_of_prices, symbols_of(given.main))
    later = {kind: _last(other, most) for kind, other in slow.items()}
    return _Market(str(path_of(given.main, symbol)), _last(inputs, most), later, inputs, slow, whole=False)


def _last(inputs: Inputs, most: int) -> Inputs:
    """Return the last bars, with all that is known beside them."""
    return inputs.rows(max(inputs.bars.height - most, 0), inputs.bars.height)


def _quotes(instrument: Instrument, n: int) -> pl.DataFrame:
    """Return quotes of a synthetic market on the instrument's grid, enough for n bars."""
    market = SyntheticParams(n_ticks=_N_TICKS * (n + 1), volatility_ticks=[0.5, 0.8, 1.5])
    return pl.concat([part for part, _ in simulate(market, instrument.tick_size)])


def _made(quotes: pl.DataFrame, instrument: Instrument, n_ticks: int) -> pl.DataFrame:
    """Return tick bars of a market that is always open."""
    session = days(quotes["time"].to_physical().to_numpy(), _ALWAYS)
    inside = session != OUTSIDE
    return build(quotes.filter(inside), "tick", n_ticks, session[inside], instrument.symbol)
