"""Damaged archives, answers and captures: an error of ours or a table of the right form, and nothing else."""

import gzip
import io
import json

import polars as pl
import pytest

from assay.sources.binance import VENUE
from assay.sources.moments import nanoseconds
from assay.tables.kinds import TABLES
from tests.sources.binance.captured import FIRST, LEVELS, RUN, line, snapshot
from tests.sources.binance.conftest import feed, piece, zipped
from tests.sources.binance.test_archives import KLINE_HEADER, LIQUIDATION_HEADER, METRICS, METRICS_HEADER, TRADE_HEADER
from tests.sources.feeds import fates
from tests.sources.fuzz import mutations

DAY = "2024-08-08"
MS = nanoseconds(DAY) // 10**6
QUOTE_HEADER = "update_id,best_bid_price,best_bid_qty,best_ask_price,best_ask_qty,transaction_time,event_time"
TICKER = {"e": "bookTicker", "s": "BTCUSDT", "b": "5", "B": "1", "a": "6", "A": "2"}
ORDER = {"s": "BTCUSDT", "S": "SELL", "ap": "9911", "z": "0.014", "T": MS}
HOUR = 3_600_000


def klines():
    return [f"{MS + i * HOUR},4,6,3,5,{i},{MS + (i + 1) * HOUR - 1},{5 * i},{i},{i / 2},{2.5 * i},0" for i in range(9)]


def archives():
    trades = [f"{i},{100 + i}.5,0.{i + 1},{i},{i},{MS + i},{'true' if i % 2 else 'false'}" for i in range(12)]
    quotes = [f"{i},{100 + i},1,{101 + i},2,{MS + i},{MS + i}" for i in range(12)]
    forced = [f"{MS + i},SELL,LIMIT,IOC,10,290{i},291{i}.5,FILLED,3,{i}" for i in range(9)]
    return {
        "ohlcv": [KLINE_HEADER, *klines()],
        "mark_price": klines(),
        "trades": [TRADE_HEADER, *trades],
        "quotes": [QUOTE_HEADER, *quotes],
        "funding": ["calc_time,funding_interval_hours,last_funding_rate", f"{MS},8,0.0001", f"{MS + 8 * HOUR},8,0.2"],
        "open_interest": [METRICS_HEADER, *(METRICS.format(f"{DAY} 0{i}:05:00") for i in range(9))],
        "liquidations": [LIQUIDATION_HEADER, *forced],
    }


def answers():
    rows = [[*(int(cell) if i in (0, 6, 8) else cell for i, cell in enumerate(row.split(",")))] for row in klines()]
    trades = [{"a": i, "p": "5.5", "q": "1", "f": i, "l": i, "T": MS + i, "m": i % 2 == 0} for i in range(9)]
    rates = [{"fundingTime": MS + i * HOUR, "fundingRate": "0.1", "markPrice": "5"} for i in range(9)]
    return {"ohlcv": rows, "mark_price": rows, "trades": trades, "funding": rates}


def statistics():
    return [
        {"symbol": "BTCUSDT", "sumOpenInterest": f"{i}.5", "sumOpenInterestValue": "9", "timestamp": MS + i * 300_000}
        for i in range(9)
    ]


def captures():
    prices = {"p": "5", "q": "1", "i": "6", "r": "0.1"}
    return {
        "trades": [line(i, {"e": "trade", "T": MS + i, "s": "BTCUSDT", "t": i, "m": True, **prices}) for i in range(9)],
        "quotes": [line(i, {**TICKER, "T": MS + i}, "btcusdt@bookTicker") for i in range(9)],
        "mark_price": [line(i, {"e": "markPriceUpdate", "E": MS + i, "s": "BTCUSDT", **prices}) for i in range(9)],
        "liquidations": [line(i, {"e": "forceOrder", "E": MS, "o": ORDER}) for i in range(9)],
        "book": [FIRST, snapshot(500, 6, *LEVELS), *RUN, snapshot(5500, 13, *LEVELS)],
    }


