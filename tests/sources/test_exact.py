"""Prices and sizes as text, or as steps of a scale, become the double that is nearest to the decimal: in every decoder.

Python's ``float`` of the text is the witness. Where a file counts steps, multiplying by the reciprocal of the scale, as
polars does with a constant, is one unit in the last place off for about one price in ten: 488700 / 1e4 would be
48.870000000000005.
"""

import gzip
import json
import struct
from decimal import Decimal

import numpy as np
import polars as pl
import pytest

from assay.sources.feeds import venue_of
from assay.sources.moments import nanoseconds
from assay.sources.venue import Piece
from tests.sources import conftest as dukascopy
from tests.sources.binance.conftest import zipped
from tests.sources.feeds import feed
from tests.sources.files.loaded import load
from tests.sources.yahoo import conftest as yahoo

START = nanoseconds("2024-01-02")
MS, S = START // 10**6, START // 10**9
STEPS = [488_700, 114_501, 7, 29, 57, 1_000_003, *np.random.default_rng(5).integers(1, 30_000_000, 700).tolist()]
TEXTS = [
    *(f"{number}" for number in ("48.87", "0.1", "0.07", "1.005", "9007199254.740993", "2.2250738585072014e-5")),
    *(str(Decimal(step).scaleb(-places)) for places in (2, 5, 8) for step in STEPS[:200]),
]
DOUBLES = [float(text) for text in TEXTS]


def scaled(digits):
    return [float(Decimal(step).scaleb(-digits)) for step in STEPS]


def decoded(source, kind, raw, path, **params):
    """Return the rows that a venue makes of a piece of the day."""
    wanted = feed(source, kind, params.pop("symbol", "BTCUSDT"), "2024-01-02", "2024-01-03", **params)
    return venue_of(source).decode(raw, Piece(path, START, START + 86_400 * 10**9), wanted)[0]


def columns(frame, *names):
    return [frame[name].to_list() for name in names]


def test_a_reciprocal_would_be_off():
    """The fault that this file is about, in polars itself."""
    assert (pl.Series([488_700.0]) / 1e4)[0] != 48.87
    off = [step for step, exact in zip(STEPS, scaled(4), strict=True) if step * (1 / 1e4) != exact]
    assert len(off) > 0.05 * len(STEPS)


@pytest.mark.parametrize(("symbol", "digits"), [("EURUSD", 5), ("USDJPY", 3), ("USDCZK", 4), ("BTCUSD", 1)])
def test_quotes_of_dukascopy(symbol, digits):
    raw = dukascopy.bi5(dukascopy.records([(i, step + 1, step, 0.75, 1.5) for i, step in enumerate(STEPS)]))
    bid, ask = columns(decoded("dukascopy", "quotes", raw, "x.bi5", symbol=symbol), "bid", "ask")
    assert bid == scaled(digits)
    assert ask == [float(Decimal(step + 1).scaleb(-digits)) for step in STEPS]


def test_candles_of_dukascopy():
    rows = [struct.pack(">IIIIIf", 60 * i, step, step, step, step, 1.5) for i, step in enumerate(STEPS)]
    frame = decoded("dukascopy", "ohlcv", dukascopy.bi5(b"".join(rows)), "x.bi5", symbol="EURUSD", interval="1m")
    assert columns(frame, "open", "high", "low", "close") == [scaled(5)] * 4


@pytest.mark.parametrize(
    ("kind", "row", "names"),
    [
        ("trades", "{i},{s},100,P,,0", ("price",)),
        ("quotes", "{i},{s},100,{s},100,P,,0", ("bid", "ask")),
        ("ohlcv", "{i},{s},{s},{s},{s},5", ("open", "high", "low", "close")),
    ],
)
def test_equities_of_lean_in_ten_thousandths(kind, row, names):
    lines = [row.format(i=i * 60_000, s=step).replace(",,", ",0,") for i, step in enumerate(STEPS)]
    path = f"equity/usa/x/x/20240102_{kind}.zip"
    frame = decoded("lean", kind, zipped(*lines), path, symbol="AIG", market="equity/usa", interval="1m")
    assert columns(frame, *names) == [scaled(4)] * len(names)


def test_quotes_of_lean_as_text():
    raw = zipped(*(f"{i},{text},{text}" for i, text in enumerate(TEXTS)))
    frame = decoded("lean", "quotes", raw, "x/20240102_quote.zip", symbol="EURUSD", market="forex/oanda")
    assert columns(frame, "bid", "ask") == [DOUBLES, DOUBLES]


