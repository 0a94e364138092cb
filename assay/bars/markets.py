"""The bars of every market that was fetched: of the one that is traded, and of those beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import polars as pl

from assay.bars.health import health
from assay.bars.make import make
from assay.bars.params import BarsParams, Kind, RollParams
from assay.errors import AssayError
from assay.market.instruments import InstrumentParams, find
from assay.market.sessions import SessionParams, hours


@dataclass(frozen=True)
class Given:
    """What the bars of a market are made of: see :func:`assay.bars.make.make`."""

    prices: Mapping[str, Iterable[pl.DataFrame]]
    context: Mapping[str, Mapping[str, pl.DataFrame]]
    source: str


Read: TypeAlias = Callable[[Sequence[str]], Given]
"""Gives what the bars of a market are made of, told the names of its histories."""
Bars: TypeAlias = dict[tuple[Kind, str], pl.DataFrame]
"""Table ``BARS`` by type and market."""


def markets(
    read: Read, others: Iterable[str], params: BarsParams, instruments: InstrumentParams, session: SessionParams
) -> tuple[Bars, dict[str, Any]]:
    """Return the bars of each market, and their report.

    Parameters
    ----------
    read
        Reads prices and what is needed beside them.
    others
        Markets beside ``instruments.symbol``; each has its own entry in the instrument table, ticks and hours.
    params
        Which bars; contracts are joined to the main market alone.
    instruments
        The main market, and entries of your own.
    session
        The hours to trade; where they are ``auto``, each market's own.

    Returns
    -------
    tuple
        Bars of each type of each market, and the report of the main one with ``symbol``. If there are others,
        ``others`` has their reports, and ``left_out`` why one has no bars: it does not take the main one with it.

    Raises
    ------
    AssayError
        If the main market has no bars: see :func:`assay.bars.make.make` and :func:`assay.bars.health.health`.
    """
    symbol, alone = instruments.symbol, params.model_copy(update={"roll": RollParams()})
    built, report = _market(read, params, instruments, session)
    reports, left_out = {}, {}
    for name in others:
        try:
            bars, reports[name] = _market(read, alone, instruments.model_copy(update={"symbol": name}), session)
            built |= bars
        except AssayError as error:
            left_out[name] = str(error)
    beside = {"others": reports, "left_out": left_out} if reports or left_out else {}
    return built, {"symbol": symbol, **report, **beside}


def _market(
    read: Read, params: BarsParams, instruments: InstrumentParams, session: SessionParams
) -> tuple[Bars, dict[str, Any]]:
    instrument = find(instruments)
    given = read(params.histories(instrument.symbol))
    trading = hours(session, instrument)
    made = make(given.prices, given.context, params, given.source, trading, instrument.symbol)
    rows = made.report.get("rows", {})
    summary = health(made.bars, params, made.given, instrument.tick_size, made.warnings, rows)
    return {(kind, instrument.symbol): bars for kind, bars in made.bars.items()}, {**summary, **made.report}
