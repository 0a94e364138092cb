"""From the venue's server, or from captures, to months: with checksums, and the same however a range was reached."""

import json

import pytest

from assay.errors import DataError, TransportError
from assay.sources.moments import nanoseconds
from assay.sources.run.fetch import fetch
from tests.sources.binance.conftest import feed, zipped
from tests.sources.server import TYPES, Server
from tests.sources.transport.conftest import line

HOUR_MS = 3_600_000
FOLDER = "/data/spot"


def candles(day, n_days):
    first = nanoseconds(day) // 10**6
    hours = [first + i * HOUR_MS for i in range(24 * n_days)]
    return zipped(*(f"{at},4,6,3,5,1,{at + HOUR_MS - 1},5,2,0.5,3,0" for at in hours))


@pytest.fixture
def server():
    content = {f"{FOLDER}/monthly/klines/BTCUSDT/1h/BTCUSDT-1h-2024-01.zip": candles("2024-01-01", 31)}
    for day in range(1, 29):
        content[f"{FOLDER}/daily/klines/BTCUSDT/1h/BTCUSDT-1h-2024-02-{day:02d}.zip"] = candles(f"2024-02-{day:02d}", 1)
    with Server(content) as running:
        yield running


def fetched(tmp_path, server, name, end):
    one = feed(end=end, root=tmp_path / "cache" / name, endpoint=server.url)
    folders = {place: tmp_path / name / place for place in ("ticks", "context")}
    with line() as transport:
        return fetch(one, folders, transport)


def test_months_and_days_from_a_server(tmp_path, server):
    got = fetched(tmp_path, server, "a", "2024-02-04")
    assert [file["n_rows"] for file in got.files] == [31 * 24, 3 * 24]
    asked = [request.path.rpartition("/")[2] for request in server.requests]
    assert sorted(asked) == sorted(
        f"BTCUSDT-1h-{date}.zip{end}"
        for date in ("2024-01", "2024-02-01", "2024-02-02", "2024-02-03")
        for end in ("", ".CHECKSUM")
    )


def test_days_that_are_added_give_what_a_fetch_from_nothing_gives(tmp_path, server):
    fetched(tmp_path, server, "a", "2024-02-03")
    n_before = len(server.requests)
    later = fetched(tmp_path, server, "a", "2024-02-05")
    assert len(server.requests) == n_before + 4
    assert later.files == fetched(tmp_path, server, "b", "2024-02-05").files


def test_an_archive_that_was_changed_on_its_way_is_had_again(tmp_path, server):
    server.fault(f"{FOLDER}/monthly/klines/BTCUSDT/1h/BTCUSDT-1h-2024-01.zip", "corrupt")
    assert fetched(tmp_path, server, "a", "2024-02-01").files[0]["n_rows"] == 31 * 24


def test_a_day_that_the_venue_does_not_have_is_named(tmp_path, server):
    with pytest.raises(TransportError, match="BTCUSDT-1h-2024-02-29"):
        fetched(tmp_path, server, "a", "2024-02-29T12:00")


def rates(request):
    asked = request.query
    times = range(int(asked["startTime"]), int(asked["endTime"]), 8 * HOUR_MS)
    return json.dumps([{"symbol": asked["symbol"], "fundingTime": at, "fundingRate": "0.1"} for at in times]).encode()


def test_funding_comes_from_archives_and_answers(tmp_path, monkeypatch):
    monkeypatch.setitem(TYPES, "", "application/json")
    january = nanoseconds("2024-01-01") // 10**6
    lines = [f"{january + i * 8 * HOUR_MS},8,0.2" for i in range(93)]
    archive = "/data/futures/um/monthly/fundingRate/BTCUSDT/BTCUSDT-fundingRate-2024-01.zip"
    with Server({archive: zipped(*lines), "/fapi/v1/fundingRate": rates}) as server, line() as transport:
        one = feed("funding", "2023-12-31", "2024-02-02", market="usdm", root=tmp_path, endpoint=server.url)
        got = fetch(one, {place: tmp_path / place for place in ("ticks", "context")}, transport)
    assert [file["n_rows"] for file in got.files] == [3, 93, 3]


@pytest.mark.parametrize(("kind", "n_rows"), [("trades", 21_313), ("quotes", 66_089)])
def test_captures_of_one_evening_become_a_month(shared, tmp_path, kind, n_rows):
    (tmp_path / "usdm").mkdir()
    name = "usdm/btcusdt_20240808.gz"
    (tmp_path / name).write_bytes((shared / "binance_ws" / name).read_bytes())
    one = feed(kind, "all", "all", market="usdm", root=tmp_path)
    folders = {place: tmp_path / place for place in ("ticks", "context")}
    with line() as transport:
        got = fetch(one, folders, transport)
    assert [file["n_rows"] for file in got.files] == [n_rows]
    assert not got.rules["trade_ids_missing"]


def test_a_capture_that_is_gone_is_not_passed_over(tmp_path):
    (tmp_path / "usdm").mkdir()
    (tmp_path / "usdm" / "btcusdt_20240101.gz").write_bytes(b"")
    one = feed("trades", "2024-03-01", "2024-04-01", market="usdm", root=tmp_path)
    with line() as transport, pytest.raises(DataError, match="must hold a capture"):
        fetch(one, {}, transport)
