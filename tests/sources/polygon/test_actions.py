"""Splits and dividends of Polygon: one table, and what is refused."""

from dataclasses import replace

import pytest

from assay.errors import DataError
from assay.market.instruments import InstrumentParams, find
from assay.sources.decode.refusals import UnwantedError
from assay.sources.polygon import VENUE
from assay.tables.kinds import TABLES
from tests.sources.feeds import feed, ns
from tests.sources.polygon.answers import served, split


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
