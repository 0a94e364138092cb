"""Bars in, features out."""

from __future__ import annotations

import numpy as np
import polars as pl

from assay.errors import DataError
from assay.features.catalogue import catalogue
from assay.features.feature import Feature
from assay.features.inputs import Inputs
from assay.features.params import FeatureParams
from assay.market.instruments import Instrument
from assay.market.sessions import Hours
from assay.types import Singles


def build(bars: pl.DataFrame, params: FeatureParams, instrument: Instrument, hours: Hours) -> pl.DataFrame:
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

    Returns
    -------
    pl.DataFrame
        ``symbol``, ``ordinal``, ``closed_at`` and one float32 column per feature whose data the bars hold, in the
        order of the catalogue; NaN before its first valid row and where its definition says it is undefined. Row i
        is a function of the bars 0 to i.

    Raises
    ------
    DataError
        If there is no bar, the bars hold no feature's data, a price is below one tick, or a value is infinite.
    """
    if bars.is_empty():
        raise DataError("bars", "must hold at least one bar", "none", "widen the range of the data")
    inputs = Inputs(bars, instrument, hours)
    _check_ticks(inputs)
    built = [pl.Series(entry.name, _column(entry, inputs)) for entry in available(inputs, params)]
    return bars.select("symbol", "ordinal", "closed_at").with_columns(built)


def available(inputs: Inputs, params: FeatureParams) -> list[Feature]:
    """Return the entries of the catalogue whose data the bars hold, one at least."""
    asked = catalogue(params)
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
