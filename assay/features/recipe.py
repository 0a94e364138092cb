"""How the features of any market are made: what the parameters say of them all, and what is read of one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import polars as pl

from assay.bars.known import known
from assay.bars.params import Kind
from assay.errors import DataError
from assay.features.build import build_of
from assay.features.catalogue import catalogue, kinds
from assay.features.inputs import Inputs
from assay.features.markets import market, refuse_unbuilt
from assay.features.own import Own
from assay.features.params import FeatureParams
from assay.market.instruments import InstrumentParams, find
from assay.market.sessions import SessionParams, hours

Read: TypeAlias = Callable[[Kind, str], pl.DataFrame]
"""Gives the bars of one type of a market, table ``BARS``."""
Beside: TypeAlias = Callable[[Iterable[str], str, Sequence[str]], Mapping[str, pl.DataFrame]]
"""Gives the tables of some kinds that are known beside a market, told what its prices are made of."""


@dataclass(frozen=True)
class Recipe:
    """What the parameters say of the features of every market.

    Parameters
    ----------
    params
        Which features.
    instruments
        The main market, and entries of your own.
    session
        The hours to trade; where they are ``auto``, each market's own.
    main
        Type of the bars that features are of.
    types
        Types that were built, and what fills a bar of each.
    contracts
        What the prices of the main market are made of, if not of itself.
    """

    params: FeatureParams
    instruments: InstrumentParams
    session: SessionParams
    main: Kind
    types: Mapping[Kind, float]
    contracts: Sequence[str]

    def features(self, symbol: str, own: Own, read: Read, beside: Beside, built: Collection[str]) -> pl.DataFrame:
        """Return the features table of one market of its :meth:`inputs`: see :func:`assay.features.build.build_of`."""
        return build_of(self.params, *self.inputs(symbol, own, read, beside, built), own)

    def inputs(
        self, symbol: str, own: Own, read: Read, beside: Beside, built: Collection[str]
    ) -> tuple[Inputs, dict[Kind, Inputs]]:
        """Return what the features of one market are made of: its main bars, and those of each slower type.

        Parameters
        ----------
        symbol
            Which market.
        own
            The user's own features.
        read, beside
            Give its bars, those of the other markets it looks at, and what is known beside it.
        built
            Symbols that have bars of the main type.

        Raises
        ------
        AssayError
            If the market is unknown, or bars that are needed were not built or are such as no features are made of.
        """
        wanted, instrument = self.params, find(self.instruments.model_copy(update={"symbol": symbol}))
        slower = wanted.others(self.main, self.types)
        refuse_unbuilt(wanted.markets, symbol, built)
        bars, clock = self._known(read, self.main, symbol), hours(self.session, instrument)
        others = {kind: Inputs(self._known(read, kind, symbol), instrument, clock) for kind in slower}
        context = beside(kinds(catalogue(wanted, own)), symbol, self._histories(symbol))
        tables = {name: self._known(read, self.main, name) for name in wanted.markets}
        markets = {name: market(table, name, self.instruments, self.session) for name, table in tables.items()}
        return Inputs(bars, instrument, clock, context, markets), others

    def _known(self, read: Read, kind: Kind, symbol: str) -> pl.DataFrame:
        instrument = find(self.instruments.model_copy(update={"symbol": symbol}))
        bars = read(kind, symbol)
        _refuse_others(bars, symbol)
        return known(bars, kind, self.types[kind], hours(self.session, instrument))

    def _histories(self, symbol: str) -> list[str]:
        return list(self.contracts) if self.contracts and symbol == self.instruments.symbol else [symbol]


def _refuse_others(bars: pl.DataFrame, symbol: str) -> None:
    """Refuse bars that say they are of another market than they were read as."""
    found = sorted({*bars.get_column("symbol").unique()} - {symbol})
    if found:
        raise DataError(f"bars of {symbol}", "must be of this market alone", ", ".join(found), "rerun the stage bars")
