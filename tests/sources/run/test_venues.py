"""Two venues of one symbol within one source, in one run: nothing of the one is ever taken for the other's."""

import json
from pathlib import Path

import polars as pl
import pytest
from ruamel.yaml import YAML

from assay.bars.params import BarsParams
from assay.errors import ParamsError, PartialError
from assay.market.sessions import SessionParams
from assay.sources.exchanges import VENUE as EXCHANGES
from assay.sources.exchanges import questions
from assay.store import read_parquet
from stages import bars as bars_stage
from tests.sources.binance.conftest import zipped
from tests.sources.feeds import feed, ns
from tests.sources.project import decoded
from tests.sources.server import Server

HOUR_MS = 3_600_000
DAY = {"start": "2024-01-02", "end": "2024-01-03"}
ARCHIVE = "data/{}/daily/klines/BTCUSDT/1h/BTCUSDT-1h-2024-01-02.zip"
SPOT, FUTURES = (ARCHIVE.format(market) for market in ("spot", "futures/um"))


def candles(price):
    first = ns(DAY["start"]) // 10**6
    return [f"{at},{price},{price},{price},{price},1,{at + HOUR_MS - 1},5,2,0.5,3,0" for at in _hours(first)]


def _hours(first):
    return range(first, first + 24 * HOUR_MS, HOUR_MS)


@pytest.fixture
def binance():
    """Binance with a day of candles of BTCUSDT: at 5 on the spot market, at 7 of the future."""
    with Server({f"/{SPOT}": zipped(*candles(5)), f"/{FUTURES}": zipped(*candles(7))}) as server:
        yield server


def of(server, market, **params):
    return {"source": "binance", "market": market, "endpoint": server.url, "cache": "cache", **DAY, **params}


def closes(label, symbol="BTCUSDT"):
    return read_parquet(Path(f"data/ticks/{label}/{symbol}/2024-01.parquet"))["close"].unique().to_list()


def made(project, symbol="BTCUSDT"):
    """Run the bars stage on what was fetched; return the closes of its bars."""
    with (project.folder / "params.yaml").open() as file:
        blocks = YAML(typ="safe").load(file)
    blocks["session"] = SessionParams(weekend_trading=True).model_dump(mode="json")
    blocks["bars"] = {**BarsParams().model_dump(mode="json"), "types": {"time": 7200}, "main": "time"}
    with (project.folder / "params.yaml").open("w") as file:
        YAML().dump(blocks, file)
    bars_stage.main()
    return read_parquet(Path(f"data/bars/time/{symbol}.parquet"))["close"].unique().to_list()


def test_spot_and_future_are_two_tables_with_two_receipts(project, binance):
    manifest = project.run("BTCUSDT", **of(binance, ""), more=[of(binance, "usdm")])
    assert (closes("binance-spot"), closes("binance-usdm")) == ([5.0], [7.0])
    spot, future = manifest["feeds"]
    assert (spot["source"], spot["symbol"], spot["of"]) == (
        "binance-spot",
        "BTCUSDT",
        {"source": "binance", "market": "spot"},
    )
    assert (future["source"], future["of"]["market"], future["entry"]) == ("binance-usdm", "usdm", "data.more[0]")
    assert "entry" not in spot
    assert [[*file["origins"]] for one in (spot, future) for file in one["files"]] == [[SPOT], [FUTURES]]
    assert [file["file"] for file in future["files"]] == ["ticks/binance-usdm/BTCUSDT/2024-01.parquet"]
    health = project.health()
    assert [one["source"] for one in health["feeds"]] == ["binance-spot", "binance-usdm"]
    assert [(one["left"], one["right"]) for one in health["pairs"]] == [("binance-spot", "binance-usdm")]


def test_they_share_a_raw_cache_but_no_file_and_no_decoded_month(project, binance):
    project.run("BTCUSDT", **of(binance, "spot"), more=[of(binance, "usdm")])
    kept = sorted(path.relative_to("cache").as_posix() for path in Path("cache/data").rglob("*.zip"))
    assert kept == sorted([SPOT, FUTURES])
    assert len(decoded("cache")) == 2
    n_asked = len(binance.requests)
    project.run("BTCUSDT", **of(binance, "usdm"), more=[of(binance, "spot")])
    assert (closes("binance-spot"), closes("binance-usdm")) == ([5.0], [7.0])
    assert (len(binance.requests), len(decoded("cache"))) == (n_asked, 2)


@pytest.mark.parametrize(("first", "second", "price"), [("spot", "usdm", 5.0), ("usdm", "spot", 7.0)])
def test_bars_are_made_of_the_first_whatever_is_beside_it(project, binance, first, second, price):
    project.run("BTCUSDT", **of(binance, first), more=[of(binance, second)])
    assert made(project) == [price]


