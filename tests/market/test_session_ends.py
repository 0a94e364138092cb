"""When a session is over, against the days of every instant around it."""

import numpy as np
import pytest

from assay.market.instruments import InstrumentParams, find
from assay.market.session_ends import ends
from assay.market.sessions import Hours, SessionParams, days, hours

MINUTE_NS, DAY = 60 * 10**9, 86_400 * 10**9


def brute(session, market):
    """The minute after the last one, of all around a session, that belongs to it."""
    minutes = session * DAY + np.arange(-36 * 60, 60 * 60) * MINUTE_NS
    return int(minutes[days(minutes, market) == session][-1]) + MINUTE_NS


@pytest.mark.parametrize(
    ("market", "weeks"),
    [
        (hours(SessionParams(), find(InstrumentParams(symbol="ES"))), ("2020-03-02", "2020-10-26")),
        (hours(SessionParams(), find(InstrumentParams(symbol="SPY"))), ("2020-03-02", "2020-10-26")),
        (hours(SessionParams(), find(InstrumentParams(symbol="BTCUSDT"))), ("2020-03-02",)),
        (Hours("America/New_York", 10 * 3600, 5400, 5400, weekend_trading=True), ("2020-03-02", "2020-10-26")),
        (Hours("America/New_York", 0, 9000, 9000, weekend_trading=True), ("2020-03-02", "2020-10-26")),
        (Hours("America/Havana", 3600, 86_400, 86_400, weekend_trading=True), ("2020-03-02", "2020-10-26")),
    ],
    ids=["es", "spy", "btcusdt", "ends in the hour that comes twice", "in the hour that is left out", "at midnight"],
)
def test_a_session_ends_with_the_last_instant_that_belongs_to_it(market, weeks):
    """The weeks hold changes of the clock: 2020-03-08 and 2020-11-01 in America."""
    every = np.concatenate([np.datetime64(week, "D").astype(np.int64) + np.arange(14) for week in weeks])
    held = [day for day in every.tolist() if (days(day * DAY + np.arange(-30, 30) * 3600 * 10**9, market) == day).any()]
    assert len(held) >= 10
    assert ends(np.array(held), market).tolist() == [brute(day, market) for day in held]


def test_of_no_session_there_is_no_end():
    assert ends(np.empty(0, np.int64), Hours("UTC", 0, 86_400, 86_400, weekend_trading=True)).size == 0
