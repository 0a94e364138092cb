"""Several symbols and sources in one run: what is delivered, what is refused, and what is named where some fail."""

import io
import json
import re
from pathlib import Path

import pytest

from assay.compute import progress
from assay.errors import DataError, ParamsError, PartialError, TransportError
from assay.sources.run.together import Failure
from tests.sources.bars_server import Aggregates
from tests.sources.conftest import HOUR, bi5, records
from tests.sources.feeds import feed, ns
from tests.sources.project import decoded
from tests.sources.server import Server

RANGE = {"start": "2024-01-02", "end": "2024-01-05"}
TEN = [f"STOCK{i}" for i in range(10)]


def polygon(server, **data):
    return {"source": "polygon", "endpoint": server.url, "cache": "cache", "calendar": "24/7", **RANGE, **data}


def dukascopy(server, **data):
    return {"source": "dukascopy", "endpoint": server.url, "cache": "other", **RANGE, **data}


@pytest.fixture
def quotes():
    """Dukascopy with two hours of quotes of EURUSD on 2024-01-02; its other hours are closed."""
    raw = bi5(records(HOUR))
    with Server({f"/EURUSD/2024/00/02/{hour}h_ticks.bi5": raw for hour in ("12", "13")}) as running:
        yield running


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_feeds_side_by_side_share_a_bar_of_all_their_files(project, bars, monkeypatch):
    """Two symbols of three files each; a second run has all of them and asks for none."""
    monkeypatch.setattr(progress, "DELAY_S", 0.0)
    monkeypatch.setattr(progress, "PACE_S", 0.0)
    shown = []
    for _ in range(2):
        screen = Terminal()
        monkeypatch.setattr("sys.stderr", screen)
        project.run("AAPL", **polygon(bars, end="2024-01-09", symbols=["AAPL", "MSFT"]))
        shown.append(re.findall(r"(\d)/(\d) feeds: [^\r]*?(\d)/(\d) \[", screen.getvalue()))
    first, second = shown
    assert first[-1] == ("2", "2", "6", "6")
    assert [one[2] for one in first if one[0] == "0"][:3] == ["1", "2", "3"]
    assert second == []
    assert "2/2 feeds [" in screen.getvalue()


def test_symbols_sources_and_kinds_side_by_side(project, bars, quotes, tmp_path):
    path = tmp_path / "oi.csv"
    path.write_text("time,open_interest\n2024-01-02T00:00:00Z,5\n2024-01-03T00:00:00Z,6\n")
    more = [
        dukascopy(quotes),
        {"source": "files", "kind": "open_interest", "path": str(path), "symbols": ["BTCUSD"]},
    ]
    manifest = project.run("EURUSD", **polygon(bars, symbols=["EURUSD=C:EURUSD", "AAPL"], more=more))
    told = [(one["source"], one["symbol"], one["kind"], one["venue_symbol"]) for one in manifest["feeds"]]
    assert told == [
        ("polygon", "EURUSD", "ohlcv", "C:EURUSD"),
        ("polygon", "AAPL", "ohlcv", "AAPL"),
        ("dukascopy", "EURUSD", "quotes", "EURUSD"),
        ("files", "BTCUSD", "open_interest", "BTCUSD"),
    ]
    places = [name for name in project.outputs() if name.endswith("parquet")]
    assert places == [
        "data/context/open_interest/files/BTCUSD/2024-01.parquet",
        "data/ticks/dukascopy/EURUSD/2024-01.parquet",
        "data/ticks/polygon/AAPL/2024-01.parquet",
        "data/ticks/polygon/EURUSD/2024-01.parquet",
    ]
    assert json.loads(project.outputs()["data/context/index.json"]) == {"open_interest": {"files": ["BTCUSD"]}}
    assert manifest["failed"] == []
    health = project.health()
    assert [one["source"] for one in health["feeds"]] == [one[0] for one in told]
    (pair,) = health["pairs"]
    assert (pair["symbol"], pair["left"], pair["right"]) == ("EURUSD", "polygon", "dukascopy")


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"symbols": ["AAPL", "AAPL"]}, "of one feed; found ticks/polygon/AAPL 2 times"),
        ({"symbols": ["AAPL"], "more": [{"source": "polygon", "symbols": ["AAPL=MSFT"]}]}, "is of one feed"),
        ({"kind": "actions"}, "bars are made of the first feed; found actions; put this feed into data.more"),
        ({"kind": "book"}, r"data\.kind: the source must serve it; found book; polygon serves ohlcv"),
        ({"more": [{"source": "polygon", "kind": "book"}]}, r"data\.more\[0\]\.kind: the source must serve it"),
    ],
)
def test_feeds_that_cannot_be_are_refused_before_anything_is_asked(project, bars, change, rule):
    with pytest.raises(ParamsError, match=rule):
        project.run("AAPL", **polygon(bars, **change))
    assert not bars.requests
    assert not project.leftovers()