def test_bars_are_not_made_of_the_other_where_the_first_failed(project, binance):
    binance.fault(f"/{FUTURES}", 404, times=float("inf"))
    with pytest.raises(PartialError, match=r"1 of 2 failed: binance-usdm BTCUSDT ohlcv; .* mend BTCUSDT, since bars"):
        project.run("BTCUSDT", **of(binance, "usdm"), more=[of(binance, "spot")], on_failure="go_on")
    assert closes("binance-spot") == [5.0]
    assert [(one["source"], one["symbol"]) for one in project.manifest()["failed"]] == [("binance-usdm", "BTCUSDT")]
    with pytest.raises(Exception, match="must have prices of BTCUSDT from the feed of data; found none"):
        made(project)


def test_a_feed_beside_it_that_failed_is_not_the_one_that_bars_are_made_of(project, binance):
    binance.fault(f"/{FUTURES}", 404, times=float("inf"))
    manifest = project.run("BTCUSDT", **of(binance, "spot"), more=[of(binance, "usdm")], on_failure="go_on")
    assert [one["source"] for one in manifest["failed"]] == ["binance-usdm"]
    assert made(project) == [5.0]


def test_a_label_moves_the_tables_and_changes_no_byte_of_them(project, binance):
    project.run("BTCUSDT", **of(binance, "usdm"))
    before = project.outputs()["data/ticks/binance-usdm/BTCUSDT/2024-01.parquet"]
    (receipt,) = project.run("BTCUSDT", **of(binance, "usdm", label="perpetual"))["feeds"]
    assert (receipt["source"], receipt["of"]) == ("perpetual", {"source": "binance", "market": "usdm"})
    assert project.outputs()["data/ticks/perpetual/BTCUSDT/2024-01.parquet"] == before
    assert not Path("data/ticks/binance-usdm").exists()
    assert len(decoded("cache")) == 1
    assert made(project) == [7.0]


def test_two_feeds_of_one_market_are_refused_before_anything_is_asked(project, binance):
    with pytest.raises(ParamsError, match=r"found ticks/binance-usdm/BTCUSDT 2 times; .*`label`"):
        project.run("BTCUSDT", **of(binance, "usdm"), more=[of(binance, "usdm", kind="trades")])
    assert not binance.requests


def answered(exchange, price):
    """Put an answer of an exchange to the question for a day of candles into the raw cache."""
    wanted = feed("ccxt", "ohlcv", "BTC/USD", *DAY.values(), exchange=exchange)
    for piece in EXCHANGES.pieces(wanted):
        first, last = piece.start_ns // 10**6, piece.end_ns // 10**6
        rows = [[at, price, price, price, price, 1.0] for at in range(first, last, HOUR_MS)]
        path = Path("cache") / piece.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({**questions.told(piece, wanted), "rows": rows, "n_open_left_out": 0}))


def test_two_exchanges_of_one_client(project):
    answered("kraken", 5.0)
    answered("bitstamp", 7.0)
    asked = {"source": "ccxt", "symbols": ["BTCUSD=BTC/USD"], "cache": "cache", **DAY}
    other = {**asked, "exchange": "bitstamp"}
    manifest = project.run("BTCUSD", transport={"offline": True}, **asked, more=[other])
    assert [one["source"] for one in manifest["feeds"]] == ["ccxt-kraken", "ccxt-bitstamp"]
    assert [one["of"]["market"] for one in manifest["feeds"]] == ["kraken", "bitstamp"]
    assert (closes("ccxt-kraken", "BTCUSD"), closes("ccxt-bitstamp", "BTCUSD")) == ([5.0], [7.0])
    origins = [
        {path.partition("/")[0] for path in file["origins"]} for one in manifest["feeds"] for file in one["files"]
    ]
    assert origins == [{"kraken"}, {"bitstamp"}]
    assert made(project, "BTCUSD") == [5.0]


def test_two_sets_of_files_of_one_symbol_by_their_labels(project, tmp_path):
    for name, price in (("a", 5.0), ("b", 7.0)):
        rows = pl.DataFrame({"time": [f"2024-01-02T{hour:02d}:00:00" for hour in range(24)], "price": [price] * 24})
        rows.write_csv(tmp_path / f"{name}.csv")
    ours, theirs = ({"source": "files", "path": str(tmp_path / f"{name}.csv")} for name in "ab")
    with pytest.raises(ParamsError, match=r"found ticks/files/BTCUSD 2 times; take one out, or give one a `label`"):
        project.run("BTCUSD", **ours, more=[theirs])
    manifest = project.run("BTCUSD", **ours, more=[{**theirs, "label": "their-broker"}])
    assert [(one["source"], one.get("of")) for one in manifest["feeds"]] == [
        ("files", None),
        ("their-broker", {"source": "files", "market": ""}),
    ]
    prices = [read_parquet(Path("data") / one["files"][0]["file"])["price"][0] for one in manifest["feeds"]]
    assert prices == [5.0, 7.0]
    assert made(project, "BTCUSD") == [5.0]
