"""Answers of the REST interface: real ones that freqtrade keeps, and the candles that it makes of them."""

import gzip
import json

import polars as pl
import pytest

from assay.errors import DataError
from assay.sources.binance import VENUE
from assay.sources.decode.refusals import UnwantedError
from assay.tables.kinds import TABLES
from tests.sources.binance.conftest import decoded, feed, piece
from tests.sources.binance.test_archives import README_MS, ns

ANSWER = "fapi/v1/x.json"


@pytest.fixture(scope="module")
def xrp_trades(shared):
    """12,477 aggregated trades of XRP/ETH, 2019-10-11 to 10-13, as they were answered, 900 an answer."""
    kept = json.loads(gzip.decompress((shared / "freqtrade" / "XRP_OLD-trades.json.gz").read_bytes()))
    answered = [row["info"] for row in kept]
    where = piece("api/v3/aggTrades/XRPETH/x.json", "2019-10-11", "2019-10-14")
    one = feed("trades", symbol="XRPETH")
    parts = [json.dumps(answered[i : i + 900]).encode() for i in range(0, len(answered), 900)]
    return pl.concat(VENUE.decode(part, where, one)[0] for part in parts)


def test_freqtrade_trades_are_those_of_its_feather_file(shared, xrp_trades):
    theirs = pl.read_ipc(shared / "freqtrade" / "XRP_ETH-trades.feather")
    assert xrp_trades.height == theirs.height == 12_477
    TABLES["trades"].check(xrp_trades, "test")
    assert ns(xrp_trades["time"]) == (theirs["timestamp"] * 10**6).to_list()
    assert xrp_trades["price"].to_list() == theirs["price"].to_list()
    assert xrp_trades["size"].to_list() == theirs["amount"].to_list()
    assert xrp_trades["side"].replace_strict({1: "buy", -1: "sell"}).to_list() == theirs["side"].to_list()
    assert (xrp_trades["time"].diff().dt.total_nanoseconds() == 0).sum() == 2_490


@pytest.mark.parametrize(("period", "n_bars"), [("1m", 2_469), ("5m", 706)])
def test_candles_of_the_trades_are_freqtrades(shared, xrp_trades, period, n_bars):
    theirs = pl.read_ipc(shared / "freqtrade" / f"XRP_ETH-{period}.feather")
    prices = {"open": pl.first("price"), "high": pl.max("price"), "low": pl.min("price"), "close": pl.last("price")}
    ours = xrp_trades.group_by_dynamic("time", every=period).agg(volume=pl.sum("size"), **prices)
    assert ours.height == theirs.height == n_bars
    assert ns(ours["time"]) == ns(theirs["date"].cast(pl.Datetime("ns", "UTC")))
    for name in ("open", "high", "low", "close", "volume"):
        assert ours[name].to_list() == theirs[name].to_list()


def test_candles_are_lists_of_text_and_numbers():
    cells = README_MS.split(",")
    row = [int(cells[0]), *cells[1:6], int(cells[6]), cells[7], int(cells[8]), *cells[9:]]
    answered, _ = decoded(feed(interval="1m"), ANSWER, "2020-09-30", json.dumps([row]))
    archived, _ = decoded(feed(interval="1m"), "data/a.zip", "2020-09-30", README_MS)
    assert answered.equals(archived)


def test_funding_may_lack_the_mark_price():
    rows = [
        {"symbol": "BTCUSDT", "fundingTime": 1704067200000, "fundingRate": "0.00037409", "markPrice": "42313.9"},
        {"symbol": "BTCUSDT", "fundingTime": 1704096000000, "fundingRate": "-0.0001", "markPrice": ""},
    ]
    frame, _ = decoded(feed("funding", market="usdm"), ANSWER, "2024-01-01", json.dumps(rows))
    TABLES["funding"].check(frame, "test")
    assert frame["rate"].to_list() == [0.00037409, -0.0001]
    assert str(frame["mark_price"].to_list()) == "[42313.9, nan]"


def test_an_answer_of_no_rows_is_an_empty_table():
    frame, _ = decoded(feed("funding", market="usdm"), ANSWER, "2024-01-01", "[]")
    assert frame.equals(TABLES["funding"].empty())


LIST, ROWS, HOLE = "must be a JSON list; found", "must be a JSON list of rows; found", "must have a value"
OTHERS = {
    '{"code":-1121,"msg":"Invalid symbol."}': LIST + ".*Invalid symbol",
    "": LIST,
    "null": LIST + ".*null",
    '[{"a":': LIST,
    "[1,2]": f"{ROWS}|{HOLE}",
    '[{"x":1}]': f"{ROWS}|{HOLE}",
    "[[1,2],[3]]": f"{ROWS}|{HOLE}",
    "[[]]": f"{ROWS}|{HOLE}",
}


@pytest.mark.parametrize("answer", OTHERS)
@pytest.mark.parametrize("kind", ["trades", "ohlcv", "funding", "mark_price", "open_interest"])
def test_other_answers_are_refused(answer, kind):
    path = "futures/data/x.json" if kind == "open_interest" else ANSWER
    with pytest.raises(DataError, match=rf"^{path}( row 1)?: .*({OTHERS[answer]})"):
        decoded(feed(kind, market="usdm"), path, "2024-01-01", answer)


@pytest.mark.parametrize("kind", ["trades", "ohlcv", "funding", "mark_price"])
def test_rows_of_another_day_than_was_asked_for_are_refused(kind):
    """An interface that does not know the range serves the newest."""
    first = 1704067200000
    rows = {
        "trades": {"a": 1, "p": "1", "q": "1", "f": 1, "l": 1, "T": first, "m": True, "M": True},
        "funding": {"fundingTime": first, "fundingRate": "0.1", "markPrice": ""},
        "ohlcv": [first, "1", "1", "1", "1", "1", first + 3_599_999, "1", 1, "1", "1", "0"],
    }
    answer = json.dumps([rows.get(kind, rows["ohlcv"])])
    assert decoded(feed(kind, market="usdm"), ANSWER, "2024-01-01", answer)[0].height == 1
    for day in ("2023-12-31", "2024-01-02"):
        with pytest.raises(DataError, match=f"^{ANSWER} row 1: .* must be from"):
            decoded(feed(kind, market="usdm"), ANSWER, day, answer)


DOC_MARK = [1591256460000, "9653.29201333", "9654.56401333", "9653.07367333", "9653.07367333", "0 ", 1591256519999]
DOC_MARK += ["0", 60, "0", "0", "0"]
"""The example of "Mark Price Kline/Candlestick Data" of the coin-margined futures, developers.binance.com."""


def test_mark_prices_of_the_venues_documentation():
    one = feed("mark_price", market="coinm", symbol="BTCUSD_PERP", interval="1m")
    frame, counts = decoded(one, "dapi/v1/x.json", "2020-06-04", json.dumps([DOC_MARK]))
    TABLES["mark_price"].check(frame, "test")
    assert frame["mark"].to_list() == [9653.07367333]
    assert ns(frame["time"]) == [1591256519999 * 10**6]
    assert ns(frame["known_at"]) == [1591256520000 * 10**6]
    assert counts == {}


def test_a_full_answer_of_trades_is_refused_for_there_may_be_more():
    row = {"a": 1, "p": "1", "q": "1", "f": 1, "l": 1, "T": 1704067200000, "m": True, "M": True}
    where = piece(ANSWER, "2024-01-01T00:00", "2024-01-01T00:01")
    with pytest.raises(UnwantedError, match="a minute has fewer than 1000 trades"):
        VENUE.decode(json.dumps([row] * 1000).encode(), where, feed("trades"))
