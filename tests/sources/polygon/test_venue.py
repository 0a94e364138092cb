"""Polygon's answers, in the form of its documentation: what is asked, what is believed, where the key may go."""

import json
from dataclasses import replace
from itertools import pairwise

import polars as pl
import pytest

from assay.errors import DataError, ParamsError
from assay.market.instruments import InstrumentParams, find
from assay.sources.decode.refusals import UnwantedError
from assay.sources.polygon import VENUE
from assay.tables.flags import Flag
from assay.tables.kinds import TABLES
from tests.sources.feeds import fates, feed, ns
from tests.sources.fuzz import mutations

MS = 1_000_000
OPEN = ns("2024-01-02T14:30")
"""09:30 in New York."""


def served(**answer):
    return json.dumps({"status": "OK", "request_id": "6a7e466379af0a71039d60cc78e72282", **answer}).encode()


def bar(time_ns, **changes):
    """A bar of the documentation's example (AAPL, 2023-01-09), at another time."""
    row = {"c": 130.15, "h": 133.41, "l": 129.89, "n": 645365, "o": 130.465, "v": 70790813.0, "vw": 131.6292}
    return row | {"t": time_ns // MS} | changes


def aggregates(*bars, **changes):
    told = {"ticker": "AAPL", "queryCount": len(bars), "resultsCount": len(bars), "adjusted": False}
    return served(**told | {"results": list(bars), "count": len(bars)} | changes)


def trade(time_ns, **changes):
    """The documentation's example of a trade."""
    row = {"conditions": [12, 41], "exchange": 11, "id": "1", "participant_timestamp": time_ns - 353, "price": 171.55}
    return row | {"sequence_number": 1063, "sip_timestamp": time_ns, "size": 1, "tape": 3} | changes


def question(kind="ohlcv", symbol="AAPL", start="2024-01-02", end="2024-01-03", **params):
    wanted = feed("polygon", kind, symbol, start, end, **params)
    return VENUE.pieces(wanted)[0], wanted


def decoded(raw, kind="ohlcv", **params):
    piece, wanted = question(kind, **params)
    frame, rules = VENUE.decode(raw, piece, wanted)
    return TABLES[kind].check(frame, piece.path), rules


def test_bars_within_a_day_are_asked_for_in_windows_of_three_days_whatever_the_range():
    pieces = VENUE.pieces(feed("polygon", "ohlcv", "AAPL", "2024-01-02", "2024-01-06", interval="5m"))
    assert [piece.path.rpartition("/")[2] for piece in pieces] == ["2023-12-31.json", "2024-01-03.json"]
    place = "https://api.polygon.io/v2/aggs/ticker/AAPL/range/5/minute"
    query = "adjusted=false&sort=asc&limit=50000"
    assert pieces[0].url == f"{place}/1703980800000/1704239999999?{query}"
    assert all(before.end_ns == after.start_ns for before, after in pairwise(pieces))
    later = VENUE.pieces(feed("polygon", "ohlcv", "AAPL", "2024-01-01T12:00", "2024-01-03T12:00", interval="5m"))
    assert later == pieces


def test_days_are_asked_for_by_the_year():
    piece, _ = question(interval="1d")
    assert piece.path == "v2/aggs/ticker/AAPL/range/1/day/2024-01-01.json"
    assert "/range/1/day/2024-01-01/2024-12-31?adjusted=false" in piece.url
    assert (piece.start_ns, piece.end_ns) == (ns("2024-01-01"), ns("2025-01-01"))


def test_ticks_are_asked_for_by_the_day_in_nanoseconds():
    piece, _ = question("trades")
    assert piece.path == "v3/trades/AAPL/2024-01-02.json"
    query = "timestamp.gte=1704153600000000000&timestamp.lt=1704240000000000000&order=asc&sort=timestamp&limit=50000"
    assert piece.url == f"https://api.polygon.io/v3/trades/AAPL?{query}"


def test_actions_are_asked_for_by_the_year_splits_first():
    splits, dividends = VENUE.pieces(feed("polygon", "actions", "AAPL", "2024-06-01", "2024-06-02"))
    assert splits.path == "v3/reference/splits/AAPL/2024.json"
    assert "ticker=AAPL&execution_date.gte=2024-01-01&execution_date.lt=2025-01-01&order=asc" in splits.url
    assert "/v3/reference/dividends?ticker=AAPL&ex_dividend_date.gte=2024-01-01" in dividends.url


@pytest.mark.parametrize("kind", VENUE.kinds)
def test_the_key_is_named_and_never_part_of_an_address(kind, monkeypatch):
    monkeypatch.setenv("POLYGON_API_KEY", "s3cret")
    piece, _ = question(kind)
    assert {piece.secret} == {"POLYGON_API_KEY"}
    assert "s3cret" not in repr(piece)
    assert "apikey" not in piece.url.lower()
    assert piece.types == ("application/json",)


def test_an_endpoint_takes_the_place_of_the_address():
    assert question(endpoint="http://127.0.0.1:9/")[0].url.startswith("http://127.0.0.1:9/v2/aggs/ticker/AAPL/")


@pytest.mark.parametrize("symbol", ["../x", "A/B", "", ".AAPL", "AAPL?x=1", "A" * 40])
def test_tickers_that_would_leave_the_cache_are_refused(symbol):
    with pytest.raises(ParamsError, match=r"data\.symbols: polygon's tickers"):
        question(symbol=symbol)


@pytest.mark.parametrize("interval", ["2h", "4h", "12h"])
def test_intervals_that_windows_would_cut_are_refused(interval):
    with pytest.raises(ParamsError, match=rf"polygon's bars are 1m, .*; found {interval}; take 1h"):
        question(interval=interval)


@pytest.mark.parametrize(("start", "end"), [(None, "2024-01-01"), ("2024-01-01", None)])
def test_an_open_range_is_refused(start, end):
    with pytest.raises(ParamsError, match="polygon is asked for a range; found all"):
        VENUE.pieces(feed("polygon", "ohlcv", "AAPL", start, end))


def test_a_bar_by_hand():
    frame, _ = decoded(aggregates(bar(OPEN), bar(OPEN + 60 * 1000 * MS)), interval="1m", publish_lag_seconds=900.0)
    row = frame.row(0, named=True)
    assert (row["open"], row["high"], row["low"], row["close"]) == (130.465, 133.41, 129.89, 130.15)
    assert (row["volume"], row["n_trades"], row["flags"]) == (70_790_813.0, 645_365, 0)
    assert row["value"] == 70_790_813.0 * 131.6292
    times = frame.select(pl.col("opened_at", "closed_at", "known_at").to_physical()).row(0)
    assert times == (OPEN, ns("2024-01-02T14:31"), ns("2024-01-02T14:46"))


def test_days_of_new_york_have_23_and_25_hours_where_its_clock_changes():
    midnights = [ns("2024-03-10T05:00"), ns("2024-03-11T04:00"), ns("2024-11-03T04:00"), ns("2024-11-04T05:00")]
    frame, _ = decoded(aggregates(*map(bar, midnights)), interval="1d")
    hours = (frame["closed_at"] - frame["opened_at"]).dt.total_hours()
    assert hours.to_list() == [23, 24, 25, 24]


def test_days_of_coins_begin_at_midnight_utc():
    frame, _ = decoded(aggregates(bar(ns("2024-03-10"))), interval="1d")
    assert frame["closed_at"].to_physical()[0] == ns("2024-03-11")


@pytest.mark.parametrize("raw", [aggregates(), served(ticker="AAPL", adjusted=False, queryCount=0, resultsCount=0)])
def test_a_closed_window_is_empty(raw):
    frame, _ = decoded(raw)
    assert frame.height == 0


def test_delayed_answers_are_good():
    assert decoded(aggregates(bar(ns("2024-01-02")), status="DELAYED"))[0].height == 1


AT = ns("2024-01-02")


@pytest.mark.parametrize(
    ("raw", "rule"),
    [
        (served(status="ERROR", error="Unknown API Key"), "status is OK or DELAYED; found ERROR Unknown API Key"),
        (served(status="NOT_AUTHORIZED", message="not entitled"), "found NOT_AUTHORIZED not entitled"),
        (aggregates(bar(AT), ticker="MSFT"), "ticker is AAPL; found MSFT"),
        (aggregates(bar(AT), adjusted=True), "adjusted is false; found True"),
        (aggregates(bar(AT), resultsCount=2), "has the 2 rows that it tells of; found 1"),
        (aggregates(bar(AT), next_url="https://api.polygon.io/v2/aggs/x"), "fits into one answer; found another page"),
        (aggregates(bar(ns("2024-01-03"))), r"row 1: times lie in .* asked for; found .*1704240000000"),
        (aggregates(bar(AT), bar(AT + MS)), "row 2: t is a multiple of 3600000 ms"),
        (aggregates(bar(AT, t="soon")), "t must be a whole number; found 'soon'"),
        (aggregates(bar(AT, t=10**30)), "t must be a whole number of 64 bits"),
        (aggregates(bar(AT, o=None)), "row 1: o must be a number; found nothing"),
        (aggregates(bar(AT, v=True)), "v must be a number; found True"),
        (aggregates(bar(AT, v=10**400)), "one that no double can hold"),
        (aggregates(results=[1], resultsCount=1), "results are a list of objects"),
        (aggregates(bar(AT))[:-9], "must be JSON"),
        (b"[" * 200_000, "must be JSON"),
        (b'{"status": NaN}', "must be JSON; found NaN is no JSON"),
        (b"[]", "must be a JSON object"),
        (b"<html>", "must be JSON"),
        (b"\xff\xfe", "must be JSON"),
    ],
)
def test_answers_that_are_not_what_was_asked_are_refused_by_name(raw, rule):
    with pytest.raises(DataError, match=rule) as caught:
        decoded(raw, interval="1h")
    assert str(caught.value).startswith("v2/aggs/ticker/AAPL/range/1/hour/2023-12-31.json")


def test_a_day_that_begins_at_noon_is_refused():
    with pytest.raises(DataError, match="a day begins at midnight UTC or in New York"):
        decoded(aggregates(bar(AT + 12 * 3_600_000 * MS)), interval="1d")


def test_trades_keep_dark_prints_and_flag_corrections():
    dark = trade(OPEN + 5, exchange=4, trf_id=202, trf_timestamp=OPEN + 3, conditions=[37])
    frame, _ = decoded(served(results=[trade(OPEN), dark, trade(OPEN + 9, correction=8)]), "trades")
    assert frame["time"].to_physical().to_list() == [OPEN, OPEN + 5, OPEN + 9]
    assert frame["flags"].to_list() == [0, 0, Flag.VENUE]
    assert frame["price"][0] == 171.55


def test_trades_without_a_tape_have_the_venues_time():
    coin = {"conditions": [2], "exchange": 1, "id": "1", "participant_timestamp": OPEN, "price": 45_000.5, "size": 0.01}
    assert decoded(served(results=[coin]), "trades")[0]["time"].to_physical().to_list() == [OPEN]


def test_quotes_in_the_form_of_the_client_s_recorded_answer():
    row = {"ask_exchange": 15, "ask_price": 155.87, "ask_size": 3, "bid_exchange": 19, "bid_price": 155.85}
    row |= {"bid_size": 4, "participant_timestamp": OPEN - 9, "sequence_number": 1, "sip_timestamp": OPEN, "tape": 3}
    frame, _ = decoded(served(results=[row]), "quotes")
    assert frame.drop("time").row(0)[:4] == (155.85, 155.87, 4.0, 3.0)


def test_a_missing_side_is_0_for_the_rule_of_one_sided_quotes():
    piece, wanted = question("quotes")
    row = {"bid_price": 155.85, "bid_size": 1, "sip_timestamp": OPEN}
    assert VENUE.decode(served(results=[row]), piece, wanted)[0]["ask"].to_list() == [0.0]


def test_a_tick_of_another_day_is_refused():
    with pytest.raises(DataError, match=r"v3/trades/AAPL/2024-01-02\.json row 1: times lie in"):
        decoded(served(results=[trade(ns("2024-01-03"))]), "trades")


PAGE = "https://api.polygon.io/v3/trades/AAPL?cursor=YXA9MTkyODgxNjY"


def test_pages_follow_one_another_with_the_same_key():
    first, _ = question("trades")
    second = VENUE.following(served(results=[trade(OPEN)], next_url=PAGE), first)
    assert second == replace(first, path="v3/trades/AAPL/2024-01-02.page2.json", url=PAGE)
    third = VENUE.following(served(results=[], next_url=f"{PAGE}x"), second)
    assert third.path == "v3/trades/AAPL/2024-01-02.page3.json"
    assert VENUE.following(served(results=[]), third) is None


@pytest.mark.parametrize("kind", VENUE.kinds)
def test_answers_to_the_same_question_are_steady_but_for_their_request(kind):
    piece, _ = question(kind)
    told = json.loads(REAL[kind])
    again = json.dumps(told | {"request_id": "0f", "status": "DELAYED"}).encode()
    assert VENUE.steady(again, piece) == VENUE.steady(REAL[kind], piece)
    assert json.loads(VENUE.steady(again, piece)) == told | {"request_id": "", "status": ""}
    assert len(REAL[kind]) - len(VENUE.steady(REAL[kind], piece)) == len(told["request_id"] + told["status"])


@pytest.mark.parametrize(
    "other",
    [
        aggregates(bar(AT, c=130.16)),
        aggregates(bar(AT), ticker="MSFT"),
        aggregates(bar(AT), queryCount=2),
        aggregates(bar(AT), status="ERROR"),
        aggregates(bar(AT)).replace(b", ", b","),
        aggregates(bar(AT)).replace(b"request_id", b"request"),
        aggregates(bar(AT, request_id="2")),
        aggregates(bar(AT))[:-1],
        b"",
        b"\xff\xfe",
    ],
)
def test_whatever_else_differs_stays_in_the_steady_bytes(other):
    piece, _ = question()
    assert VENUE.steady(other, piece) != VENUE.steady(aggregates(bar(AT)), piece)


def test_what_two_rows_name_like_a_mark_is_data():
    piece, _ = question()
    raw, *others = [aggregates(bar(AT, request_id=one), bar(AT, request_id="9")) for one in ("1", "2")]
    assert VENUE.steady(raw, piece) != VENUE.steady(others[0], piece)


def test_text_in_a_row_that_looks_like_a_mark_is_data():
    piece, _ = question()
    raw, other = [aggregates(bar(AT, note=f'"request_id": "{one}"')) for one in ("1", "2")]
    assert VENUE.steady(raw, piece) != VENUE.steady(other, piece)


def test_bars_have_no_pages():
    piece, _ = question()
    assert VENUE.following(aggregates(), piece) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/v3/trades/AAPL?cursor=a",
        "http://api.polygon.io/v3/trades/AAPL?cursor=a",
        "https://api.polygon.io:444/v3/trades/AAPL?cursor=a",
        "https://api.polygon.io@evil.example/v3/trades/AAPL?cursor=a",
        "https://api.polygon.io/v3/trades/MSFT?cursor=a",
        "https://api.polygon.io/v3/trades/AAPL?cursor=a&apiKey=s3cret",
        "//api.polygon.io/v3/trades/AAPL",
        "http://[",
        7,
        ["https://api.polygon.io/v3/trades/AAPL"],
    ],
)
def test_the_key_is_not_sent_elsewhere(url):
    piece, _ = question("trades")
    with pytest.raises(UnwantedError, match=r"next_url is a page of https://api\.polygon\.io/v3/trades/AAPL") as caught:
        VENUE.following(served(results=[], next_url=url), piece)
    assert "s3cret" not in str(caught.value)


