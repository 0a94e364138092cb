"""Open interest over REST: the venue's documented answers, and answers that are wrong."""

import json

import numpy as np
import pytest

from assay.errors import DataError
from assay.sources.decode.refusals import UnwantedError
from assay.sources.moments import nanoseconds
from assay.sources.run.fetch import fetch
from assay.tables.kinds import TABLES
from tests.sources.binance.conftest import decoded, feed
from tests.sources.server import TYPES, Server
from tests.sources.transport.conftest import line

PATH = "futures/data/openInterestHist/X/x.json"
DOC = [
    {
        "symbol": "BTCUSDT",
        "sumOpenInterest": "20403.63700000",
        "sumOpenInterestValue": "150570784.07809979",
        "timestamp": "1583127900000",
    },
    {
        "symbol": "BTCUSDT",
        "sumOpenInterest": "20401.36700000",
        "sumOpenInterestValue": "149940752.14464448",
        "timestamp": 1583128200000,
    },
]
"""The example of "Open Interest Statistics" of the USD-margined futures; in one row the time is a number, as served."""
DAY = "2020-03-02"
MINUTE = 60 * 10**9


def test_the_venues_own_example():
    frame, counts = decoded(feed("open_interest", market="usdm"), PATH, DAY, json.dumps(DOC))
    TABLES["open_interest"].check(frame, "test")
    assert frame["time"].to_physical().to_list() == [1583127900000 * 10**6, 1583128200000 * 10**6]
    assert (frame["known_at"] - frame["time"]).dt.total_seconds().to_list() == [300, 300]
    assert frame["open_interest"].to_list() == [20403.637, 20401.367]
    assert frame["value"].to_list() == [150570784.07809979, 149940752.14464448]
    ratios = frame.select(
        "long_short_accounts", "long_short_top_accounts", "long_short_top_positions", "taker_buy_sell"
    )
    assert np.isnan(ratios.to_numpy()).all()
    assert counts == {"stamped_by_start": 0}


def test_coin_margined_contracts_are_worth_their_dollars_and_stamped_by_the_start():
    row = {"pair": "BTCUSD", "contractType": "PERPETUAL", "sumOpenInterest": "13069401.00000000"}
    row |= {"sumOpenInterestValue": "15796.96988405", "timestamp": 1791835200000}
    one = feed("open_interest", market="coinm", symbol="BTCUSD_PERP")
    frame, counts = decoded(one, PATH, "2026-10-12", json.dumps([row]))
    assert frame.select("open_interest", "value").row(0) == (13_069_401.0, 1_306_940_100.0)
    assert frame["time"].to_physical().to_list() == [1791835200000 * 10**6 + 5 * MINUTE]
    assert counts == {"stamped_by_start": 1}


@pytest.mark.parametrize(("day", "late"), [("2026-06-24", 0), ("2026-06-25", 5)])
def test_answers_of_the_usd_margined_are_stamped_as_the_archives_of_their_day(day, late):
    row = DOC[0] | {"timestamp": nanoseconds(day) // 10**6}
    frame, _ = decoded(feed("open_interest", market="usdm"), PATH, day, json.dumps([row]))
    assert frame["time"].to_physical().to_list() == [nanoseconds(day) + late * MINUTE]
    assert (frame["known_at"] - frame["time"]).dt.total_seconds().to_list() == [300]


@pytest.mark.parametrize(
    ("rows", "rule"),
    [
        (DOC[:1] * 500, ": a day has fewer than 500 rows; found 500; leave data.endpoint empty"),
        ([DOC[0], DOC[1] | {"timestamp": 1583107199999}], " row 2: timestamp must be from 1583107200000 to"),
        ([DOC[0] | {"timestamp": "soon"}], " row 1: timestamp must have a value"),
        ([DOC[0] | {"sumOpenInterest": "much"}], " row 1: sumOpenInterest must have a value"),
        ([DOC[0] | {"sumOpenInterestValue": None}], " row 1: sumOpenInterestValue must have a value"),
        ({"code": -1130, "msg": "parameter 'startTime' is invalid."}, ": must be a JSON list; found .*startTime"),
    ],
)
def test_what_is_not_the_answer_is_named(rows, rule):
    with pytest.raises(DataError, match=f"^{PATH}{rule}"):
        decoded(feed("open_interest", market="usdm"), PATH, DAY, json.dumps(rows))


def test_a_full_answer_is_no_damage():
    with pytest.raises(UnwantedError, match="a day has fewer than 500 rows"):
        decoded(feed("open_interest", market="usdm"), PATH, DAY, json.dumps(DOC[:1] * 500))


def told(request):
    """Serve a day of rows, five minutes apart, stamped by the start of their period."""
    asked = request.query
    times = range(int(asked["startTime"]), int(asked["endTime"]), 300_000)
    assert (asked["pair"], asked["contractType"], asked["limit"]) == ("BTCUSD", "PERPETUAL", "500")
    return json.dumps([DOC[0] | {"timestamp": at} for at in times]).encode()


def test_a_day_from_a_server_holds_the_row_of_its_midnight_and_adding_a_day_asks_for_one(tmp_path, monkeypatch):
    monkeypatch.setitem(TYPES, "", "application/json")
    folders = {place: tmp_path / place for place in ("ticks", "context")}
    with Server({"/futures/data/openInterestHist": told}) as server, line() as transport:
        rest = {"market": "coinm", "symbol": "BTCUSD_PERP", "root": tmp_path, "endpoint": f"{server.url}/dapi/v1"}
        got = fetch(feed("open_interest", "2024-05-02", "2024-05-03", **rest), folders, transport)
        assert [file["n_rows"] for file in got.files] == [288]
        assert len(server.requests) == 2
        more = fetch(feed("open_interest", "2024-05-02", "2024-05-04", **rest), folders, transport)
        assert [file["n_rows"] for file in more.files] == [576]
        assert len(server.requests) == 3
