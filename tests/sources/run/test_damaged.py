"""Answers that hold no data, and answers that hold other data than the params take: the one is asked for again."""

from collections import Counter
from datetime import date

import pytest

from assay.errors import DataError, PartialError, StoreError
from assay.sources.run.together import together
from stages import fetch
from tests.sources.feeds import feed, ns
from tests.sources.server import Server
from tests.sources.transport.conftest import line
from tests.sources.yahoo.conftest import flat, served

DAYS = [date(2014, 6, day) for day in (5, 6, 9, 10, 11, 12, 13, 16, 17, 18)]
RANGE = {"symbols": ["AAPL"], "start": "2014-01-01", "end": "2015-01-01", "cache": "cache"}


@pytest.fixture
def yahoo(monkeypatch):
    """A server of Yahoo's charts: bars of 2014, one of 2015, and the splits after a year."""
    data = pytest.importorskip("yfinance.data")
    monkeypatch.setattr(data.YfData, "_get_cookie_and_crumb", lambda *_, **__: (None, "basic"))
    charts = {"1d": served(flat(DAYS)), "3mo": served(flat([date(2020, 9, 1)]))}
    later = served(flat([date(2015, 6, 1)]))

    def answer(request):
        is_later = request.query["interval"] == "1d" and int(request.query["period1"]) >= ns("2015-01-01") // 10**9
        return later if is_later else charts[request.query["interval"]]

    with Server({"/v8/finance/chart/AAPL": answer}) as server:
        server.charts = charts
        yield server


def with_low(*low):
    """Return a chart whose lows begin with these, or that has none."""
    chart = flat(DAYS)
    (quote,) = chart["indicators"]["quote"]
    chart["indicators"]["quote"] = [quote | {"low": [*low, *quote["low"][len(low) :]] if low else None}]
    return served(chart)


def aside(project):
    return [path for path in (project.folder / "cache/.revisions").rglob("*") if path.is_file()]


def test_one_damaged_answer_of_two_feeds_fails_these_two_alone(project, yahoo, bars):
    """Daily bars and actions of a symbol lie in one file: both find it damaged, and a healthy feed is delivered."""
    yahoo.charts["1d"] = with_low()
    asked = {"source": "yahoo", "endpoint": yahoo.url, **RANGE}
    more = [{**asked, "kind": "ohlcv", "interval": "1d"}, {**asked, "kind": "actions"}]
    own = {"start": "2024-01-02", "end": "2024-01-05", "endpoint": bars.url, "symbols": ["S0"]}
    project.write("S0", source="polygon", more=more, **own)
    with pytest.raises(PartialError, match="2 of 3 failed: yahoo AAPL ohlcv, yahoo AAPL actions"):
        fetch.main()
    assert any(name.startswith("data/ticks/polygon/S0/") for name in project.outputs())
    assert not any("yahoo" in name for name in project.outputs() if name.endswith(".parquet"))
    assert len(aside(project)) == 1
    yahoo.charts["1d"] = with_low(9.5)
    fetch.main()
    assert [one["n_rows"] > 0 for one in project.manifest()["feeds"][:2]] == [True, True]
    assert not project.manifest()["failed"]


def test_what_the_system_refuses_of_one_feed_fails_that_one_alone(tmp_path):
    wanted = [feed("polygon", "ohlcv", name, root=tmp_path) for name in ("A", "B")]

    def work(one):
        return (tmp_path / "none" / one.symbol).read_text() if one.symbol == "B" else one.symbol

    with line() as transport:
        outcome = together(work, wanted, transport)
    assert outcome.results == ["A"]
    ((failed, error),) = [(one.feed.symbol, one.error) for one in outcome.failures]
    assert (failed, type(error)) == ("B", StoreError)
    assert error.where == str(tmp_path / "none" / "B")
    assert error.found == "No such file or directory"
    assert outcome.failures[0].told()["error"].startswith("none/B: ")


def test_good_bytes_that_a_param_refuses_stay_and_are_not_asked_for_again(project, yahoo):
    yahoo.charts["1d"] = with_low(0.0)
    asked = {"source": "yahoo", "interval": "1d", "endpoint": yahoo.url, **RANGE}
    for _ in range(2):
        with pytest.raises(DataError, match="must be free of Yahoo's known damage"):
            project.run("AAPL", yahoo_damage="refuse", **asked)
    assert project.run("AAPL", yahoo_damage="repair", **asked)["feeds"][0]["rules"]["yahoo_zero_price"] == 1
    asked_for = Counter((one.query["period1"], one.query["interval"]) for one in yahoo.requests)
    assert set(asked_for.values()) == {1}
    assert not aside(project)