def test_pages_without_end_are_refused():
    piece, _ = question("trades")
    with pytest.raises(DataError, match="must end after 2000 pages"):
        VENUE.following(served(results=[], next_url=PAGE), replace(piece, url=PAGE))
    last = replace(piece, path="v3/trades/AAPL/2024-01-02.page2000.json")
    with pytest.raises(DataError, match="found page 2001"):
        VENUE.following(served(results=[], next_url=PAGE), last)


def split(date, after, before, **changes):
    row = {"execution_date": date, "id": "E36416cc", "split_from": before, "split_to": after, "ticker": "AAPL"}
    return row | changes


def dividend(date, cash, **changes):
    row = {"cash_amount": cash, "declaration_date": "2020-09-09", "dividend_type": "CD", "ex_dividend_date": date}
    return row | {"frequency": 4, "pay_date": "2025-06-30", "record_date": "2025-06-15", "ticker": "AAPL"} | changes


def actions(*rows, sort=0, **changes):
    wanted = feed("polygon", "actions", "AAPL", "2020-01-01", "2021-01-01")
    wanted = replace(wanted, **changes)
    frame, rules = VENUE.decode(served(results=list(rows)), VENUE.pieces(wanted)[sort], wanted)
    return TABLES["actions"].check(frame, "actions"), rules


