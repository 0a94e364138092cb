"""What the columns of a file without a header hold, by their content."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from assay.sources.files.numbers import SIDES, lenient
from assay.tables.kinds import Kind

NEAR = 0.05
"""Bid and ask lie no further apart than this fraction of the bid; a price and a size do so by chance in few rows."""
ENOUGH = 10
"""Rows after which that is no chance."""
_BARS = ("open", "high", "low", "close", "volume")


def readings(sample: pl.DataFrame, times: Sequence[str], kind: Kind | None = None) -> list[tuple[Kind, dict[str, str]]]:
    """Return what the columns can be: kinds, each with column of its table -> column of the file.

    Parameters
    ----------
    sample
        The first rows.
    times
        The columns that are the time.
    kind
        The kind that is asked for; then columns may also be what would be too bold a guess without it.
    """
    names = [name for name in sample.columns if name not in times]
    columns = {name: lenient(sample[name]) for name in names if not sample[name].dtype.is_nested()}
    numbers = {name: column for name, column in columns.items() if not column.null_count()}
    found = [*_bars(names, numbers), *_quotes(names, numbers), *_trades(names, numbers, sample)]
    if kind == "funding" and len(names) == 1:
        found.append(("funding", {"rate": names[0]}))
    if kind == "trades" and not any(other == "trades" for other, _ in found) and names[0] in numbers:
        found.append(("trades", dict(zip(("price", "size"), names[:2], strict=False))))
    return found if kind else _bold(found)


def _bold(found: list[tuple[Kind, dict[str, str]]]) -> list[tuple[Kind, dict[str, str]]]:
    """Return the readings without those that another one makes unlikely: bars satisfy six laws in every row."""
    bars = [reading for reading in found if reading[0] == "ohlcv"]
    return bars or found


def _bars(names: list[str], numbers: dict[str, pl.Series]) -> Iterator[tuple[Kind, dict[str, str]]]:
    """Yield four prices, of which the second is the highest and the third the lowest in every row, and a volume."""
    if len(names) not in (4, 5, 6) or any(name not in numbers for name in names[:4]):
        return
    first, high, low, last = (numbers[name] for name in names[:4])
    ordered = (high >= first) & (high >= last) & (low <= first) & (low <= last) & (low > 0) & (high <= 2 * low)
    if ordered.all() and not (first == high).all():
        yield "ohlcv", dict(zip(_BARS, names, strict=False))


def _quotes(names: list[str], numbers: dict[str, pl.Series]) -> Iterator[tuple[Kind, dict[str, str]]]:
    """Yield two prices that lie near each other in every row, the first not above the second but in some."""
    orders: dict[int, list[tuple[str, ...]]] = {2: [("bid", "ask")], 3: [("bid", "ask")]}
    orders |= {4: [("bid", "ask", "bid_size", "ask_size"), ("bid", "bid_size", "ask", "ask_size")]}
    for order in orders.get(len(names), []):
        roles = dict(zip(order, names, strict=False))
        bid, ask = numbers.get(roles["bid"]), numbers.get(roles["ask"])
        if bid is None or ask is None or not (bid > 0).all() or not all(name in numbers for name in roles.values()):
            continue
        if _near(bid, ask).all() and (bid <= ask).sum() * 2 > bid.len():
            yield "quotes", roles


def _trades(
    names: list[str], numbers: dict[str, pl.Series], sample: pl.DataFrame
) -> Iterator[tuple[Kind, dict[str, str]]]:
    """Yield a price and a size, and a side or not; not so if they are near each other as only a bid and an ask are."""
    roles = dict(zip(("price", "size", "side"), names, strict=False))
    if len(roles) != len(names) or "size" not in roles or any(name not in numbers for name in names[:2]):
        return
    price, size = (numbers[name] for name in names[:2])
    if not ((price > 0).all() and (size > 0).all()) or (price.len() >= ENOUGH and _near(price, size).all()):
        return
    if "side" not in roles or sample[roles["side"]].cast(pl.String).str.to_lowercase().is_in(list(SIDES)).all():
        yield "trades", roles


def _near(low: pl.Series, high: pl.Series) -> pl.Series:
    return (high - low).abs() <= low * NEAR
