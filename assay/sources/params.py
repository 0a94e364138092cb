"""The ``data`` block: which market data, from where, and what is done with rows that break a rule."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, field_validator

from assay.errors import ParamsError
from assay.market.instruments import SYMBOL
from assay.market.zones import zone
from assay.sources.column_names import ColumnParams
from assay.sources.moments import Moment, nanoseconds
from assay.sources.rules.severity import RuleParams
from assay.sources.synthetic.params import SyntheticParams
from assay.tables.kinds import Kind
from assay.types import Params

Source = Literal["sample", "dukascopy", "binance", "yahoo", "polygon", "ccxt", "files", "lean", "tardis", "synthetic"]
Name = Annotated[str, Field(pattern=SYMBOL)]
Part = Annotated[str, Field(max_length=64)]
LABEL = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?")
"""Labels are names of folders; in lower case, so that no two are one where case does not count."""
Interval = Literal["1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d"]


class FeedParams(Params):
    """One feed: a source, a kind of data, symbols, a range, and what is done with rows that break a rule."""

    source: Source = Field(
        "sample",
        description="Where the data comes from: the E-mini S&P 500 trades that ship with Assay; a venue (dukascopy, "
        "binance, yahoo, polygon, or an exchange that ccxt knows); archives in the form of lean or tardis; files of "
        "your own at `path`; or a market made by `synthetic`.",
    )
    label: str = Field(
        "",
        description="What the feed is called in paths, the manifest and reports: lower-case letters, digits, -, _ and "
        "dots; empty = the source, and its market or exchange if it has several, such as binance-usdm, ccxt-kraken. "
        "Two sets of files of one symbol need one.",
    )
    kind: Literal["auto"] | Kind = Field(
        "auto", description="What is fetched; auto = what the source is known for. Bars are made of the first three."
    )
    symbols: list[str] = Field(
        [],
        description="Symbols; none = instrument.symbol. Where the venue has another name write NAME=VENUE, such as "
        "BTCUSD=BTC/USD.",
    )
    universe: dict[Name, Annotated[list[Moment], Field(min_length=1, max_length=2)]] = Field(
        {},
        description="When each symbol entered the universe and, if it did, left it, ISO dates, UTC, such as LEHMQ: "
        "[1994-05-31, 2008-09-17]: its range is cut to that, the exit not included. Symbols that are named only here "
        "are fetched too. List the delisted ones, or all results are of survivors.",
    )
    start: Moment = Field(
        "all",
        description="First instant wanted, ISO date or time, UTC; all = from the first row there is. Venues that are "
        "asked over the network need it.",
    )
    end: Moment = Field(
        "all",
        description="First instant no longer wanted, ISO date or time, UTC (2019-02-06 takes all of the 5th); "
        "all = to the last row. Venues that are asked over the network need it.",
    )
    cache: str = Field(
        "",
        description="Raw cache: the folder that holds the venue's bytes as served, in the venue's paths, such as "
        "<cache>/EURUSD/2019/01/04/12h_ticks.bi5; empty = $ASSAY_CACHE/<source>, or .raw/<source>.",
    )
    endpoint: str = Field("", description="Another address of the venue, such as a mirror; empty = the venue's own.")
    fallback: Literal["none", "yahoo"] = Field(
        "none",
        description="Only ohlcv: who is asked for a symbol that the source cannot deliver, because it cannot be "
        "reached, refuses, or has no row of the range; a row that breaks a rule is no reason. What comes from there "
        "lies in data/ticks/<fallback>, and a warning, the manifest and the report name it.",
    )
    fallback_names: dict[Name, Annotated[str, Field(min_length=1)]] = Field(
        {}, description="Only with a fallback: names of symbols there where they are others, such as BTCUSD: BTC-USD."
    )
    interval: Interval = Field("1h", description="Only ohlcv: the period of a bar.")
    market: Part = Field(
        "",
        description="Which part of the venue: binance spot, usdm or coinm, with /trades for single ones; lean such as "
        "forex/oanda; tardis the exchange, such as binance-futures. Empty = the venue's first; lean must be told.",
    )
    exchange: Part = Field("kraken", description="Only ccxt: the exchange, by ccxt's name.")
    calendar: str = Field(
        "auto",
        description="When the market is open, for the search of gaps: 24/7, 24/5, or an exchange's code such as XNYS "
        "or CMES; auto = by instrument and source.",
    )
    publish_lag_seconds: Literal["auto"] | Annotated[float, Field(ge=0, le=31_536_000)] = Field(
        "auto",
        description="How long after its time a row could first be read; auto = what the source is known for, else 0.",
    )
    yahoo_damage: Literal["refuse", "repair", "keep"] = Field(
        "refuse",
        description="Only yahoo: what is done with its known damage (prices 100 times off, missed splits, wrong "
        "dividends, zeros); keep flags damaged prices. All of it is counted.",
    )
    path: str = Field("", description="Only files: one file, or a folder of them, read in the order of their names.")
    format: Literal["auto", "parquet", "csv", "feather", "jsonl"] = Field(
        "auto", description="Only files: their format; auto looks at the bytes and says what it found."
    )
    columns: ColumnParams = Field(
        ColumnParams(), description="Only files: what their columns are called; where nothing is named, auto finds out."
    )
    time_unit: Literal["auto", "iso", "s", "ms", "us", "ns"] = Field(
        "auto",
        description="Only files: how times are written: iso = ISO text or Parquet timestamps; s, ms, us, ns = whole "
        "numbers of that unit since 1970-01-01.",
    )
    time_zone: str = Field(
        "UTC",
        description="Only files: zone of a clock whose times name none, such as America/Chicago; Etc/GMT+5 is UTC-5 "
        "the whole year. Times that the zone's clock skips or shows twice are refused.",
    )
    synthetic: SyntheticParams = Field(SyntheticParams(), description="Only synthetic: the market to make.")
    rules: RuleParams = Field(RuleParams(), description="What is done with rows that break a rule.")

    @field_validator("label")
    @classmethod
    def _label_is_a_folder(cls, label: str) -> str:
        if label and not LABEL.fullmatch(label):
            rule = "64 lower-case letters, digits, -, _ and dots at most, the first and the last a letter or digit"
            raise ValueError(f"a label is the name of a folder: {rule}; not {label!r}")
        return label

    @field_validator("symbols")
    @classmethod
    def _symbols_are_names(cls, symbols: list[str]) -> list[str]:
        for symbol in symbols:
            if not re.fullmatch(f"{SYMBOL[1:-1]}(=[!-~]+)?", symbol):
                raise ValueError(f"a symbol is NAME or NAME=VENUE, and a name {SYMBOL[1:-1]}, not {symbol!r}")
        return symbols

    @field_validator("universe")
    @classmethod
    def _leaves_after_it_enters(cls, universe: dict[str, list[str]]) -> dict[str, list[str]]:
        for symbol, stay in universe.items():
            if "all" in stay:
                raise ValueError(f"the universe needs the dates of {symbol}, not all")
            if nanoseconds(stay[0]) >= nanoseconds(stay[-1]) and len(stay) > 1:
                raise ValueError(f"symbols leave after they enter, not so {symbol}: {stay[0]} to {stay[1]}")
        return universe

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


class DataParams(FeedParams):
    """The ``data`` block: the feed that bars are made of, and more feeds beside it."""

    more: list[FeedParams] = Field(
        [], description="Further feeds, each with any of the names above: other symbols, other sources, or context."
    )
    on_failure: Literal["stop", "go_on"] = Field(
        "stop",
        description="What happens when some of the symbols fail: stop after the others have been delivered, with exit "
        "status 3; or go on without them, but not without the one that bars are made of. The manifest names them.",
    )
