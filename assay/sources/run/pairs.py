"""Two feeds of prices of one symbol: what each says of the other's clock, month by month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import polars as pl
from pyarrow import parquet as pq

from assay.market.calendars import MINUTE_NS
from assay.sources.feeds import inside
from assay.sources.health import pair
from assay.sources.run.fetched import Fetched
from assay.tables.kinds import PRICES, clock

_PRICES = {"quotes": ["bid", "ask"], "trades": ["price"], "ohlcv": ["close"]}


def pairs(fetched: Sequence[Fetched], folders: Mapping[str, Path]) -> list[dict[str, Any]]:
    """Return for every two feeds of prices of one symbol at which shift of the left clock they agree.

    Parameters
    ----------
    fetched
        What was fetched.
    folders
        What stands for the folders ``ticks`` and ``context`` below ``data``.

    Returns
    -------
    list[dict]
        ``symbol``, the labels ``left`` and ``right``, what :func:`assay.sources.health.pair.merged` says, and
        ``findings``, a sentence if the clocks contradict one another.
    """
    by_symbol: dict[str, list[Fetched]] = {}
    for one in fetched:
        if one.feed.kind in PRICES:
            by_symbol.setdefault(one.feed.symbol, []).append(one)
    found = [two for same in by_symbol.values() for two in combinations(same, 2)]
    return [_pair(left, right, folders) for left, right in found]


def _pair(left: Fetched, right: Fetched, folders: Mapping[str, Path]) -> dict[str, Any]:
    labels = {"left": left.feed.label, "right": right.feed.label}
    nothing = pair.part(pl.DataFrame(), pl.DataFrame())
    found = pair.merged([nothing, *_months(left, right, folders)])
    text = pair.finding(found, labels["right"])
    return {"symbol": left.feed.symbol, **labels, **found, "findings": [f"{labels['left']} {text}"] if text else []}


def _months(left: Fetched, right: Fetched, folders: Mapping[str, Path]) -> list[list[list[int]]]:
    """Return the sums of each month that both have."""
    here, there = (
        {Path(file["file"]).name: inside(folders, Path(file["file"])) for file in one.files} for one in (left, right)
    )
    both = [name for name in here if name in there]
    return [pair.part(_minutes(here[name], left), _minutes(there[name], right)) for name in both]


def _minutes(path: Path, fetched: Fetched) -> pl.DataFrame:
    """Return the last time and price of every minute; of the file a row group is in memory."""
    kind = fetched.feed.kind
    columns, file = [clock(kind), *_PRICES[kind]], pq.ParquetFile(path)
    groups = (pl.DataFrame(file.read_row_group(i, columns)) for i in range(file.num_row_groups))
    return _last(pl.concat([_last(group, clock(kind)) for group in groups]), clock(kind))


def _last(frame: pl.DataFrame, time: str) -> pl.DataFrame:
    minute = pl.col(time).to_physical() // MINUTE_NS
    return frame.filter((minute != minute.shift(-1)).fill_null(value=True))