def test_of_ten_symbols_nine_are_delivered_and_the_tenth_is_named_with_status_3(project):
    with Server(Aggregates(unknown=("STOCK7",))) as server:
        project.write(**polygon(server, symbols=TEN))
        status, said = project.staged(POLYGON_API_KEY="pk_test_0123456789")
    assert status == 3
    assert said.count("\n") == 1
    assert "fetch: must deliver every symbol; found 1 of 10 failed: polygon STOCK7 ohlcv" in said
    manifest = project.manifest()
    assert [feed["symbol"] for feed in manifest["feeds"]] == [name for name in TEN if name != "STOCK7"]
    assert [(one["symbol"], one["kind"]) for one in manifest["failed"]] == [("STOCK7", "ohlcv")]
    assert manifest["failed"][0]["error"].endswith(": must be there (TransportError)")
    assert "pk_test" not in json.dumps(manifest) + said


def test_go_on_delivers_without_what_failed_and_says_so(project):
    with Server(Aggregates(unknown=("STOCK7",))) as server:
        manifest = project.run(**polygon(server, symbols=TEN, on_failure="go_on"))
    assert [one["symbol"] for one in manifest["failed"]] == ["STOCK7"]
    assert len(manifest["feeds"]) == len(project.health()["feeds"]) == 9


@pytest.mark.parametrize("on_failure", ["go_on", "stop"])
def test_without_any_symbol_earlier_outputs_stay(project, bars, on_failure):
    project.run(**polygon(bars, symbols=TEN))
    before = project.outputs()
    with Server(Aggregates(unknown=TEN)) as server, pytest.raises(TransportError, match=r"STOCK0.* has none"):
        project.run(**polygon(server, symbols=TEN, cache="new", on_failure=on_failure))
    assert project.outputs() == before
    assert not project.leftovers()


@pytest.mark.parametrize("on_failure", ["go_on", "stop"])
@pytest.mark.parametrize(("symbol", "main"), [("ES", "STOCK0"), ("STOCK3", "STOCK3")])
def test_without_the_symbol_that_bars_are_made_of_the_others_are_delivered_and_it_is_named(
    project, symbol, main, on_failure
):
    """It is the market traded, or the first one; another one is broken too and is named after it."""
    with Server(Aggregates(unknown=(main, "STOCK1"))) as server:
        project.write(symbol, **polygon(server, symbols=TEN, on_failure=on_failure))
        status, said = project.staged(POLYGON_API_KEY="pk_test_0123456789")
    assert status == 3
    assert f"found 2 of 10 failed: polygon {main} ohlcv, polygon STOCK1 ohlcv; http" in said
    assert f"/{main}/range/1/hour" in said
    assert f"; mend {main}, since bars are made of it; the others were delivered" in said
    others = [name for name in TEN if name not in (main, "STOCK1")]
    assert [feed["symbol"] for feed in project.manifest()["feeds"]] == others
    assert {one["symbol"] for one in project.manifest()["failed"]} == {main, "STOCK1"}
    assert sorted(path.name for path in Path("data/ticks/polygon").iterdir()) == others
    assert len(project.health()["feeds"]) == 8


def test_the_first_symbol_is_no_more_than_the_others_where_another_market_is_traded(project):
    with Server(Aggregates(unknown=TEN[:1])) as server:
        manifest = project.run("STOCK3", **polygon(server, symbols=TEN, on_failure="go_on"))
    assert [feed["symbol"] for feed in manifest["feeds"]] == TEN[1:]