def test_apple_s_split_of_2020_is_4_from_midnight_in_new_york():
    frame, _ = actions(split("2020-08-31", 4, 1))
    assert frame["time"].to_physical().to_list() == [ns("2020-08-31T04:00")]
    assert frame.select("split", "dividend", "flags").row(0) == (4.0, 0.0, 0)


def test_dividends_of_one_day_add_up_and_are_counted():
    rows = [dividend("2020-02-07", 0.77), dividend("2020-02-07", 1.0, dividend_type="SC"), dividend("2020-05-08", 0.82)]
    frame, rules = actions(*rows, sort=1)
    assert frame["dividend"].to_list() == [1.77, 0.82]
    assert frame["time"].to_physical()[0] == ns("2020-02-07T05:00")
    assert rules == {"same_day_actions_joined": 1}


def test_splits_and_dividends_join_into_one_table_in_order_of_time():
    splits, dividends = (
        actions(split("2020-08-31", 4, 1))[0],
        actions(dividend("2020-05-08", 0.82), dividend("2020-08-31", 0.5), sort=1)[0],
    )
    both = TABLES["actions"].check(VENUE.joined([splits, dividends]), "actions")
    assert both.select("split", "dividend").rows() == [(1.0, 0.82), (4.0, 0.5)]


@pytest.mark.parametrize(
    ("row", "sort", "rule"),
    [
        (split("2020-08-31", 4, 0), 0, "row 1: split_to and split_from are above 0"),
        (split("2021-01-01", 4, 1), 0, "execution_date is a date of the year that was asked for"),
        (split("31/08/2020", 4, 1), 0, "execution_date is a date"),
        (split("9999-12-31", 4, 1), 0, "execution_date is a date"),
        (split(None, 4, 1), 0, "execution_date is a date"),
        (split("2020-08-31", 4, 1, ticker="MSFT"), 0, "row 1: ticker is AAPL; found MSFT"),
        (dividend("2020-02-07", "0.77"), 1, "cash_amount must be a number; found '0.77'"),
        (dividend("2020-02-07", 0.77, currency="CAD"), 1, "cash is in USD; found CAD"),
    ],
)
def test_actions_that_are_not_what_was_asked_are_refused(row, sort, rule):
    with pytest.raises(DataError, match=rule):
        actions(row, sort=sort)


