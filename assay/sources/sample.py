"""The sample that ships with Assay: 500,000 E-mini S&P 500 trades of three days in September 2013."""

from __future__ import annotations

from collections.abc import Iterator

from assay.errors import ParamsError
from assay.market.instruments import Instrument
from assay.sources import files
from assay.sources.chunk import Chunk
from assay.sources.params import ColumnParams, DataParams

SYMBOL = "ES"
FILES = DataParams(
    source="files",
    path="data/sample/ES_2013-09-01_2013-09-03.parquet",
    columns=ColumnParams(time="date_time", price="price", size="volume"),
    time_zone="America/Chicago",
)
"""How the sample is read: US Central wall time; equal rows are separate fills, and all of them stay."""


def ticks(params: DataParams, instrument: Instrument) -> Iterator[Chunk]:  # noqa: ARG001 - every source has this form
    """Yield the sample's trades.

    Raises
    ------
    ParamsError
        If the instrument is not the one that was sampled.
    """
    if instrument.symbol != SYMBOL:
        remedy = f"set instrument.symbol to {SYMBOL}, or choose another data.source"
        raise ParamsError("data.source", f"sample holds {SYMBOL} only", instrument.symbol, remedy)
    yield from files.ticks(FILES, instrument)
