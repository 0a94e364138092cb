"""Charts in Yahoo's own form, made of tables, and the tables of the repository of yfinance."""

import json
from dataclasses import replace
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import polars as pl

from assay.sources.yahoo import VENUE
from assay.sources.yahoo.damage import TABLE
from tests.sources.feeds import feed

NEW_YORK = "America/New_York"
NAMES = list(TABLE)


def yahoo(kind="ohlcv", symbol="AAPL", start="2014-01-01", end="2015-01-01", damage="refuse", **params):
    wanted = feed("yahoo", kind, symbol, start, end, **{"interval": "1d", **params})
    return replace(wanted, params=wanted.params.model_copy(update={"yahoo_damage": damage}))


def at(day, clock=time(9, 30), zone=NEW_YORK):
    """Return the second at which a market opens on a day."""
    return int(datetime.combine(day, clock, ZoneInfo(zone)).astimezone(UTC).timestamp())


def chart(times, quote, adjclose=None, dividends=(), splits=(), zone=NEW_YORK, symbol="AAPL"):
    """Return a chart as Yahoo serves it: columns by name, dividends (second, amount), splits (second, new, old)."""
    events = {
        "dividends": {str(second): {"amount": amount, "date": second} for second, amount in dividends},
        "splits": {
            str(second): {"date": second, "numerator": new, "denominator": old, "splitRatio": f"{new}:{old}"}
            for second, new, old in splits
        },
    }
    meta = {"currency": "USD", "symbol": symbol, "exchangeTimezoneName": zone, "regularMarketPrice": 1.0}
    indicators = {"quote": [quote]} | ({"adjclose": [{"adjclose": adjclose}]} if adjclose else {})
    return {"meta": meta | {"instrumentType": "EQUITY"}, "timestamp": times, "events": events, "indicators": indicators}


def served(result):
    """Return the answer of the address for charts."""
    return json.dumps({"chart": {"result": [result], "error": None}}).encode()


def refused(code, description):
    return json.dumps({"chart": {"result": None, "error": {"code": code, "description": description}}}).encode()


def kept(result, later=()):
    """Return an answer as it lies in the raw cache."""
    splits = {str(second): {"date": second, "numerator": new, "denominator": old} for second, new, old in later}
    return json.dumps({"chart": result, "later": splits}).encode()


def flat(days, price=10.0, volume=100, **more):
    """Return a chart of days on which nothing moves."""
    times = [at(day) for day in days]
    quote = dict.fromkeys(("open", "high", "low", "close"), [price] * len(days)) | {"volume": [volume] * len(days)}
    return chart(times, quote, [price] * len(days), **more)


def table(path):
    """Return a csv of the repository of yfinance as a table, oldest row first."""
    frame = pl.read_csv(path, infer_schema_length=None)
    frame = frame.select(frame.columns[: len(NAMES)]).rename(dict(zip(frame.columns, NAMES, strict=False)))
    time = pl.col("time").str.to_datetime("%Y-%m-%d %H:%M:%S%#z").cast(TABLE["time"])
    return frame.with_columns(time, pl.col(NAMES[1:]).cast(pl.Float64)).sort("time")


def decoded(raw, wanted=None):
    wanted = wanted or yahoo()
    return VENUE.decode(raw, VENUE.pieces(wanted)[0], wanted)
