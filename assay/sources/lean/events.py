"""What happens to a holder: splits and dividends out of factor files, funding of perpetual futures."""

from __future__ import annotations

from fractions import Fraction

import polars as pl

from assay.errors import DataError
from assay.sources.decode.arranged import arranged
from assay.sources.decode.refusals import refuse
from assay.sources.decode.times import known_at
from assay.sources.lean.cells import rows
from assay.sources.lean.clock import utc
from assay.sources.lean.markets import Market
from assay.sources.venue import Decoded

LARGEST_TERM = 20
"""Of a split's ratio: 2:1, 3:2, 1:20."""
CLOSE = Fraction(1, 1000)
"""How far, as a fraction, a factor's quotient may lie from such a ratio: some files carry five digits only."""
_FACTORS = {"at": pl.String, "price_factor": pl.String, "split_factor": pl.String, "reference": pl.String}
_NUMBER = r"^\d{1,12}(\.\d{1,12})?$"


def actions(content: bytes, market: Market, lag_ns: int, where: str) -> Decoded:
    """Return the splits and dividends that a factor file implies.

    Rows are ``date, price factor, split factor, reference price``: prices up to the date, that day included and after
    the row before it, times both factors are today's; the reference price is that day's close. So between two rows,

        split = next split factor / split factor
        dividend = reference price * (1 - price factor / next price factor) / split

    in money per share as it is then. ``time`` is the midnight after the date: the first instant of the new price.
    A quotient close to a ratio of small numbers is taken as that, and a dividend is the shortest decimal that the
    digits of the factors allow.

    Raises
    ------
    DataError
        If a row holds no date and positive numbers, dates do not rise, or a dividend would be negative.
    """
    frame = rows(content, _FACTORS, where)
    wall = frame.get_column("at").str.to_datetime("%Y%m%d", time_unit="us", strict=False)
    cells = {name: frame.get_column(name) for name in list(_FACTORS)[1:]}
    readable = wall.is_not_null() & cells["reference"].str.contains(_NUMBER)
    for name in ("price_factor", "split_factor"):
        readable &= cells[name].str.contains(_NUMBER) & cells[name].str.contains("[1-9]")
    if not readable.all() or (wall.diff().dt.total_days() <= 0).any():
        row = (~readable).arg_max() or 0
        raise DataError(where, "rows are a rising date and three numbers", frame.row(row), "mend the file")
    events = [_event(*pair, where) for pair in zip(frame.rows()[:-1], frame.rows()[1:], strict=True)]
    table = pl.DataFrame(events, schema={"split": pl.Float64, "dividend": pl.Float64}, orient="row")
    time = utc(wall.head(len(events)).dt.offset_by("1d"), market.zone, where)
    happened = (pl.col("split") != 1) | (pl.col("dividend") != 0)
    table = table.with_columns(time.alias("time")).filter(happened)
    return arranged(table.with_columns(known_at("time", lag_ns)), "actions"), {}


def funding(content: bytes, market: Market, lag_ns: int, where: str) -> Decoded:
    """Return funding rates: rows are ``YYYYMMDD HH:MM:SS, rate``; the mark price is not given.

    Raises
    ------
    DataError
        If a row holds something else.
    """
    frame = rows(content, {"at": pl.String, "rate": pl.Float64}, where)
    wall = frame.get_column("at").str.to_datetime("%Y%m%d %H:%M:%S", time_unit="us", strict=False)
    refuse(wall.is_null(), frame["at"], "times are YYYYMMDD HH:MM:SS", where, "mend the file")
    time = utc(wall, market.zone, where).alias("time")
    table = frame.with_columns(time, pl.lit(float("nan")).alias("mark_price"))
    return arranged(table.with_columns(known_at("time", lag_ns)), "funding"), {}


def _event(row: tuple[str, ...], after: tuple[str, ...], where: str) -> tuple[float, float]:
    """Return split and dividend between a row and the next."""
    low, factor, high = (_bounds(row[1])[k] / _bounds(after[1])[2 - k] for k in range(3))
    reference = Fraction(row[3])
    if factor > 1:
        raise DataError(f"{where} {row[0]}", "price factors never fall", f"{row[1]}, {after[1]}", "mend the file")
    dividend = _shortest(reference * (1 - factor), reference * (1 - high), reference * (1 - low))
    split = _split(Fraction(after[2]) / Fraction(row[2]))
    return split, dividend / split if factor < 1 else 0.0


def _bounds(text: str) -> tuple[Fraction, Fraction, Fraction]:
    """Return the least number that is printed so, the number, and the largest."""
    half = Fraction(1, 2 * 10 ** len(text.partition(".")[2]))
    exact = half if "." in text else Fraction(0)
    return Fraction(text) - exact, Fraction(text), Fraction(text) + exact


def _split(quotient: Fraction) -> float:
    near = [Fraction(round(quotient * below), below) for below in range(1, LARGEST_TERM + 1)]
    best = min(near, key=lambda ratio: abs(ratio - quotient))
    simple = best.numerator <= LARGEST_TERM and abs(best / quotient - 1) < CLOSE
    return float(best if simple else quotient)


def _shortest(value: Fraction, low: Fraction, high: Fraction) -> float:
    """Return the decimal with the fewest digits between two bounds."""
    for n_digits in range(12):
        rounded = round(value, n_digits)
        if low <= rounded <= high:
            return float(rounded)
    return float(value)