KLINES = [[MS + 60_000 * i, *[t] * 5, MS + 60_000 * i + 59_999, t, 3, t, t, "0"] for i, t in enumerate(TEXTS)]
AGGREGATES = [{"a": i, "p": t, "q": t, "f": i, "l": i, "T": MS + i, "m": True} for i, t in enumerate(TEXTS)]
EVENTS = {"trades": "aggTrade", "quotes": "bookTicker", "mark_price": "markPriceUpdate"}
RECORDED = {"trades": ("price", "size"), "quotes": ("bid", "ask", "bid_size", "ask_size")}
RECORDED["mark_price"] = ("mark", "rate")


@pytest.mark.parametrize("path", ["data/x.zip", "api/v3/klines/x.json"])
def test_candles_of_binance(path):
    lines = [",".join(map(str, row)) for row in KLINES]
    raw = zipped(*lines) if path.endswith(".zip") else json.dumps(KLINES).encode()
    names = ("open", "high", "low", "close", "volume", "value", "buy_volume")
    assert columns(decoded("binance", "ohlcv", raw, path, interval="1m"), *names) == [DOUBLES] * 7


@pytest.mark.parametrize("path", ["data/x.zip", "api/v3/aggTrades/x.json"])
def test_trades_of_binance(path):
    lines = [f"{i},{text},{text},{i},{i},{MS + i},true,true" for i, text in enumerate(TEXTS)]
    raw = zipped(*lines) if path.endswith(".zip") else json.dumps(AGGREGATES).encode()
    assert columns(decoded("binance", "trades", raw, path), "price", "size") == [DOUBLES, DOUBLES]


def test_quotes_of_binance():
    lines = [f"{i},{text},{text},{text},{text},{MS + i},{MS + i}" for i, text in enumerate(TEXTS)]
    frame = decoded("binance", "quotes", zipped(*lines), "data/x.zip", market="usdm")
    assert columns(frame, *RECORDED["quotes"]) == [DOUBLES] * 4


def test_funding_and_open_interest_of_binance():
    lines = [f"{MS + i},8,{text}" for i, text in enumerate(TEXTS)]
    assert columns(decoded("binance", "funding", zipped(*lines), "data/x.zip", market="usdm"), "rate") == [DOUBLES]
    header = "create_time,symbol,sum_open_interest,sum_open_interest_value,count_toptrader_long_short_ratio,"
    header += "sum_toptrader_long_short_ratio,count_long_short_ratio,sum_taker_long_short_vol_ratio"
    lines = [f"2024-01-02 00:05:00,BTCUSDT,{text},{text},{text},{text},{text},{text}" for text in TEXTS]
    frame = decoded("binance", "open_interest", zipped(header, *lines), "data/x.zip", market="usdm")
    assert columns(frame, "open_interest", "value", "taker_buy_sell") == [DOUBLES] * 3


@pytest.mark.parametrize("kind", EVENTS)
def test_messages_of_binance(kind):
    said = {"e": EVENTS[kind], "s": "BTCUSDT", "E": MS, "T": MS, "m": True, "a": 1, "i": "1"}
    of = {"trades": "pq", "quotes": "bBaA", "mark_price": "pr"}[kind]
    lines = [f"{START} {json.dumps(said | dict.fromkeys(of, text))}" for text in TEXTS]
    frame = decoded("binance", kind, "\n".join(lines).encode(), "usdm/x.gz", market="usdm")
    assert columns(frame, *RECORDED[kind]) == [DOUBLES] * len(RECORDED[kind])


def test_levels_of_recorded_books():
    snapshot = {"lastUpdateId": 1, "bids": [[text, text] for text in TEXTS], "asks": []}
    update = {"e": "depthUpdate", "s": "BTCUSDT", "E": MS, "T": MS, "U": 1, "u": 2, "pu": 1, "b": [], "a": []}
    raw = "\n".join(f"{START} {json.dumps(one)}" for one in (snapshot, update)).encode()
    frame = decoded("binance", "book", raw, "usdm/x.gz", market="usdm")
    best = sorted(set(DOUBLES), reverse=True)[:20]
    assert columns(frame, "bid_prices", "bid_sizes") == [[best], [best]]


