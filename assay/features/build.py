"""Bars in, features out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from assay.bars.params import Kind
from assay.errors import DataError
from assay.features.catalogue import catalogue, kinds, slower
from assay.features.columns import columns
from assay.features.feature import Feature
from assay.features.inputs import Inputs
from assay.features.own import NONE, Own
from assay.features.params import FeatureParams
from assay.market.instruments import Instrument
from assay.market.sessions import Hours
from assay.stats.asof import joined
from assay.tables.features import FEATURES

_BESIDE = ("derivatives", "book")
"""Groups that are made of what was fetched beside the prices alone."""


def build(
    bars: pl.DataFrame,
    params: FeatureParams,
    instrument: Instrument,
    hours: Hours,
    others: Mapping[Kind, pl.DataFrame] | None = None,
    *,
    context: Mapping[str, pl.DataFrame] | None = None,
    markets: Mapping[str, Inputs] | None = None,
    own: Own = NONE,
) -> pl.DataFrame:
    """Return the features table of one market, of its tables: see :func:`build_of`.

    Parameters
    ----------
    bars
        Rows of the bars table, one symbol, shape (n,); windows run across session breaks.
    params
        Which features.
    instrument
        The market's units.
    hours
        The market's hours, for the time features.
    others
        Bars of each type of ``params.slower``, with ``known_at``: see ``assay.bars.known``.
    context, markets
        What is known beside the bars, and other markets: see :class:`Inputs`.
    own
        The user's own features.
    """
    slow = {kind: Inputs(given, instrument, hours) for kind, given in (others or {}).items()}
    return build_of(params, Inputs(bars, instrument, hours, context or {}, markets or {}), slow, own)


def build_of(params: FeatureParams, inputs: Inputs, others: Mapping[Kind, Inputs], own: Own) -> pl.DataFrame:
    """Return the features table of one market.

    Parameters
    ----------
    params
        Which features.
    inputs
        Its bars, n of them, and what is known beside them.
    others
        Its bars of each type of ``params.slower``, with ``known_at``.
    own
        The user's own features.

    Returns
    -------
    pl.DataFrame
        ``symbol``, ``ordinal``, ``closed_at`` and one float32 column per feature whose data the bars hold, in the
        order of the catalogue, then those of slower bars; NaN before its first valid row and where its definition
        says it is undefined. Row i is a function of the bars 0 to i, and of slower bars known at its close.

    Raises
    ------
    DataError
        If there is no bar, bars of a slower type are not given, the bars hold no feature's data, nothing is there that
        the group ``derivatives`` or ``book`` is made of, a price is below one tick, or a value is infinite.
    """
    told = table(catalogue(params, own), inputs)
    for kind, entries in slower(params).items():
        if kind not in others:
            raise DataError("features.slower", "needs bars of every type it names", f"no {kind} bars", "give them")
        told = _with(told, table(entries, others[kind]), others[kind].bars)
    return told


def table(entries: Sequence[Feature], inputs: Inputs) -> pl.DataFrame:
    """Return the features table of one market, of entries that were chosen before; see :func:`build`."""
    if inputs.bars.is_empty():
        raise DataError("bars", "must hold at least one bar", "none", "widen the range of the data")
    _check_ticks(inputs)
    for group in _BESIDE:
        _check_beside(entries, inputs, group)
    return pl.DataFrame([inputs.bars.get_column(name) for name in FEATURES.columns]).hstack(columns(entries, inputs))


def _with(main: pl.DataFrame, built: pl.DataFrame, bars: pl.DataFrame) -> pl.DataFrame:
    """Return the table with features of other bars, of the last one that was known at each close."""
    names = built.columns[len(FEATURES.columns) :]
    told = joined(main, "closed_at", built.select(names).with_columns(bars["known_at"]), names, prefix="")
    return told.with_columns(pl.col(names).cast(pl.Float32))


def _check_ticks(inputs: Inputs) -> None:
    """Refuse prices below one tick: they are of another market, and in ticks they would round to nothing."""
    lowest, tick_size = float(np.min(inputs.given("low"))), inputs.instrument.tick_size
    if lowest < tick_size:
        rule = f"prices must be at least one tick, {tick_size:g}"
        raise DataError("bars", rule, f"{lowest:g}", "set tick_size in instrument.table")


def _check_beside(entries: Sequence[Feature], inputs: Inputs, group: str) -> None:
    """Refuse a group where there is nothing beside the bars that one of its features could be made of."""
    asked = [entry for entry in entries if entry.group == group]
    if asked and not any(all(inputs.holds(need) for need in entry.needs) for entry in asked):
        needed = kinds(asked)
        rule = f"needs {'one of ' if len(needed) > 1 else 'the '}{', '.join(needed)} of the market"
        remedy = f"add a feed of one to data.more and fetch, or set features.{group}.enabled to false"
        found = ", ".join(sorted(name for name in inputs.context if inputs.holds(name))) or "none"
        raise DataError(f"features.{group}", rule, found, remedy)
