"""Answers of an exchange as they are kept: read, refused, or damaged."""

import json

import pytest

from assay.errors import DataError
from assay.sources.exchanges import VENUE, questions
from tests.sources.exchanges.asked import HOUR
from tests.sources.feeds import fates, feed
from tests.sources.fuzz import mutations


def told(kind, **changes):
    """An answer as it is kept."""
    wanted = feed("ccxt", kind, "BTC/USD", "2024-01-02", "2024-01-02T01:00", interval="1h")
    (piece,) = VENUE.pieces(wanted)
    start = piece.start_ns // 10**6
    made = {
        "ohlcv": [[start + i * HOUR * 1000, 1.5, 2.0, 1.0, 1.75, 3.0] for i in range(5)],
        "trades": [[start + i, "buy", 1.5, 0.25] for i in range(5)],
        "funding": [[start + i * 8 * HOUR * 1000, 0.0001] for i in range(5)],
    }
    answer = {"exchange": "kraken", "kind": kind, "symbol": "BTC/USD", "n_open_left_out": 0, "rows": made[kind]}
    answer |= {"start_ms": start, "end_ms": piece.end_ns // 10**6}
    answer |= {"interval": "1h"} if kind == "ohlcv" else {}
    return json.dumps(answer | changes).encode(), piece, wanted


@pytest.mark.parametrize(
    ("kind", "changes", "rule"),
    [
        ("trades", {"symbol": "ETH/USD"}, "symbol must be BTC/USD; found 'ETH/USD'"),
        ("trades", {"exchange": "binance"}, "exchange must be kraken"),
        ("ohlcv", {"interval": "1m"}, "interval must be 1h"),
        ("ohlcv", {"start_ms": 0}, "start_ms must be"),
        ("trades", {"rows": [[1, "buy", 1.0, 1.0]]}, "row 1: times lie in"),
        ("trades", {"rows": [[1, "buy", 1.0]]}, "rows are lists of 4 entries"),
        ("trades", {"rows": None}, "rows are lists of 4 entries; found None"),
        ("trades", {"n_open_left_out": None}, "n_open_left_out must be a whole number"),
    ],
)
def test_answers_to_another_question_are_refused(kind, changes, rule):
    raw, piece, wanted = told(kind, **changes)
    with pytest.raises(DataError, match=rule):
        VENUE.decode(raw, piece, wanted)


@pytest.mark.parametrize("side", ["long", 1, ["buy"]])
def test_sides_that_are_none_are_refused(side):
    raw, piece, wanted = told("trades")
    answer = json.loads(raw)
    answer["rows"][1][1] = side
    with pytest.raises(DataError, match="row 2: side is buy, sell or null"):
        VENUE.decode(json.dumps(answer).encode(), piece, wanted)


def test_funding_is_a_fraction_known_when_it_is_paid():
    raw, piece, wanted = told("funding")
    frame, _ = VENUE.decode(raw, piece, wanted)
    assert frame["rate"].to_list() == [0.0001] * 5
    assert (frame["known_at"] == frame["time"]).all()


@pytest.mark.parametrize("n_cases", [300, pytest.param(10_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("kind", questions.FUNCTIONS)
def test_mutated_answers_end_in_one_line_or_in_a_table(kind, n_cases):
    raw, piece, wanted = told(kind)
    assert VENUE.decode(raw, piece, wanted)[0].height == 5
    found = fates(VENUE, mutations(raw, 3, n_cases), piece, wanted)
    assert found["wrong"] == 0
    assert min(found["refused"], found["table"]) > 0
