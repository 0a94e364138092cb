"""What is asked for: the venue's own paths, by month where a month lies in the range, and by day elsewhere."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.errors import DataError, ParamsError
from assay.market.zones import DAY_NS
from assay.sources.binance import VENUE
from assay.sources.moments import nanoseconds
from tests.sources.binance.conftest import feed, paths

REST = {"endpoint": "https://fapi.binance.com/fapi/v1"}
DAPI = {"endpoint": "https://dapi.binance.com/dapi/v1"}
VENUE_README = "https://data.binance.vision/data/spot/monthly/klines/ADABKRW/1h/ADABKRW-1h-2020-08.zip"
ISSUE_335 = "https://data.binance.vision/data/futures/um/daily/metrics/BTCUSDT/BTCUSDT-metrics-2024-02-16.zip"
ISSUE_259 = "data/futures/um/daily/liquidationSnapshot/BTCUSDT/BTCUSDT-liquidationSnapshot-2023-07-31.zip"


def test_a_month_has_the_address_of_the_venues_readme_and_its_checksum_beside_it():
    (piece,) = VENUE.pieces(feed(start="2020-08-01", end="2020-09-01", symbol="ADABKRW"))
    assert (piece.url, piece.checksum_url) == (VENUE_README, VENUE_README + ".CHECKSUM")
    assert piece.path == VENUE_README.removeprefix("https://data.binance.vision/")
    assert piece.when_missing == "refuse"


def test_metrics_are_asked_by_day_with_the_day_before_whose_last_row_is_midnight():
    pieces = VENUE.pieces(feed("open_interest", "2024-02-16", "2024-02-17", market="usdm"))
    assert [piece.url for piece in pieces] == [ISSUE_335.replace("16.zip", "15.zip"), ISSUE_335]


def test_liquidations_are_asked_by_day_even_for_a_month():
    assert paths(feed("liquidations", "2023-07-01", "2023-08-01", market="usdm"))[-1] == ISSUE_259
    assert len(paths(feed("liquidations", "2023-07-01", "2023-08-01", market="usdm"))) == 31


def test_months_in_the_range_are_whole_and_the_rest_are_days():
    dates = [path.rpartition("1h-")[2] for path in paths(feed(start="2023-12-30", end="2024-02-02"))]
    assert dates == ["2023-12-30.zip", "2023-12-31.zip", "2024-01.zip", "2024-02-01.zip"]


def test_a_month_whose_end_is_not_in_the_range_is_asked_by_days():
    assert len(paths(feed(start="2024-01-01", end="2024-01-31T23:59"))) == 31


def test_folders_of_coin_margined_futures_and_of_other_kinds():
    def first(kind, **more):
        return paths(feed(kind, symbol="BTCUSD_PERP", market="coinm", **more))[0]

    folder = "data/futures/cm/monthly"
    assert first("trades") == f"{folder}/aggTrades/BTCUSD_PERP/BTCUSD_PERP-aggTrades-2024-01.zip"
    assert first("quotes") == f"{folder}/bookTicker/BTCUSD_PERP/BTCUSD_PERP-bookTicker-2024-01.zip"
    assert first("funding") == f"{folder}/fundingRate/BTCUSD_PERP/BTCUSD_PERP-fundingRate-2024-01.zip"
    assert first("mark_price", interval="5m") == f"{folder}/markPriceKlines/BTCUSD_PERP/5m/BTCUSD_PERP-5m-2024-01.zip"


def test_funding_of_months_that_are_cut_is_asked_over_rest_and_the_rest_from_archives():
    pieces = VENUE.pieces(feed("funding", "2023-12-15", "2024-02-10", market="usdm"))
    assert [piece.path.rpartition("/")[2] for piece in pieces] == [
        "1701388800000-1704067199999.json",
        "BTCUSDT-fundingRate-2024-01.zip",
        "1706745600000-1709251199999.json",
    ]
    query = "symbol=BTCUSDT&startTime=1701388800000&endTime=1704067199999&limit=1000"
    assert pieces[0].url == f"https://fapi.binance.com/fapi/v1/fundingRate?{query}"


def test_an_endpoint_of_the_interface_is_asked_in_windows_that_do_not_move_with_the_range():
    rest = {"endpoint": "http://localhost:1/fapi/v1", "market": "usdm"}
    long = paths(feed(start="2024-01-01", end="2024-06-01", **rest))
    short = paths(feed(start="2024-03-05", end="2024-03-06", **rest))
    assert set(short) < set(long)
    first, last = short[0].rpartition("/")[2].removesuffix(".json").split("-")
    assert int(last) - int(first) + 1 == 1000 * 3_600_000
    url = VENUE.pieces(feed(**rest))[0].url
    assert url.startswith("http://localhost:1/fapi/v1/klines?symbol=BTCUSDT&startTime=")
    assert url.endswith("&limit=1000&interval=1h")


def test_a_mirror_of_the_archives_has_their_paths():
    (piece,) = VENUE.pieces(feed(endpoint="http://localhost:1/"))
    assert piece.url == "http://localhost:1/" + piece.path


@pytest.mark.parametrize(
    ("wanted", "rule"),
    [
        ({"market": "options"}, "binance has spot, usdm, coinm"),
        ({"kind": "funding"}, "binance spot has"),
        ({"kind": "quotes"}, "archives no quotes"),
        ({"kind": "book", "market": "usdm"}, "archives no book"),
        ({"start": "all"}, "is asked for a range"),
        ({"end": "all"}, "is asked for a range"),
        ({"start": "1960-01-01"}, "ranges lie in 1970"),
        ({"kind": "book", "market": "usdm"}, "of their bookDepth, sums of sizes within 1 to 5 %, no book can be made"),
        ({"kind": "trades", "market": "usdm/aggTrades"}, "of trades each of them with /trades"),
        ({"kind": "ohlcv", "market": "usdm/trades"}, "of trades each of them with /trades"),
        ({"kind": "trades", "market": "coinm", **REST}, "the interface of coinm ends with dapi/v1"),
        ({"kind": "trades", "market": "usdm/trades", **REST}, "REST tells single trades of now only"),
        ({"kind": "quotes", "market": "usdm", **REST}, "best quotes of now only; .*leave it empty for the bookTicker"),
        ({"kind": "book", "market": "usdm", **REST}, "book of now only, .*record the stream into .*have bookTicker"),
        (
            {"kind": "liquidations", "market": "usdm", **REST},
            "its own liquidations only; .*liquidationSnapshot archives",
        ),
        ({"kind": "open_interest", "symbol": "BTCUSD_240628", "market": "coinm", **DAPI}, "perpetual contracts only"),
    ],
)
def test_what_cannot_be_had_is_said(wanted, rule):
    with pytest.raises(ParamsError, match=rule):
        VENUE.pieces(feed(**wanted))


@pytest.mark.parametrize(
    ("market", "symbol", "endpoint", "asked"),
    [
        ("usdm", "BTCUSDT", REST, "https://fapi.binance.com/futures/data/openInterestHist?symbol=BTCUSDT"),
        (
            "usdm",
            "BTCUSDT_240628",
            REST,
            "https://fapi.binance.com/futures/data/openInterestHist?symbol=BTCUSDT_240628",
        ),
        (
            "coinm",
            "BTCUSD_PERP",
            DAPI,
            "https://dapi.binance.com/futures/data/openInterestHist?pair=BTCUSD&contractType=PERPETUAL",
        ),
    ],
)
def test_open_interest_over_rest_is_asked_by_the_day_and_is_gone_after_thirty(market, symbol, endpoint, asked):
    """The row of midnight stands in the day before, so that is asked for too."""
    pieces = VENUE.pieces(feed("open_interest", "2024-02-16", "2024-02-17", symbol=symbol, market=market, **endpoint))
    first = nanoseconds("2024-02-15") // 10**6
    days = [(first + i * 86_400_000, first + (i + 1) * 86_400_000 - 1) for i in range(2)]
    tail = "&period=5m&startTime={}&endTime={}&limit=500"
    assert [piece.url for piece in pieces] == [asked + tail.format(*day) for day in days]
    assert [piece.path for piece in pieces] == [f"futures/data/openInterestHist/{symbol}/{a}-{b}.json" for a, b in days]
    assert [piece.served_until_ns for piece in pieces] == [(a + 30 * 86_400_000) * 10**6 for a, _ in days]


def test_single_trades_have_a_folder_of_their_own():
    (path,) = paths(feed("trades", market="usdm/trades"))
    assert path == "data/futures/um/monthly/trades/BTCUSDT/BTCUSDT-trades-2024-01.zip"


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 3000), st.integers(1, 400), st.sampled_from(["ohlcv", "trades", "funding", "mark_price"]))
def test_pieces_follow_one_another_and_cover_the_range(first, n, kind):
    start_ns = nanoseconds("2017-01-01") + first * DAY_NS + 1
    one = feed(kind, market="usdm")
    one = type(one)(**{**vars(one), "start_ns": start_ns, "end_ns": start_ns + n * DAY_NS})
    pieces = VENUE.pieces(one)
    assert all(a.end_ns == b.start_ns for a, b in pairwise(pieces))
    assert pieces[0].start_ns <= start_ns
    assert pieces[-1].end_ns >= one.end_ns
    assert all(piece.path.isascii() and ".." not in piece.path and piece.path[0] != "/" for piece in pieces)


def recorded(tmp_path, *names):
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    return tmp_path


def test_captures_are_found_by_market_symbol_and_day_and_nothing_is_asked_then(tmp_path):
    root = recorded(tmp_path, "um/btcusdt_20240809.gz", "usdm/BTCUSDT-2024-08-08-b.gz", "usdm/btcusdt_20240808.gz")
    recorded(tmp_path, "usdm/btcusdt_202408081.gz", "usdm/btcusdtx_20240808.gz", "spot/btcusdt_20240808.gz")
    one = feed("trades", "all", "all", market="usdm", root=root)
    assert paths(one) == ["usdm/BTCUSDT-2024-08-08-b.gz", "usdm/btcusdt_20240808.gz", "um/btcusdt_20240809.gz"]
    assert all(not piece.url for piece in VENUE.pieces(one))
    assert paths(feed("trades", "2024-08-09T12:00", "2024-08-10", market="usdm", root=root)) == [
        "um/btcusdt_20240809.gz"
    ]
    assert paths(feed("ohlcv", market="usdm", root=root))[0].startswith("data/")


def test_captures_of_other_days_only_are_named(tmp_path):
    root = recorded(tmp_path, "usdm/btcusdt_20240808.gz")
    with pytest.raises(DataError, match=r"must hold a capture.*btcusdt_20240808\.gz"):
        paths(feed("trades", "2024-01-01", "2024-02-01", market="usdm", root=root))


def test_a_capture_whose_name_holds_no_day_is_refused(tmp_path):
    root = recorded(tmp_path, "usdm/btcusdt_20241308.gz")
    with pytest.raises(DataError, match="named after symbol and day"):
        paths(feed("trades", market="usdm", root=root))
