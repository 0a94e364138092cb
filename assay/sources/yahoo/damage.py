"""Yahoo's known damage, found and put right: wrong units, missed splits, wrong dividends, zeros.

Nothing is put right unless asked for, and everything found is named by row and counted by kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from assay.sources.yahoo.dividends import Payments, check
from assay.sources.yahoo.splits import missed
from assay.sources.yahoo.units import wrong_units
from assay.tables.table import TIME, DType
from assay.types import Floats, Ints

KINDS = ("zero_price", "unit_100x", "missed_split", "phantom_dividend", "dividend_100x", "missing_adjustment")
TABLE: dict[str, DType] = {
    "time": TIME,
    **dict.fromkeys(("open", "high", "low", "close", "adj_close", "volume", "dividend", "split"), pl.Float64),
}
"""Yahoo's table: prices, volumes and dividends adjusted for splits; a split of 0 or 1 is none, prices may be null."""
_PRICES = ("open", "high", "low", "close")


@dataclass(frozen=True)
class Damage:
    """What was found in a table.

    Parameters
    ----------
    found
        Columns row, time, kind: a row that is damaged, and how, in order of rows.
    repaired
        The table put right, without the rows of kind ``zero_price``.
    """

    found: pl.DataFrame
    repaired: pl.DataFrame

    @property
    def counts(self) -> Mapping[str, int]:
        """How many rows are damaged, by kind."""
        return {kind: n for kind in KINDS if (n := self.found.filter(pl.col("kind") == kind).height)}


def examine(frame: pl.DataFrame) -> Damage:
    """Return the damage in a table.

    Rows with a zero are set aside first, since nothing can be compared with them; then units, dividends and splits are
    checked in this order, each on what the one before it has put right. Rows without prices are left as they are; so
    are dividends where there is no adjusted close (``adj_close`` null, as inside a day).

    Parameters
    ----------
    frame
        Columns of ``TABLE``, times rising.
    """
    numbered = frame.with_row_index("row")
    zero = pl.any_horizontal(pl.col(*_PRICES) <= 0).fill_null(value=False)
    needed = _PRICES if frame["adj_close"].null_count() == frame.height else (*_PRICES, "adj_close")
    whole = pl.all_horizontal(pl.col(*needed).is_finite()).fill_null(value=False)
    good = numbered.filter(~zero & whole)
    kinds = [{"row": row, "kind": "zero_price"} for row in numbered.filter(zero)["row"]]
    if good.height > 1:
        good, found = _examined(good)
        kinds += found
    listed = pl.DataFrame(kinds, schema={"row": pl.UInt32, "kind": pl.String}).sort("row", maintain_order=True)
    table = pl.concat([good, numbered.filter(~zero & ~whole)]).sort("row").drop("row")
    named = listed.join(numbered.select("row", "time"), on="row", maintain_order="left")
    return Damage(named.select("row", "time", "kind"), table)


def repaired(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a table with its damage put right: see ``examine``."""
    return examine(frame).repaired


def _examined(frame: pl.DataFrame) -> tuple[pl.DataFrame, list[dict[str, int | str]]]:
    """Return a table without holes put right, and what was wrong with it."""
    rows, time_ns = frame["row"].to_list(), frame["time"].to_physical().to_numpy()
    prices = frame.select(_PRICES).to_numpy().astype(np.float64)
    units = wrong_units(prices, frame["volume"].fill_null(0).to_numpy())
    close = prices[:, 3] * units[:, 3]
    adj_close = frame["adj_close"].to_numpy() * units[:, 3]
    payments = _payments(time_ns, close, adj_close, frame["dividend"].fill_null(0).to_numpy().copy())
    fixed = _ordered(prices * units, units)
    split = frame["split"].fill_null(1).to_numpy()
    scale = missed(fixed, payments.ratio, np.where(split > 0, split, 1.0), time_ns)
    found = [{"row": rows[i], "kind": "unit_100x"} for i in np.flatnonzero((units != 1).any(axis=1))]
    found += [{"row": rows[i], "kind": "missed_split"} for i in np.flatnonzero(scale != 1)]
    found += [{"row": rows[i], "kind": kind} for i, kind in sorted(payments.kinds.items())]
    touched = ~np.isnan(adj_close) & ((scale != 1) | (payments.ratio != adj_close / close))
    columns = {name: fixed[:, j] * scale for j, name in enumerate(_PRICES)} | {"dividend": payments.dividend}
    columns["adj_close"] = np.where(touched, payments.ratio * close * scale, adj_close)
    volume = frame["volume"] / pl.Series(scale)
    table = frame.with_columns(volume, *(pl.Series(name, values) for name, values in columns.items()))
    return table.with_columns(pl.col("adj_close").fill_nan(None)), found


def _payments(time_ns: Ints, close: Floats, adj_close: Floats, dividend: Floats) -> Payments:
    """Return dividends put right; as they are where Yahoo gives no adjusted close to hold them against."""
    if np.isnan(adj_close).all():
        return Payments(time_ns, close, dividend, np.ones(close.size), {})
    return check(Payments(time_ns, close, dividend, adj_close / close, {}))


def _ordered(prices: Floats, units: Floats) -> Floats:
    """Return prices whose high and low hold open and close again, where one of a row was put right."""
    partly = (units != units[:, :1]).any(axis=1)
    prices[partly, 1] = prices[partly].max(axis=1)
    prices[partly, 2] = prices[partly].min(axis=1)
    return prices