def parquet():
    book = {"ts_ms": [MS, MS + 2000], "exch_ts_ms": [MS, MS + 1999], "symbol": "BTCUSDT"}
    levels = {"bids_px": [[2.0, 1.0], [2.0]], "asks_px": [[3.0, 4.0], [3.0]], "bids_qty": [[1.0, 2.0], [1.0]]}
    levels["asks_qty"] = levels["bids_qty"]
    packed = io.BytesIO()
    pl.DataFrame({**book, **levels}).write_parquet(packed)
    return packed.getvalue()


def cases():
    """Return each decoder's name, kind, path, the bytes to damage, and what is done to them afterwards."""
    for kind, lines in archives().items():
        yield (
            f"archive {kind}",
            kind,
            "data/a.zip",
            "\n".join(lines).encode(),
            lambda text: zipped(text.decode("latin1")),
        )
        yield f"zip {kind}", kind, "data/a.zip", zipped(*lines), bytes
    for kind, rows in answers().items():
        yield f"answer {kind}", kind, "fapi/v1/a.json", json.dumps(rows).encode(), bytes
    for kind, lines in captures().items():
        text = ("\n".join(lines) + "\n").encode()
        yield f"capture {kind}", kind, "usdm/a.gz", text, bytes
        yield f"packed capture {kind}", kind, "usdm/a.gz", gzip.compress(text), bytes
    yield "answer open_interest", "open_interest", "futures/data/a.json", json.dumps(statistics()).encode(), bytes
    yield "parquet book", "book", "usdm/a.parquet", parquet(), bytes


CASES = {case[0]: case[1:] for case in cases()}


def survive(name, n):
    kind, path, content, finished = CASES[name]
    one, where = feed(kind, market="usdm"), piece(path, DAY, "2024-08-09")
    frame, _ = VENUE.decode(finished(content), where, one)
    TABLES[kind].check(frame, name)
    assert frame.height
    return fates(VENUE, map(finished, mutations(content, 3, n)), where, one)


@pytest.mark.parametrize("n_cases", [300, pytest.param(10_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", CASES)
def test_damage_is_refused_in_one_line_that_names_the_file_or_leaves_a_sound_table(name, n_cases):
    found = survive(name, n_cases)
    assert found["wrong"] == 0
    assert found["refused"] > n_cases // 20
    assert found["refused"] + found["table"] == n_cases


CAPTURES = [("usdm", "usdm/btcusdt_20230404.dat.gz", kind) for kind in ("trades", "quotes", "mark_price", "book")]
CAPTURES += [("coinm", "cm/btcusd_perp_20240809.gz", kind) for kind in ("trades", "quotes")]
MOST_CHARACTERS = 400
"""Of a line that is damaged: depth snapshots are of megabytes, and damage to them is mostly the same."""


def real_lines(path, n=60):
    """Return the first short lines of a capture, which hold messages of every kind."""
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    short = [line for line in lines if len(line) < MOST_CHARACTERS]
    marked = [line for line in short if b"markPriceUpdate" in line][:9]
    return b"".join(sorted([*short[:n], *marked]))


@pytest.mark.parametrize("n_cases", [300, pytest.param(10_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize(("market", "name", "kind"), CAPTURES)
def test_damage_to_real_captures_is_refused_in_one_line_or_leaves_a_sound_table(shared, market, name, kind, n_cases):
    content = real_lines(shared / "binance_ws" / name)
    symbol, day = ("BTCUSDT", "2023-04-04") if market == "usdm" else ("BTCUSD_PERP", "2024-08-09")
    one, where = feed(kind, symbol=symbol, market=market), piece(name, day, "2024-08-10")
    assert kind == "book" or VENUE.decode(content, where, one)[0].height > 0
    found = fates(VENUE, mutations(content, 3, n_cases), where, one)
    assert found["refused"] > 0
    assert found["refused"] + found["table"] == n_cases