@pytest.mark.parametrize(
    ("kind", "header", "names"),
    [
        ("trades", "side,price,amount", ("price", "size")),
        ("quotes", "ask_amount,ask_price,bid_price,bid_amount", ("ask", "bid", "ask_size", "bid_size")),
        ("liquidations", "side,price,amount", ("price", "size")),
        ("mark_price", "funding_rate,index_price,mark_price", ("rate", "index", "mark")),
    ],
)
def test_rows_of_tardis(kind, header, names):
    lines = [f"symbol,timestamp,local_timestamp,{header}"]
    for i, text in enumerate(TEXTS):
        cells = ["buy" if name == "side" else text for name in header.split(",")]
        lines.append(f"BTCUSDT,{START // 1000 + i},{START // 1000 + i},{','.join(cells)}")
    frame = decoded("tardis", kind, gzip.compress("\n".join(lines).encode()), "x.csv.gz")
    assert columns(frame, *names) == [DOUBLES] * len(names)


def test_answers_of_polygon():
    """JSON's numbers, not text."""
    cells = [", ".join(f'"{name}": {text}' for name in "ohlcv") for text in TEXTS]
    bars = [f'{{"t": {MS + 60_000 * i}, {row}}}' for i, row in enumerate(cells)]
    raw = f'{{"status": "OK", "ticker": "AAPL", "adjusted": false, "results": [{",".join(bars)}]}}'.encode()
    frame = decoded("polygon", "ohlcv", raw, "v2/x.json", symbol="AAPL", interval="1m")
    assert columns(frame, "open", "high", "low", "close", "volume") == [DOUBLES] * 5
    ticks = [f'{{"sip_timestamp": {START + i}, "price": {t}, "size": {t}}}' for i, t in enumerate(TEXTS)]
    raw = f'{{"status": "OK", "results": [{",".join(ticks)}]}}'.encode()
    frame = decoded("polygon", "trades", raw, "v3/trades/AAPL/x.json", symbol="AAPL")
    assert columns(frame, "price", "size") == [DOUBLES, DOUBLES]
    assert frame["time"].to_physical().to_list() == [START + i for i in range(len(TEXTS))]


def test_bars_of_yahoo_without_splits():
    prices = [round(100 + 0.01 * (i % 97), 2) for i in range(250)]
    quote = dict.fromkeys(("open", "high", "low", "close"), prices) | {"volume": [1] * 250}
    chart = yahoo.chart([S + 52_200 + 60 * i for i in range(250)], quote)
    frame = decoded("yahoo", "ohlcv", yahoo.kept(chart), "AAPL/1m/2024-01-01.json", symbol="AAPL", interval="1m")
    assert columns(frame, "open", "high", "low", "close") == [prices] * 4


def test_answers_of_exchanges():
    told = f'"exchange": "kraken", "symbol": "BTCUSDT", "start_ms": {MS}, "end_ms": {MS + 86_400_000}'
    rows = ",".join(f"[{MS + 60_000 * i}, {t}, {t}, {t}, {t}, {t}]" for i, t in enumerate(TEXTS))
    raw = f'{{{told}, "kind": "ohlcv", "interval": "1m", "n_open_left_out": 0, "rows": [{rows}]}}'.encode()
    frame = decoded("ccxt", "ohlcv", raw, "x.json", interval="1m")
    assert columns(frame, "open", "high", "low", "close", "volume") == [DOUBLES] * 5


FORMS = {
    "csv": "{time},{text},{text}",
    "quoted.csv": '"{time}","{text}","{text}"',
    "jsonl": '{{"time": "{time}", "price": {text}, "size": {text}}}',
    "text.jsonl": '{{"time": "{time}", "price": "{text}", "size": "{text}"}}',
}


@pytest.mark.parametrize("form", FORMS)
def test_numbers_and_times_of_files(tmp_path, form):
    """Times are seconds with nine decimals, of which a double has seven."""
    rows = [FORMS[form].format(time=f"{S + i}.{i:09d}", text=text) for i, text in enumerate(TEXTS)]
    path = tmp_path / f"x.{form}"
    path.write_text("\n".join((["time,price,size"] if "csv" in form else []) + rows))
    frame = load(path, kind="trades").frame
    assert columns(frame, "price", "size") == [DOUBLES, DOUBLES]
    assert frame["time"].to_physical().to_list() == [START + i * 10**9 + i for i in range(len(TEXTS))]


def test_numbers_with_a_decimal_comma(tmp_path):
    rows = [f"{MS + i};{text};{text}".replace(".", ",") for i, text in enumerate(TEXTS)]
    path = tmp_path / "x.csv"
    path.write_text("\n".join(["time;price;size", *rows]))
    assert columns(load(path, kind="trades").frame, "price", "size") == [DOUBLES, DOUBLES]