def test_cash_in_another_currency_is_no_damage():
    with pytest.raises(UnwantedError, match="cash is in USD; found CAD"):
        actions(dividend("2020-02-07", 0.77, currency="CAD"), sort=1)


def test_cash_in_the_currency_of_the_instrument_is_good():
    euro = find(
        InstrumentParams(symbol="AAPL", table={"AAPL": {"kind": "equity", "tick_size": 0.01, "currency": "EUR"}})
    )
    assert actions(dividend("2020-02-07", 0.77, currency="EUR"), sort=1, instrument=euro)[0].height == 1


QUOTE = {"bid_price": 155.85, "bid_size": 1, "ask_price": 156, "ask_size": 2, "sip_timestamp": OPEN}
REAL = {
    "ohlcv": aggregates(*(bar(AT + i * 3_600_000 * MS) for i in range(5))),
    "trades": served(results=[trade(OPEN + i, correction=i) for i in range(5)]),
    "quotes": served(results=[QUOTE] * 5),
    "actions": served(results=[split("2024-08-30", 4, 1), split("2024-08-31", 3, 2)]),
}


@pytest.mark.parametrize("n_cases", [300, pytest.param(10_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("kind", VENUE.kinds)
def test_mutated_answers_end_in_one_line_or_in_a_table(kind, n_cases):
    piece, wanted = question(kind)
    assert VENUE.decode(REAL[kind], piece, wanted)[0].height
    found = fates(VENUE, mutations(REAL[kind], 3, n_cases), piece, wanted)
    assert found["wrong"] == 0
    assert min(found["refused"], found["table"]) > 0
