"""The ``data`` block: which ticks, from where, and what is done with rows that break a rule."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from assay.errors import ParamsError
from assay.market.zones import zone
from assay.sources.moments import Moment, nanoseconds
from assay.sources.synthetic.params import SyntheticParams
from assay.types import Params


class ColumnParams(Params):
    """Names of the columns in the files; an empty name means that the files do not have it."""

    time: str = Field("time", min_length=1, description="Time of the tick.")
    price: str = Field("", description="Price of a trade. Name it for trades; leave it empty for quotes.")
    size: str = Field(
        "", description="Size of a trade. Without it every trade counts as 1 unit, and the manifest says so."
    )
    side: str = Field(
        "", description="Aggressor of a trade: buy, b, 1 or sell, s, -1, any case; unknown, 0 or nothing = not given."
    )
    bid: str = Field("", description="Best bid of a quote. Name bid and ask for quotes; leave both empty for trades.")
    ask: str = Field("", description="Best ask of a quote.")
    bid_size: str = Field("", description="Size at the bid. Without it 0, and the manifest says so.")
    ask_size: str = Field("", description="Size at the ask. Without it 0, and the manifest says so.")


class DataParams(Params):
    """The ``data`` block: a source, a range, and named rules."""

    source: Literal["sample", "dukascopy", "files", "synthetic"] = Field(
        "sample",
        description="Where ticks come from: the E-mini S&P 500 trades that ship with Assay; Dukascopy's hour files in "
        "`cache`; Parquet or CSV files at `path`; or a market made by `synthetic`.",
    )
    start: Moment = Field(
        "all", description="First instant wanted, ISO date or time, UTC; all = from the first tick there is."
    )
    end: Moment = Field(
        "all",
        description="First instant no longer wanted, ISO date or time, UTC (2019-02-06 takes all of the 5th); "
        "all = to the last tick.",
    )
    cache: str = Field(
        "",
        description="Only dukascopy: folder that holds the venue's paths, <cache>/EURUSD/2019/01/04/12h_ticks.bi5; "
        "months count from 00, so 01 is February. With start or end given, an hour without a file is an error.",
    )
    path: str = Field(
        "", description="Only files: one Parquet or CSV file, or a folder of them, read in the order of their names."
    )
    format: Literal["auto", "parquet", "csv"] = Field(
        "auto", description="Only files: their format; auto goes by the ending: .parquet, .csv, .csv.gz."
    )
    columns: ColumnParams = Field(ColumnParams(), description="Only files: what their columns are called.")
    time_unit: Literal["iso", "s", "ms", "us", "ns"] = Field(
        "iso",
        description="Only files: how times are written: iso = ISO text or Parquet timestamps; s, ms, us, ns = whole "
        "numbers of that unit since 1970-01-01.",
    )
    time_zone: str = Field(
        "UTC",
        description="Only files: zone of a clock whose times name none, such as America/Chicago; Etc/GMT+5 is UTC-5 "
        "the whole year. Times that the zone's clock skips or shows twice are refused.",
    )
    crossed_quotes: Literal["refuse", "drop"] = Field(
        "refuse",
        description="Quotes whose bid is above the ask: refuse the data, or drop these rows and count them in the "
        "manifest.",
    )
    unsorted_times: Literal["refuse", "sort"] = Field(
        "refuse",
        description="Rows earlier than a row before them: refuse the data, or sort all rows by time, equal times in "
        "their order, and count the rows that were late. Sorting holds the whole range in memory.",
    )
    synthetic: SyntheticParams = Field(SyntheticParams(), description="Only synthetic: the market to make.")

    @field_validator("time_zone")
    @classmethod
    def _zone_known(cls, name: str) -> str:
        zone(name, "data.time_zone")
        return name

    def bounds_ns(self) -> tuple[int | None, int | None]:
        """Return start and end as nanoseconds since 1970-01-01 UTC; None stands for all.

        Raises
        ------
        ParamsError
            If the end is not after the start.
        """
        start, end = (None if moment == "all" else nanoseconds(moment) for moment in (self.start, self.end))
        if start is not None and end is not None and end <= start:
            raise ParamsError(
                "data.end",
                "must be after data.start",
                f"{self.start} to {self.end}",
                "the end is not part of the range",
            )
        return start, end
