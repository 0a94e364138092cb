"""Yahoo in place of a source that cannot deliver: asked only where that was wished for, and never without a word."""

import json
import logging
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from assay.bars.params import BarsParams
from assay.errors import ParamsError, PartialError
from assay.market.sessions import SessionParams
from assay.sources.yahoo import client
from assay.store import read_parquet
from assay.tables.ohlcv import OHLCV
from stages import bars as bars_stage
from tests.sources.bars_server import Aggregates
from tests.sources.feeds import ns
from tests.sources.project import command
from tests.sources.server import Server
from tests.sources.yahoo.conftest import chart, refused, served

RANGE = {"start": "2024-01-02", "end": "2024-01-05"}
OPENED = [ns(f"2024-01-0{day}T{hour}:30") // 10**9 for day in (2, 3, 4) for hour in range(15, 20)]
CLOSES = [50.0 + 0.25 * i for i in range(len(OPENED))]


class Charts(dict):
    """Yahoo's charts of hours: the symbols that it knows, the same prices for each."""

    def __init__(self, *known):
        self.known = known

    def get(self, path, default=None):
        symbol = path.rpartition("/")[2]
        return lambda request: self.answer(symbol, request.query["interval"])

    def answer(self, symbol, interval):
        if symbol not in self.known:
            return refused("Not Found", "No data found, symbol may be delisted")
        if interval == "3mo":
            return served(chart([], {}, symbol=symbol))
        quote = dict.fromkeys(("open", "high", "low", "close"), CLOSES) | {"volume": [7] * len(CLOSES)}
        return served(chart(OPENED, quote, symbol=symbol))


@pytest.fixture
def yahoo(monkeypatch):
    """Yahoo on the loopback address, which knows B, B-USD and SPY."""
    data = pytest.importorskip("yfinance.data")
    monkeypatch.setattr(data.YfData, "_get_cookie_and_crumb", lambda *_, **__: (None, "basic"))
    monkeypatch.delenv("ASSAY_CACHE", raising=False)
    with Server(Charts("B", "B-USD", "SPY")) as server:
        monkeypatch.setattr(client, "ADDRESS", server.url)
        yield server


@pytest.fixture
def polygon():
    """Polygon on the loopback address, which has neither B nor SPY."""
    with Server(Aggregates(unknown=("B", "SPY"))) as server:
        yield server


def asked(server, **data):
    asked = {"source": "polygon", "endpoint": server.url, "cache": "cache", "calendar": "24/7", **RANGE}
    return {**asked, "symbols": ["A", "B", "C"], "fallback": "yahoo", **data}


def ticks():
    return sorted(path.relative_to("data/ticks").as_posix() for path in Path("data/ticks").rglob("*.parquet"))


def closes(source, symbol):
    path = Path(f"data/ticks/{source}/{symbol}/2024-01.parquet")
    return OHLCV.check(read_parquet(path), path)["close"].to_list()


def test_what_the_source_does_not_have_is_taken_from_yahoo_and_everything_says_so(project, polygon, yahoo, caplog):
    with caplog.at_level(logging.WARNING):
        manifest = project.run("A", **asked(polygon))
    assert ticks() == ["polygon/A/2024-01.parquet", "polygon/C/2024-01.parquet", "yahoo/B/2024-01.parquet"]
    assert closes("yahoo", "B") == CLOSES
    told = [(one["source"], one["symbol"], one.get("instead_of")) for one in manifest["feeds"]]
    assert told == [("polygon", "A", None), ("yahoo", "B", "polygon"), ("polygon", "C", None)]
    because = manifest["feeds"][1]["because"]
    assert because.startswith("v2/aggs/ticker/B/range/1/hour/")
    assert because.endswith(": must be there (TransportError)")
    assert manifest["failed"] == []
    first, second, third = project.health()["feeds"]
    assert (first["findings"], third["findings"]) == ([], [])
    assert second["findings"][0] == f"these rows are not from polygon, which was asked first and failed: {because}"
    (said,) = [record.getMessage() for record in caplog.records if record.name == "assay.transport"]
    assert said.startswith(f"polygon B ohlcv is taken from yahoo: {polygon.url}/v2/aggs/ticker/B/")
    assert "must be there; found the venue has none (tried once); check symbol, range and endpoint" in said
    assert Path(".raw/yahoo/B/1h/2024-01.json").is_file()
    assert not list(Path("cache").rglob("*B/1h*"))
    assert str(project.folder) not in json.dumps(manifest)


def test_yahoo_is_not_asked_unless_it_was_wished_for(project, polygon, yahoo):
    with pytest.raises(PartialError, match="1 of 3 failed: polygon B ohlcv"):
        project.run("A", **asked(polygon, fallback="none"))
    assert not yahoo.requests
    assert ticks() == ["polygon/A/2024-01.parquet", "polygon/C/2024-01.parquet"]


def test_yahoo_is_asked_where_the_source_has_no_row_of_the_range(project, yahoo):
    with Server(Aggregates(until_ms=ns("2024-01-01") // 10**6)) as polygon:
        manifest = project.run("B", **asked(polygon, symbols=["B"]))
    assert ticks() == ["yahoo/B/2024-01.parquet"]
    assert "needs a row from 2024-01-02 to 2024-01-05; found none among 0 rows" in manifest["feeds"][0]["because"]


def test_yahoo_is_asked_where_the_source_cannot_be_reached_but_not_for_what_there_was(project, polygon, yahoo):
    project.run("B", **asked(polygon, symbols=["A", "B"]))
    n_asked = len(yahoo.requests)
    polygon.fault(lambda _: True, 500, times=float("inf"))
    manifest = project.run("B", **asked(polygon, symbols=["A", "B"], cache="cache"))
    assert [one["source"] for one in manifest["feeds"]] == ["polygon", "yahoo"]
    assert manifest["feeds"][1]["because"].endswith(": must answer with data (TransportError)")
    assert len(yahoo.requests) == n_asked


def test_a_row_that_breaks_a_rule_is_no_reason_to_ask_elsewhere(project, bars, yahoo):
    bars.content.changed[("B", ns("2024-01-03") // 10**6)] = -5.0
    with pytest.raises(PartialError, match=r"polygon B ohlcv; .* row 1: low is a positive, finite number"):
        project.run("A", **asked(bars))
    assert not yahoo.requests
    assert not Path("data/ticks/yahoo").exists()


def test_a_key_that_is_lacking_is_no_reason_to_ask_elsewhere(project, polygon, yahoo, monkeypatch):
    monkeypatch.delenv("POLYGON_API_KEY")
    with pytest.raises(ParamsError, match="POLYGON_API_KEY"):
        project.run("A", **asked(polygon))
    assert not yahoo.requests


def test_both_reasons_are_told_where_yahoo_fails_too(project, yahoo, caplog):
    with Server(Aggregates(unknown=("D",))) as polygon:
        manifest = project.run("A", **asked(polygon, symbols=["A", "D"], on_failure="go_on"))
    (failed,) = manifest["failed"]
    assert (failed["source"], failed["symbol"]) == ("polygon", "D")
    assert failed["error"].endswith(": must be there, or come from yahoo, its fallback (TransportError)")
    (said,) = [record.getMessage() for record in caplog.records if record.name == "assay.transport"]
    assert "found the venue has none (tried once); and yahoo failed too (" in said
    assert "symbol may be delisted" in said
    assert ticks() == ["polygon/A/2024-01.parquet"]


def test_a_symbol_may_have_another_name_there(project, polygon, yahoo):
    manifest = project.run("A", **asked(polygon, fallback_names={"B": "B-USD"}))
    assert {path.rpartition("/")[2] for path in yahoo.paths()} == {"B-USD"}
    assert [one["venue_symbol"] for one in manifest["feeds"]] == ["A", "B-USD", "C"]
    assert ticks()[-1] == "yahoo/B/2024-01.parquet"


def test_offline_is_no_reason_for_a_fallback(project, polygon, yahoo):
    project.run("A", **asked(polygon))
    n_asked = len(yahoo.requests), len(polygon.requests)
    with pytest.raises(PartialError, match=r"must be in the raw cache: offline.*ask yahoo in an entry of data\.more"):
        project.run("A", **asked(polygon), transport={"offline": True})
    assert ticks() == ["polygon/A/2024-01.parquet", "polygon/C/2024-01.parquet"]
    assert (len(yahoo.requests), len(polygon.requests)) == n_asked


@pytest.mark.parametrize("fallback", ["none", "yahoo"])
@pytest.mark.parametrize("fault", [500, "cut", "slow"])
def test_outputs_are_the_same_however_often_and_patiently_a_venue_was_asked(project, polygon, yahoo, fallback, fault):
    polygon.fault(lambda request: "/B/" in request.path, fault, times=float("inf"), seconds=0.6)
    wanted = asked(polygon, fallback=fallback, on_failure="go_on")
    manifest = project.run("A", transport={"retries": 0, "timeout_seconds": 0.2}, **wanted)
    once = project.outputs()
    project.run("A", transport={"retries": 2, "timeout_seconds": 0.3, "at_once": 1}, **wanted)
    assert project.outputs() == once
    assert polygon.url not in json.dumps(manifest) + json.dumps(project.health())
    assert ("yahoo/B/2024-01.parquet" in ticks()) is (fallback == "yahoo")


TWIN = {"source": "yahoo", "symbols": ["B"], **RANGE}


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"more": [TWIN]}, r"of one feed; found ticks/yahoo/B 2 times; .*a fallback would fetch counts too"),
        ({"more": [{**TWIN, "source": "ccxt", "fallback": "yahoo"}]}, "of one feed; found ticks/yahoo/B 2 times"),
        ({"kind": "trades"}, r"data\.fallback: yahoo stands in for ohlcv only; found trades"),
        ({"source": "yahoo"}, r"data\.fallback: must be another source; found yahoo"),
        ({"interval": "30m"}, r"data\.interval: yahoo must have it; found 30m"),
        ({"fallback_names": {"BB": "B"}}, r"data\.fallback_names: each is a symbol of the feed; found BB; .*A, B, C"),
        ({"fallback_names": {"B": "../B"}}, r"must be a symbol of Yahoo; found '../B'"),
    ],
)
def test_a_fallback_that_could_never_stand_in_is_refused_before_anything_is_asked(
    project, polygon, yahoo, change, rule
):
    with pytest.raises(ParamsError, match=rule):
        project.run("A", **asked(polygon, **change))
    assert not polygon.requests
    assert not yahoo.requests


def bars_of(project, symbol):
    """Run the bars stage on what was fetched; return the closes of its hours."""
    with (project.folder / "params.yaml").open() as file:
        blocks = YAML(typ="safe").load(file)
    blocks["session"] = SessionParams().model_dump(mode="json")
    blocks["bars"] = {**BarsParams().model_dump(mode="json"), "types": {"time": 3600}, "main": "time"}
    with (project.folder / "params.yaml").open("w") as file:
        YAML().dump(blocks, file)
    bars_stage.main()
    return read_parquet(Path(f"data/bars/time/{symbol}.parquet"))["close"].to_list()


def test_bars_are_made_of_what_stood_in(project, polygon, yahoo):
    project.run("SPY", **asked(polygon, symbols=["AAPL", "SPY"]))
    assert bars_of(project, "SPY") == CLOSES


def test_bars_are_made_of_the_source_where_it_delivered(project, polygon, yahoo):
    project.run("AAPL", **asked(polygon, symbols=["AAPL", "SPY"]))
    made = bars_of(project, "AAPL")
    assert made
    assert set(made) <= set(closes("polygon", "AAPL"))


def test_assay_fetch_fills_the_cache_of_what_stands_in_and_assay_cache_looks_after_it(
    project, polygon, yahoo, capsys, caplog
):
    project.write("A", **asked(polygon))
    status, said, _ = command(capsys, "fetch")
    assert status == 0
    assert said.splitlines()[1] == "yahoo B ohlcv: 1 files, 779 bytes, .raw/yahoo, instead of polygon"
    assert "polygon B ohlcv is taken from yahoo" in caplog.text
    listed = command(capsys, "cache", "ls")[1]
    assert "yahoo B ohlcv: 1 files" in listed
    assert "polygon A ohlcv" in listed
    pruned = command(capsys, "cache", "prune", "--source", "yahoo")[1]
    assert pruned.startswith("0 files removed, 0 bytes; 1 spared: the venue no longer serves them\n")
    pruned = command(capsys, "cache", "prune", "--source", "yahoo", "--also-unserved")[1]
    assert pruned.startswith("1 files removed, 779 bytes\n")


def test_a_universe_is_one_although_some_of_it_stood_in(project, polygon, yahoo):
    universe = {name: ["2020-01-01"] for name in "ABC"}
    project.run("A", **asked(polygon, universe=universe))
    (told,) = project.health()["universes"]
    assert (told["source"], told["n_symbols"], told["n_fetched"]) == ("polygon", 3, 3)
