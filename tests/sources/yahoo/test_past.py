"""Two answers of Yahoo for one year: what a later one may say otherwise, and what not."""

import json
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from assay.errors import DataError
from assay.sources.moments import nanoseconds
from assay.sources.run.past import comparing
from assay.sources.yahoo import VENUE as YAHOO
from tests.sources.yahoo.conftest import at, chart, kept, yahoo

DAYS = [date(2014, 1, 6) + timedelta(days=i) for i in range(60)]
PAID = [10.0 + 0.37 * i for i in range(60)]
PAID_SIZE = [1_003 + 7 * i for i in range(60)]
ASKED = nanoseconds("2014-02-20T12:00")


def answer(n_days, split_at=None, ratio=(1, 1), prices=PAID, dividend=0.47, later=()):
    """Return what Yahoo says after some days: prices in single precision over the ratio, whole volumes times it."""
    shares = ratio[0] / ratio[1]
    scales = [shares if split_at is None or i < split_at else 1.0 for i in range(n_days)]
    served = [float(np.float32(price / scale)) for price, scale in zip(prices, scales, strict=False)]
    volume = [round(size * scale) for size, scale in zip(PAID_SIZE, scales, strict=False)]
    splits = [] if split_at is None else [(at(DAYS[split_at]), *ratio)]
    quote = dict.fromkeys(("open", "high", "low", "close"), served) | {"volume": volume}
    dividends = [(at(DAYS[3]), round(dividend / shares, 6))]
    return kept(chart([at(day) for day in DAYS[:n_days]], quote, served, dividends, splits), later)


def said(before, now, kind="ohlcv", **params):
    wanted = yahoo(kind=kind, start="2014-01-01", end="2014-06-01", **params)
    (piece,) = YAHOO.pieces(wanted)
    return comparing(YAHOO, wanted)(before, now, piece, ASKED)


@pytest.mark.parametrize("ratio", [(4, 1), (3, 1), (3, 2), (7, 1), (1, 10), (1, 3)])
def test_a_split_after_the_older_answer_changes_nothing(ratio):
    """In the year itself, and after it; a reverse split leaves volumes of a tenth of their digits."""
    before = answer(46)
    assert said(before, answer(60, 50, ratio)) == ""
    second = at(date(2020, 8, 31))
    assert said(before, answer(60, None, ratio, later=[(second, *ratio)])) == ""


@pytest.mark.parametrize("kind", ["ohlcv", "actions"])
@pytest.mark.parametrize("ratio", [(1, 1), (3, 1)])
def test_a_price_or_a_dividend_that_changes_is_seen_whichever_feed_asks(kind, ratio):
    before, split_at = answer(46), None if ratio == (1, 1) else 50
    prices = [price * (1.0001 if i == 20 else 1.0) for i, price in enumerate(PAID)]
    found = said(before, answer(60, split_at, ratio, prices=prices), kind)
    assert found.startswith(f"ohlcv of {DAYS[20]} 05:00:00")
    assert "(of 44 rows that were over)" in found
    found = said(before, answer(60, split_at, ratio, dividend=0.48), kind)
    assert found.startswith(f"actions of {DAYS[3]} 05:00:00")
    assert "was 0.47" in found


def test_without_a_split_a_share_more_is_seen():
    before, now = answer(46), json.loads(answer(60))
    now["chart"]["indicators"]["quote"][0]["volume"][9] += 1
    assert "volume is 1067.0, was 1066.0" in said(before, json.dumps(now).encode())


def test_a_split_that_is_told_late_is_a_change():
    """The numbers served are the same, but a split in their midst says that twice as much was paid before it."""
    prices = [price * (2.0 if i < 30 else 1.0) for i, price in enumerate(PAID)]
    assert "open is 20.0, was 10.0" in said(answer(46), answer(60, 30, (2, 1), prices=prices))


def test_the_last_two_days_may_be_others():
    prices = [price * (1.1 if i >= 44 else 1.0) for i, price in enumerate(PAID)]
    assert said(answer(46), answer(60, prices=prices)) == ""


def test_of_an_older_answer_that_held_nothing_nothing_can_change():
    assert said(b'{"chart":null,"later":{}}', answer(60)) == ""
    assert said(b"no answer", answer(60)) == ""
    with pytest.raises(DataError, match="must be a chart of Yahoo"):
        said(answer(46), b"no answer")


def test_an_answer_that_says_there_was_nothing_takes_no_rows_away():
    """So Yahoo says of a symbol that it has dropped."""
    for kind in ("ohlcv", "actions"):
        found = said(answer(46), b'{"chart":null,"later":{}}', kind)
        assert found == f"the ohlcv of {DAYS[0]} 05:00:00+00:00 are missing (of 44 rows that were over)"


def test_a_publish_lag_hides_no_change():
    prices = [price * (1.5 if i == 20 else 1.0) for i, price in enumerate(PAID)]
    for lag in ("auto", 31_536_000.0):
        found = said(answer(46), answer(60, prices=prices), publish_lag_seconds=lag)
        assert found.startswith(f"ohlcv of {DAYS[20]}")
        assert found.endswith("(of 44 rows that were over)")


def test_damage_that_a_feed_refuses_is_compared_as_served():
    wanted = replace(yahoo(damage="refuse"), root=None)
    assert wanted.params.yahoo_damage == "refuse"
    prices = [price * (100.0 if i == 20 else 1.0) for i, price in enumerate(PAID)]
    assert said(answer(46, prices=prices), answer(60, prices=prices)) == ""
    assert f"ohlcv of {DAYS[20]}" in said(answer(46, prices=prices), answer(60))