def test_the_raw_bytes_and_decoded_months_of_what_was_delivered_stay_for_the_next_run(project):
    with Server(Aggregates(unknown=TEN[:1])) as server:
        with pytest.raises(PartialError, match="mend STOCK0"):
            project.run(**polygon(server, symbols=TEN))
        n_asked, made = len(server.requests), decoded("cache")
        server.content.unknown = ()
        project.run(**polygon(server, symbols=TEN))
        assert {path.split("/")[4] for path in server.paths()[n_asked:]} == {"STOCK0"}
        assert len(decoded("cache") - made) == 1


def test_of_what_failed_in_its_second_month_no_table_is_left(project):
    """February of MSFT is another ticker's; its January had been written by then."""
    with Server(Aggregates()) as server:
        served = server.content.answer
        february = ns("2024-02-01") // 10**6
        server.content.answer = lambda symbol, first, last: served("X" if first > february else symbol, first, last)
        more = [polygon(server, symbols=["MSFT"], end="2024-02-06")]
        manifest = project.run("AAPL", **polygon(server, more=more, on_failure="go_on"))
    assert "ticker is MSFT; found X" in manifest["failed"][0]["error"]
    assert [path.name for path in Path("data/ticks/polygon").iterdir()] == ["AAPL"]


def test_a_key_that_is_lacking_is_told_before_anything_is_asked(project, bars, monkeypatch):
    monkeypatch.delenv("POLYGON_API_KEY")
    with pytest.raises(ParamsError, match=r"\$POLYGON_API_KEY: must hold the key"):
        project.run("AAPL", **polygon(bars))
    assert not bars.requests


def test_partial_failure_in_this_process_too(project):
    with Server(Aggregates(unknown=("STOCK7",))) as server, pytest.raises(PartialError, match="STOCK7"):
        project.run(**polygon(server, symbols=TEN))


@pytest.mark.parametrize("is_absolute", [True, False])
def test_what_failed_is_told_without_a_place_or_a_key(project, bars, is_absolute):
    cache = project.folder / "my cache"
    broken = cache / "v2/aggs/ticker/MSFT/range/1/hour/2023-12-31.json"
    broken.parent.mkdir(parents=True)
    broken.write_text("{}")
    name = str(cache if is_absolute else cache.relative_to(project.folder))
    more = [
        polygon(bars, symbols=["MSFT"], cache=name),
        {
            "source": "files",
            "kind": "open_interest",
            "path": str(project.folder / "none" / "oi.csv"),
            "symbols": ["OI"],
        },
        {"source": "files", "kind": "funding", "path": "/somewhere/else/oi.csv", "symbols": ["OI"]},
    ]
    manifest = project.run("AAPL", **polygon(bars, more=more, on_failure="go_on"))
    assert len(manifest["failed"]) == 3
    for one in manifest["failed"]:
        assert str(project.folder) not in one["error"]
        assert "/somewhere" not in one["error"]
    assert "v2/aggs/ticker/MSFT/range/1/hour/2023-12-31.json" in manifest["failed"][0]["error"]
    assert "oi.csv" in manifest["failed"][1]["error"]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("/raw/spot/a b.zip: broken", "spot/a b.zip: broken"),
        ("/raw: must hold it; found /raw/x", "the raw cache: must hold it; found x"),
        ("https://host.org/raw/v1/a.zip?apiKey=abcdefgh&n=1", "https://host.org/raw/v1/a.zip?apiKey=***&n=1"),
        ("at /home/me/x.csv row 3", "at x.csv row 3"),
        ("set data.start, such as BTC/USD or 3/4", "set data.start, such as BTC/USD or 3/4"),
        ("/rawer/x: no", "x: no"),
    ],
)
def test_paths_and_keys_in_words(said, told):
    rule, found, remedy = "must be", "it", "mend it"
    failure = Failure(feed("polygon", "ohlcv", "AAPL", root="/raw"), DataError(said, rule, found, remedy))
    assert failure.told()["error"] == f"{told}: must be; found it; mend it"
