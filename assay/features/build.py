"""Bars in, features out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from assay.bars.params import Kind
from assay.errors import DataError
from assay.features.catalogue import catalogue, slower
from assay.features.feature import Feature
from assay.features.inputs import Inputs
from assay.features.params import FeatureParams
from assay.market.instruments import Instrument
from assay.market.sessions import Hours
from assay.stats.asof import joined
from assay.types import Singles


def build(
    bars: pl.DataFrame,
    params: FeatureParams,
    instrument: Instrument,
    hours: Hours,
    others: Mapping[Kind, pl.DataFrame] | None = None,
) -> pl.DataFrame:
    """Return the features table of one market.

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

    Returns
    -------
    pl.DataFrame
        ``symbol``, ``ordinal``, ``closed_at`` and one float32 column per feature whose data the bars hold, in the
        order of the catalogue, then those of slower bars; NaN before its first valid row and where its definition
        says it is undefined. Row i is a function of the bars 0 to i, and of slower bars known at its close.

    Raises
    ------
    DataError
        If there is no bar, bars of a slower type are not given, the bars hold no feature's data, a price is below one
        tick, or a value is infinite.
    """
    inputs = _inputs(bars, instrument, hours)
    table = bars.select("symbol", "ordinal", "closed_at").with_columns(_columns(catalogue(params), inputs))
    given = others or {}
    for kind, entries in slower(params).items():
        if kind not in given:
            raise DataError("features.slower", "needs bars of every type it names", f"no {kind} bars", "give them")
        table = _joined(table, entries, _inputs(given[kind], instrument, hours))
    return table


def _joined(table: pl.DataFrame, entries: Sequence[Feature], inputs: Inputs) -> pl.DataFrame:
    """Return the table with features of other bars, of the last one that was known at each close."""
    built = _columns(entries, inputs)
    names = [column.name for column in built]
    told = joined(table, "closed_at", inputs.bars.select("known_at").with_columns(built), names, prefix="")
    return told.with_columns(pl.col(names).cast(pl.Float32))


def _inputs(bars: pl.DataFrame, instrument: Instrument, hours: Hours) -> Inputs:
    if bars.is_empty():
        raise DataError("bars", "must hold at least one bar", "none", "widen the range of the data")
    inputs = Inputs(bars, instrument, hours)
    _check_ticks(inputs)
    return inputs


def _columns(entries: Sequence[Feature], inputs: Inputs) -> list[pl.Series]:
    return [pl.Series(entry.name, _column(entry, inputs)) for entry in _available(entries, inputs)]


def _available(asked: Sequence[Feature], inputs: Inputs) -> list[Feature]:
    """Return the entries whose data the bars hold, one at least."""
    built = [entry for entry in asked if all(inputs.holds(name) for name in entry.needs)]
    if not built:
        found = f"none of {len(asked)}, they need {', '.join(sorted({name for e in asked for name in e.needs}))}"
        raise DataError(
            "bars", "must hold the data of one feature at least", found, "switch on another group of features"
        )
    return built


def _check_ticks(inputs: Inputs) -> None:
    """Refuse prices below one tick: they are of another market, and in ticks they would round to nothing."""
    lowest, tick_size = float(np.min(inputs["low"])), inputs.instrument.tick_size
    if lowest < tick_size:
        rule = f"prices must be at least one tick, {tick_size:g}"
        raise DataError("bars", rule, f"{lowest:g}", "set tick_size in instrument.table")


def _column(entry: Feature, inputs: Inputs) -> Singles:
    """Return a feature in single precision, NaN before its first valid row, and refuse an infinity."""
    with np.errstate(over="ignore"):
        values = entry.function(inputs).astype(np.float32)
    values[: entry.first_valid] = np.nan
    if np.isinf(values).any():
        row = int(np.flatnonzero(np.isinf(values))[0])
        raise DataError(
            f"feature {entry.name}", "must be finite or NaN", f"infinity in row {row}", "check that bar's prices"
        )
    return values
