"""Bars and ticks of Polygon by hand, and answers that are not what was asked."""

import polars as pl
import pytest

from assay.errors import DataError
from assay.sources.polygon import VENUE
from assay.tables.flags import Flag
from tests.sources.feeds import ns
from tests.sources.polygon.answers import AT, MS, OPEN, aggregates, bar, decoded, question, served, trade


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
